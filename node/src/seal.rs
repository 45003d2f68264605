//! Sealed sessions.

use crate::{
    error::OrThrow,
    login::AuthSession,
    value::{Bytes, Octets, Time, whole},
};
use countermark::{Secret, facade};
use napi_derive::napi;

#[napi(object, object_to_js = false)]
pub struct SealKey {
    pub id: String,
    pub secret: Octets,
    pub not_before_ms: Option<Time>,
    pub not_after_ms: Option<Time>,
}

#[napi]
pub struct Sealer(facade::Sealer);

#[napi]
impl Sealer {
    #[napi(constructor, catch_unwind)]
    pub fn new(
        keys: Vec<SealKey>,
        service_name: String,
        service_address: String,
    ) -> napi::Result<Self> {
        let keys = keys
            .into_iter()
            .map(|key| facade::SealKey {
                id: key.id,
                secret: Secret::new(key.secret.0),
                not_before_ms: whole(key.not_before_ms),
                not_after_ms: whole(key.not_after_ms),
            })
            .collect();
        facade::Sealer::new(keys, &service_name, &service_address)
            .or_throw()
            .map(Self)
    }

    #[napi(strict, catch_unwind)]
    pub fn seal(
        &self,
        session: &AuthSession,
        binding: Bytes,
        now_ms: Time,
        entropy: Octets,
    ) -> napi::Result<String> {
        self.0
            .seal(&session.0, &binding.0, now_ms.0, &entropy.0)
            .or_throw()
    }

    #[napi(catch_unwind)]
    pub fn open(&self, token: String, binding: Bytes, now_ms: Time) -> napi::Result<AuthSession> {
        self.0
            .open(&token, &binding.0, now_ms.0)
            .or_throw()
            .map(AuthSession)
    }
}
