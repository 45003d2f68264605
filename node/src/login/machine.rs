//! The step machine, for programs that bring their own transport.

use super::{AuthSession, outcome::LoginOutcome, service::LoginService, session::Challenge};
use crate::{
    error::{OrThrow, error_code},
    http::{LoginStep, failure_kind, failure_phase},
    value::{Bytes, Count, Time, whole},
};
use countermark::facade;
use napi_derive::napi;

#[napi]
pub struct Login(facade::Login);

#[napi]
impl Login {
    #[napi(strict, catch_unwind)]
    pub fn begin(service: &LoginService, secsign_id: String, now_ms: Time) -> napi::Result<Self> {
        facade::Login::begin(&service.0, &secsign_id, now_ms.0)
            .or_throw()
            .map(Self)
    }

    #[napi(strict, catch_unwind)]
    pub fn check(
        service: &LoginService,
        session: &AuthSession,
        now_ms: Time,
    ) -> napi::Result<Self> {
        facade::Login::check(&service.0, &session.0, now_ms.0)
            .or_throw()
            .map(Self)
    }

    #[napi(strict, catch_unwind)]
    pub fn wait(
        service: &LoginService,
        session: &AuthSession,
        now_ms: Time,
        deadline_ms: Option<Time>,
    ) -> napi::Result<Self> {
        facade::Login::wait(&service.0, &session.0, whole(deadline_ms), now_ms.0)
            .or_throw()
            .map(Self)
    }

    #[napi(strict, catch_unwind)]
    pub fn cancel(
        service: &LoginService,
        session: &AuthSession,
        now_ms: Time,
    ) -> napi::Result<Self> {
        facade::Login::cancel(&service.0, &session.0, now_ms.0)
            .or_throw()
            .map(Self)
    }

    #[napi(strict, catch_unwind)]
    pub fn release(
        service: &LoginService,
        session: &AuthSession,
        now_ms: Time,
    ) -> napi::Result<Self> {
        facade::Login::release(&service.0, &session.0, now_ms.0)
            .or_throw()
            .map(Self)
    }

    #[napi(catch_unwind)]
    pub fn poll(&mut self, now_ms: Time) -> LoginStep {
        self.0.poll(now_ms.0).into()
    }

    #[napi(catch_unwind)]
    pub fn on_response(&mut self, status: Count, body: Bytes, now_ms: Time) -> napi::Result<()> {
        self.0.on_response(status.0, &body.0, now_ms.0).or_throw()
    }

    #[napi(catch_unwind)]
    pub fn on_transport_error(
        &mut self,
        kind: String,
        phase: String,
        now_ms: Time,
    ) -> napi::Result<()> {
        self.0
            .on_transport_error(failure_kind(&kind)?, failure_phase(&phase)?, now_ms.0)
            .or_throw()
    }

    #[napi(catch_unwind)]
    pub fn on_store(&mut self, refusal: Option<Count>, now_ms: Time) -> napi::Result<()> {
        let refusal = refusal.map(error_code).transpose()?;
        self.0.on_store(refusal, now_ms.0).or_throw()
    }

    #[napi(catch_unwind)]
    pub fn abort(&mut self, now_ms: Time) {
        self.0.abort(now_ms.0);
    }

    #[napi(catch_unwind)]
    pub fn challenge(&self) -> napi::Result<Challenge> {
        self.0.challenge().or_throw().map(Into::into)
    }

    #[napi(catch_unwind)]
    pub fn outcome(&self) -> napi::Result<LoginOutcome> {
        self.0.outcome().or_throw().map(LoginOutcome)
    }

    #[napi(getter, catch_unwind)]
    pub fn retries(&self) -> u32 {
        self.0.retries()
    }
}
