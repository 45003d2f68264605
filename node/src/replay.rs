//! The memory of used keys.

use crate::{
    error::{OrThrow, refuse},
    value::{Span, Time, number, setting, whole},
};
use countermark::{ErrorCode, facade};
use napi_derive::napi;

#[napi]
pub struct ReplayMemory(facade::ReplayMemory);

#[napi]
impl ReplayMemory {
    #[napi(constructor, catch_unwind)]
    pub fn new(capacity: Option<Span>) -> napi::Result<Self> {
        facade::ReplayMemory::new(setting(capacity, "capacity")?)
            .or_throw()
            .map(Self)
    }

    /// Whether the key was free; every other refusal is an error.
    #[napi(catch_unwind)]
    pub fn reserve(&self, key: String, until_ms: Time, now_ms: Time) -> napi::Result<bool> {
        match self.0.reserve(&key, until_ms.0, now_ms.0) {
            Ok(()) => Ok(true),
            Err(error) if error.code() == ErrorCode::Replayed => Ok(false),
            Err(error) => Err(refuse(&error)),
        }
    }

    #[napi(catch_unwind)]
    pub fn commit(&self, key: String) -> napi::Result<bool> {
        self.0.commit(&key).or_throw()
    }

    #[napi(catch_unwind)]
    pub fn is_committed(&self, key: String) -> napi::Result<bool> {
        self.0.is_committed(&key).or_throw()
    }

    #[napi(catch_unwind)]
    pub fn release(&self, key: String) -> napi::Result<bool> {
        self.0.release(&key).or_throw()
    }

    #[napi(getter, catch_unwind)]
    pub fn size(&self) -> u32 {
        self.0.size()
    }
}

#[napi(catch_unwind)]
pub fn webhook_keep_until_ms(
    replay_until_ms: Option<Time>,
    keep_s: Option<Span>,
    now_ms: Time,
) -> napi::Result<f64> {
    let keep_s = setting(keep_s, "keep_s")?;
    facade::webhook_keep_until_ms(whole(replay_until_ms), keep_s, now_ms.0)
        .or_throw()
        .map(number)
}
