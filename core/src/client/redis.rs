//! The store of what may happen once, in Redis or Valkey.

use super::OnceStore;
use crate::{
    Error, ErrorCode, Result,
    limits::{STORE_CONNECT_TIMEOUT_MS, STORE_REPLY_TIMEOUT_MS},
    transport::BoxFuture,
};
use ::redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, aio::MultiplexedConnection};
use alloc::{borrow::ToOwned, boxed::Box, format, string::String};
use core::{fmt, future::ready, time::Duration};
use std::{
    hash::{BuildHasher, RandomState},
    process,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::runtime::{Handle, Id};

/// Frees a key, unless its work is done: so the stores of the other languages say. Redis runs a script as one step.
const RELEASE: &str = "local value = redis.call('GET', KEYS[1]) \
    if value and value ~= 'committed' then return redis.call('DEL', KEYS[1]) end return 0";

/// Keys in Redis or Valkey, for all processes of a service, in whatever language they are.
///
/// A server that cannot be reached, or does not answer in time, refuses with `STORE_UNAVAILABLE`; the next call connects anew. Needs a tokio
/// runtime, and refuses with `WRONG_STATE` without one. Let the
/// server keep what it was told (`appendonly yes`, `appendfsync always`): what it forgets at a restart could happen twice.
pub struct RedisStore {
    client: Client,
    prefix: String,
    /// A random number, and how many values were made of it.
    own: u64,
    count: AtomicU64,
    /// With the runtime that it ends with: the calls of a blocking client have one each.
    connection: Mutex<Option<(Id, MultiplexedConnection)>>,
}

impl RedisStore {
    /// A store at an address such as `redis://host:6379/0` or `redis+unix:///path`; nothing is sent yet. Its keys start with
    /// `countermark:`, as those of the other languages do.
    ///
    /// # Errors
    ///
    /// `INVALID_CONFIG` for what is no address.
    pub fn new(url: &str) -> Result<Self> {
        let invalid = |_| Error::with_detail(ErrorCode::InvalidConfig, "the address of Redis");
        Ok(Self {
            client: Client::open(url).map_err(invalid)?,
            prefix: "countermark:".to_owned(),
            // Its keys are random, as those of every hash map.
            own: RandomState::new().hash_one(process::id()),
            count: AtomicU64::new(0),
            connection: Mutex::new(None),
        })
    }

    /// The same store with another start of its keys, such as one for each service.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    fn open(&self, runtime: Id) -> Option<MultiplexedConnection> {
        let kept = self.connection.lock();
        let kept = kept.unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(its, _)| *its == runtime)
            .map(|(_, connection)| connection.clone())
    }

    fn keep(&self, connection: Option<(Id, MultiplexedConnection)>) {
        let kept = self.connection.lock();
        *kept.unwrap_or_else(PoisonError::into_inner) = connection;
    }

    /// A value that no other call writes.
    fn value(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // A forked child has the number of its parent.
        format!("{:016x}{:08x}{count:016x}", self.own, process::id())
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T> {
        let unavailable = |_| Error::new(ErrorCode::StoreUnavailable);
        let runtime = Handle::try_current()
            .map_err(|_| Error::with_detail(ErrorCode::WrongState, "no async runtime"))?
            .id();
        let mut connection = match self.open(runtime) {
            Some(connection) => connection,
            None => {
                let milliseconds = |ms| Some(Duration::from_millis(ms));
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(milliseconds(STORE_CONNECT_TIMEOUT_MS))
                    .set_response_timeout(milliseconds(STORE_REPLY_TIMEOUT_MS));
                let connecting = self
                    .client
                    .get_multiplexed_async_connection_with_config(&config);
                let connection = connecting.await.map_err(unavailable)?;
                self.keep(Some((runtime, connection.clone())));
                connection
            }
        };
        let answer = command.query_async(&mut connection).await;
        if answer.is_err() {
            self.keep(None);
        }
        answer.map_err(unavailable)
    }
}

impl OnceStore for RedisStore {
    fn reserve<'a>(
        &'a self,
        key: &'a str,
        until_ms: i64,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<()>> {
        // Redis keeps no key whose time is over, so a second copy would find none.
        if until_ms < now_ms {
            return Box::pin(ready(Err(Error::new(ErrorCode::TimestampTooOld))));
        }
        let span_ms = until_ms.saturating_sub(now_ms).saturating_add(1);
        let (name, value) = (format!("{}{key}", self.prefix), self.value());
        let mut take = ::redis::cmd("SET");
        take.arg(&name).arg(&value).arg("NX").arg("PX").arg(span_ms);
        let mut read = ::redis::cmd("GET");
        read.arg(&name);
        Box::pin(async move {
            let mut taken: Result<Option<String>> = self.ask(&take).await;
            if taken.is_err() {
                taken = self.ask(&take).await;
            }
            // The first answer may have been lost on its way: then the key is there, with this call's value.
            if taken?.is_some() || self.ask::<Option<String>>(&read).await? == Some(value) {
                return Ok(());
            }
            Err(Error::new(ErrorCode::Replayed))
        })
    }

    fn release<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        let mut command = ::redis::cmd("EVAL");
        command.arg(RELEASE).arg(1);
        command.arg(format!("{}{key}", self.prefix));
        Box::pin(async move { self.ask::<i64>(&command).await.map(|_| ()) })
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}
