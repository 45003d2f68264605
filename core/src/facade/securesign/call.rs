//! One exchange with the API, in the steps of a login: poll, do what the step says, feed the answer.

use super::{
    SecureSignClient, SecureSignPlatform, SecureSignRequest, SecureSignSession,
    SecureSignValidation,
};
use crate::{
    error::{Error, ErrorCode, Result},
    facade::{FailureKind, FailurePhase, HttpRequest, Step},
    securesign::reply,
};
use alloc::string::String;
use core::fmt;

/// What both calls share. Nothing is sent twice: whether to try again is the caller's decision.
enum Exchange<T> {
    Send,
    Done(Result<T>),
}

impl<T: Clone> Exchange<T> {
    fn poll(&self, request: impl FnOnce() -> HttpRequest) -> Step {
        match self {
            Self::Send => Step::Send(request()),
            Self::Done(_) => Step::Done,
        }
    }

    fn settle(&mut self, read: impl FnOnce() -> Result<T>) -> Result<()> {
        match self {
            Self::Send => {
                *self = Self::Done(read());
                Ok(())
            }
            Self::Done(_) => Err(Error::with_detail(
                ErrorCode::WrongState,
                "no request is open",
            )),
        }
    }

    fn fail(&mut self, kind: FailureKind) -> Result<()> {
        self.settle(|| Err(Error::new(kind.error_code())))
    }

    fn result(&self) -> Result<T> {
        match self {
            Self::Send => Err(Error::with_detail(
                ErrorCode::WrongState,
                "the answer is not there yet",
            )),
            Self::Done(result) => result.clone(),
        }
    }
}

/// Asks whether key, tenant and origin are good: `POST /auth/validate`. It has one owner.
pub struct SecureSignValidateCall {
    client: SecureSignClient,
    origin: String,
    platform: SecureSignPlatform,
    exchange: Exchange<SecureSignValidation>,
}

impl SecureSignValidateCall {
    pub(super) fn new(
        client: SecureSignClient,
        origin: String,
        platform: SecureSignPlatform,
    ) -> Self {
        Self {
            client,
            origin,
            platform,
            exchange: Exchange::Send,
        }
    }

    /// What to do now; [`Step::Send`] until an answer is fed, then [`Step::Done`].
    pub fn poll(&mut self, _now_ms: i64) -> Step {
        let Self {
            origin, platform, ..
        } = self;
        self.exchange.poll(|| {
            let body = reply::validate_body(origin, *platform);
            self.client.post("/auth/validate", body)
        })
    }

    /// Feeds the answer: its HTTP status and whole body. Follow no redirect: feed it.
    ///
    /// # Errors
    /// `WRONG_STATE` if no request was to be sent. What is wrong with the answer is told by the result.
    pub fn on_response(&mut self, status: u32, body: &[u8], _now_ms: i64) -> Result<()> {
        let Self {
            client, exchange, ..
        } = self;
        exchange.settle(|| reply::validation(status, body, &client.expected()))
    }

    /// Feeds a failure of the transport.
    ///
    /// # Errors
    /// `WRONG_STATE` if no request was to be sent.
    pub fn on_transport_error(
        &mut self,
        kind: FailureKind,
        _phase: FailurePhase,
        _now_ms: i64,
    ) -> Result<()> {
        self.exchange.fail(kind)
    }

    /// What the server confirmed: only after HTTP 200 with both flags true and the configured tenant.
    ///
    /// # Errors
    /// `DOMAIN_NOT_ALLOWED`, `TENANT_MISMATCH`, `API_KEY_INVALID`, `RATE_LIMITED`, `PROTOCOL`, `SERVER_ERROR`, `HTTP_STATUS` and
    /// the errors of transport; `WRONG_STATE` before the last step.
    pub fn validation(&self) -> Result<SecureSignValidation> {
        self.exchange.result()
    }
}

/// Opens a signing session: `POST /auth/session`. It has one owner.
pub struct SecureSignSessionCall {
    client: SecureSignClient,
    request: SecureSignRequest,
    exchange: Exchange<SecureSignSession>,
}

impl SecureSignSessionCall {
    pub(super) fn new(client: SecureSignClient, request: SecureSignRequest) -> Self {
        Self {
            client,
            request,
            exchange: Exchange::Send,
        }
    }

    /// What to do now; [`Step::Send`] until an answer is fed, then [`Step::Done`].
    pub fn poll(&mut self, _now_ms: i64) -> Step {
        self.exchange.poll(|| {
            let body = reply::session_body(&self.request);
            self.client.post("/auth/session", body)
        })
    }

    /// Feeds the answer: its HTTP status and whole body. Follow no redirect: feed it.
    ///
    /// # Errors
    /// `WRONG_STATE` if no request was to be sent. What is wrong with the answer is told by the result.
    pub fn on_response(&mut self, status: u32, body: &[u8], now_ms: i64) -> Result<()> {
        let Self {
            client,
            request,
            exchange,
        } = self;
        exchange.settle(|| reply::session(status, body, request, &client.expected(), now_ms))
    }

    /// Feeds a failure of the transport.
    ///
    /// # Errors
    /// `WRONG_STATE` if no request was to be sent.
    pub fn on_transport_error(
        &mut self,
        kind: FailureKind,
        _phase: FailurePhase,
        _now_ms: i64,
    ) -> Result<()> {
        self.exchange.fail(kind)
    }

    /// The session, with a deep link that was checked.
    ///
    /// # Errors
    /// `SECRET_IN_DEEP_LINK`, `UNEXPECTED_DEEP_LINK`, `SESSION_EXPIRED`, `API_KEY_INVALID`, `RATE_LIMITED`, `PROTOCOL`,
    /// `SERVER_ERROR`, `HTTP_STATUS` and the errors of transport; `WRONG_STATE` before the last step.
    pub fn session(&self) -> Result<SecureSignSession> {
        self.exchange.result()
    }

    /// What to keep until the callback comes.
    ///
    /// # Errors
    /// As [`session`](Self::session).
    pub fn pending(&self) -> Result<super::SecureSignPending> {
        let session = self.session()?;
        Ok(super::SecureSignPending {
            request_id: self.request.request_id.clone(),
            hash: self.request.hash.clone(),
            algorithm: self.request.algorithm,
            expires_at_ms: session.expires_at_ms,
        })
    }
}

impl fmt::Debug for SecureSignValidateCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecureSignValidateCall")
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SecureSignSessionCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecureSignSessionCall")
            .finish_non_exhaustive()
    }
}
