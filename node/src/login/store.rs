//! A store of the host, such as Redis, for what may happen once.

use countermark::{Error, ErrorCode, OnceStore, Result, transport::BoxFuture};
use napi::{
    Status,
    bindgen_prelude::{FnArgs, Function, Promise},
    threadsafe_function::ThreadsafeFunction,
};
use napi_derive::napi;
use std::fmt;

/// A key, the time that it ends, and now.
type Key = FnArgs<(String, f64, f64)>;
type Said = Promise<Option<bool>>;
type Reserve = ThreadsafeFunction<Key, Said, Key, Status, false, true>;
type Release = ThreadsafeFunction<String, Said, String, Status, false, true>;

/// The functions of a store. `reserve` says whether the key was free, `release` says yes, and nothing means that the store failed:
/// the error of a promise that rejects would hold a reference of the engine, and be dropped on another thread.
#[napi(object, object_to_js = false)]
pub struct StoreFunctions<'a> {
    pub reserve: Function<'a, Key, Said>,
    pub release: Function<'a, String, Said>,
}

/// Calls the functions on the host's thread. They are weak: a store alone keeps no process alive, a login in flight does.
pub(super) struct HostStore {
    reserve: Reserve,
    release: Release,
}

impl HostStore {
    pub(super) fn new(functions: StoreFunctions<'_>) -> napi::Result<Self> {
        Ok(Self {
            reserve: functions
                .reserve
                .build_threadsafe_function()
                .weak::<true>()
                .build()?,
            release: functions
                .release
                .build_threadsafe_function()
                .weak::<true>()
                .build()?,
        })
    }
}

impl OnceStore for HostStore {
    fn reserve<'a>(
        &'a self,
        key: &'a str,
        until_ms: i64,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<()>> {
        let arguments = (
            key.to_owned(),
            crate::value::number(until_ms),
            crate::value::number(now_ms),
        );
        Box::pin(async move {
            let answer = self.reserve.call_async(arguments.into()).await;
            match answer.map_err(|_| unavailable())?.await {
                Ok(Some(true)) => Ok(()),
                Ok(Some(false)) => Err(Error::new(ErrorCode::Replayed)),
                Ok(None) | Err(_) => Err(unavailable()),
            }
        })
    }

    fn release<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let answer = self.release.call_async(key.to_owned()).await;
            match answer.map_err(|_| unavailable())?.await {
                Ok(Some(_)) => Ok(()),
                Ok(None) | Err(_) => Err(unavailable()),
            }
        })
    }
}

fn unavailable() -> Error {
    Error::new(ErrorCode::StoreUnavailable)
}

impl fmt::Debug for HostStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostStore")
    }
}
