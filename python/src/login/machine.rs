//! The step machine of a login, for those who bring their own HTTP.

use super::{AuthSession, Challenge, LoginOutcome, LoginService};
use crate::{
    error::Answer,
    http::{Step, failure_kind, failure_phase, step},
    input::{self, Foreign},
    number::{Count, Time, whole},
};
use countermark::{Error, ErrorCode, facade};
use pyo3::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One task on a login: begin, check, wait, cancel or release. It sends, sleeps and stores nothing itself.
///
/// Loop: ``poll``; do what the step says; feed the answer; until ``poll`` gives `None`. Every time is Unix milliseconds.
/// `LoginClient` does all that over HTTP.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct Login(Mutex<facade::Login>);

impl Login {
    fn of(login: facade::Login) -> Self {
        Self(Mutex::new(login))
    }

    fn machine(&self) -> MutexGuard<'_, facade::Login> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Login {
    /// Starts a login for a user. Its result is ``challenge``.
    #[staticmethod]
    fn begin(
        service: &Bound<'_, LoginService>,
        secsign_id: Foreign<'_>,
        now_ms: Time,
    ) -> Answer<Self> {
        Ok(Self::of(facade::Login::begin(
            &service.get().service,
            secsign_id.0,
            now_ms.0,
        )?))
    }

    /// Asks once how the user decided. Its result is ``outcome``.
    #[staticmethod]
    fn check(
        service: &Bound<'_, LoginService>,
        session: &Bound<'_, AuthSession>,
        now_ms: Time,
    ) -> Answer<Self> {
        Ok(Self::of(facade::Login::check(
            &service.get().service,
            &session.get().0,
            now_ms.0,
        )?))
    }

    /// Asks until the user has decided, the session is over, or ``deadline_ms`` is reached.
    #[staticmethod]
    #[pyo3(signature = (service, session, now_ms, *, deadline_ms=None))]
    fn wait(
        service: &Bound<'_, LoginService>,
        session: &Bound<'_, AuthSession>,
        now_ms: Time,
        deadline_ms: Option<Time>,
    ) -> Answer<Self> {
        let (service, session) = (&service.get().service, &session.get().0);
        Ok(Self::of(facade::Login::wait(
            service,
            session,
            whole(deadline_ms),
            now_ms.0,
        )?))
    }

    /// Withdraws the session, so that the phone stops asking.
    #[staticmethod]
    fn cancel(
        service: &Bound<'_, LoginService>,
        session: &Bound<'_, AuthSession>,
        now_ms: Time,
    ) -> Answer<Self> {
        Ok(Self::of(facade::Login::cancel(
            &service.get().service,
            &session.get().0,
            now_ms.0,
        )?))
    }

    /// Gives an approved session back.
    #[staticmethod]
    fn release(
        service: &Bound<'_, LoginService>,
        session: &Bound<'_, AuthSession>,
        now_ms: Time,
    ) -> Answer<Self> {
        Ok(Self::of(facade::Login::release(
            &service.get().service,
            &session.get().0,
            now_ms.0,
        )?))
    }

    /// What to do now: an `HttpRequest` to send, a `Wait`, a `Reserve` or `Release` for the store, or `None` at the end.
    fn poll(&self, now_ms: Time) -> Option<Step> {
        step(self.machine().poll(now_ms.0))
    }

    /// Feeds the answer to the request: its HTTP status and whole body. Follow no redirect: feed it.
    fn on_response(&self, status: Count, body: &Bound<'_, PyAny>, now_ms: Time) -> Answer<()> {
        let body = input::bytes(body)?;
        Ok(self
            .machine()
            .on_response(status.0, body.as_bytes(), now_ms.0)?)
    }

    /// Feeds a failure: ``kind`` is ``timeout``, ``unreachable`` or ``tls``; ``phase`` is ``not_sent`` if that is certain, else
    /// ``maybe_sent``.
    fn on_transport_error(&self, kind: &str, phase: &str, now_ms: Time) -> Answer<()> {
        let (kind, phase) = (failure_kind(kind)?, failure_phase(phase)?);
        Ok(self.machine().on_transport_error(kind, phase, now_ms.0)?)
    }

    /// Feeds the answer of the store: ``None`` when it did as asked, else the number of its error, that of ``REPLAYED`` for a key
    /// that is taken.
    #[pyo3(signature = (refusal, now_ms))]
    fn on_store(&self, refusal: Option<Count>, now_ms: Time) -> Answer<()> {
        let code = |number| {
            ErrorCode::from_number(number)
                .ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "no such number"))
        };
        Ok(self
            .machine()
            .on_store(whole(refusal).map(code).transpose()?, now_ms.0)?)
    }

    /// Stops. A wait still sends the cancel request while the session lives.
    fn abort(&self, now_ms: Time) {
        self.machine().abort(now_ms.0);
    }

    /// What a begun login gave.
    fn challenge(&self) -> Answer<Challenge> {
        Ok(self.machine().challenge()?.into())
    }

    /// How the login stands.
    fn outcome(&self) -> Answer<LoginOutcome> {
        Ok(LoginOutcome(self.machine().outcome()?))
    }

    /// How many failed questions a wait has repeated.
    #[getter]
    fn retries(&self) -> u32 {
        self.machine().retries()
    }

    fn __repr__(&self) -> &'static str {
        "<Login>"
    }
}
