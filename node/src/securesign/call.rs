//! The step machines of both calls, for programs that bring their own transport.

use super::types::{SecureSignPending, SecureSignSession, SecureSignValidation};
use crate::{
    error::OrThrow,
    http::{LoginStep, failure_kind, failure_phase},
    value::{Bytes, Count, Time},
};
use countermark::facade;
use napi_derive::napi;

macro_rules! call {
    ($($name:ident),*) => {$(
        #[napi]
        pub struct $name(pub(super) facade::$name);

        #[napi]
        impl $name {
            #[napi(catch_unwind)]
            pub fn poll(&mut self, now_ms: Time) -> LoginStep {
                self.0.poll(now_ms.0).into()
            }

            #[napi(catch_unwind)]
            pub fn on_response(&mut self, status: Count, body: Bytes, now_ms: Time) -> napi::Result<()> {
                self.0.on_response(status.0, &body.0, now_ms.0).or_throw()
            }

            #[napi(catch_unwind)]
            pub fn on_transport_error(&mut self, kind: String, phase: String, now_ms: Time) -> napi::Result<()> {
                self.0.on_transport_error(failure_kind(&kind)?, failure_phase(&phase)?, now_ms.0).or_throw()
            }
        }
    )*};
}

call!(SecureSignValidateCall, SecureSignSessionCall);

#[napi]
impl SecureSignValidateCall {
    #[napi(catch_unwind)]
    pub fn validation(&self) -> napi::Result<SecureSignValidation> {
        self.0.validation().or_throw().map(Into::into)
    }
}

#[napi]
impl SecureSignSessionCall {
    #[napi(catch_unwind)]
    pub fn session(&self) -> napi::Result<SecureSignSession> {
        self.0.session().or_throw().map(Into::into)
    }

    #[napi(catch_unwind)]
    pub fn pending(&self) -> napi::Result<SecureSignPending> {
        self.0.pending().or_throw().map(Into::into)
    }
}
