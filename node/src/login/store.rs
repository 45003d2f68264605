//! A store of the host, such as Redis, for what may happen once.

use countermark::{Error, ErrorCode, OnceStore, Result, transport::BoxFuture};
use napi::{
    Status,
    bindgen_prelude::{FnArgs, Function, Promise},
    threadsafe_function::ThreadsafeFunction,
};
use napi_derive::napi;
use std::fmt;

type Reserve = ThreadsafeFunction<
    FnArgs<(String, f64, f64)>,
    Promise<bool>,
    FnArgs<(String, f64, f64)>,
    Status,
    false,
    true,
>;
type Release = ThreadsafeFunction<String, Promise<()>, String, Status, false, true>;

/// The functions of a store. `reserve` says whether the key was free.
#[napi(object, object_to_js = false)]
pub struct StoreFunctions<'a> {
    pub reserve: Function<'a, FnArgs<(String, f64, f64)>, Promise<bool>>,
    pub release: Function<'a, String, Promise<()>>,
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
                Ok(true) => Ok(()),
                Ok(false) => Err(Error::new(ErrorCode::Replayed)),
                Err(_) => Err(unavailable()),
            }
        })
    }

    fn release<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let answer = self.release.call_async(key.to_owned()).await;
            answer
                .map_err(|_| unavailable())?
                .await
                .map_err(|_| unavailable())
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
