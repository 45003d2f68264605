//! The store of what may happen once, as the client sees it.

use crate::{Result, facade::ReplayMemory, transport::BoxFuture};
use alloc::boxed::Box;
use core::{fmt::Debug, future::ready};

/// A store of keys that may be used once, shared by all processes of a service. [`ReplayMemory`] is one for a single
/// process.
///
/// With Redis: `reserve` is `SET key value NX PX span` with a value of its own, after which `GET key` tells a key that is taken from an answer
/// that was lost, and `release` is `DEL key`. A span and not a time, since by a clock of Redis that is ahead the key would be gone at once.
pub trait OnceStore: Debug + Send + Sync {
    /// Takes a key until `until_ms` (Unix milliseconds), atomically: of any number of callers, one succeeds.
    ///
    /// # Errors
    ///
    /// `REPLAYED` when the key is taken; `TIMESTAMP_TOO_OLD` when `until_ms` is past. Every other error, such as `STORE_UNAVAILABLE`, refuses the login too.
    fn reserve<'a>(&'a self, key: &'a str, until_ms: i64, now_ms: i64)
    -> BoxFuture<'a, Result<()>>;

    /// Frees a key; only the caller that took it may.
    ///
    /// # Errors
    ///
    /// When the store is out of reach; the key is then free after its time.
    fn release<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>>;
}

impl OnceStore for ReplayMemory {
    fn reserve<'a>(
        &'a self,
        key: &'a str,
        until_ms: i64,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(ready(Self::reserve(self, key, until_ms, now_ms)))
    }

    fn release<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(ready(Self::release(self, key).map(|_| ())))
    }
}
