//! How a login stands or ended.

use crate::error::OrThrow;
use countermark::facade;
use napi_derive::napi;

#[napi]
pub struct LoginOutcome(pub(super) facade::LoginOutcome);

#[napi]
impl LoginOutcome {
    #[napi(getter, catch_unwind)]
    pub fn kind(&self) -> &'static str {
        self.0.kind().name()
    }

    #[napi(getter, catch_unwind)]
    pub fn secsign_id(&self) -> Option<&str> {
        self.0.secsign_id()
    }

    #[napi(getter, catch_unwind)]
    pub fn is_open(&self) -> bool {
        self.0.is_open()
    }

    #[napi(catch_unwind)]
    pub fn require_approved(&self) -> napi::Result<&str> {
        self.0.require_approved().or_throw()
    }
}
