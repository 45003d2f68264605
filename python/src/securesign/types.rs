//! The values that go into SecureSign calls and come out of them, and the pure functions beside them.

use crate::{
    error::Answer,
    input::{self, Foreign},
    login::StoreKey,
    number::{Count, Span, Time, setting},
};
use countermark::{
    Error, ErrorCode,
    facade::{self, PinStatus, SecureSignCode, SecureSignEnvironment, SecureSignHash},
};
use pyo3::{prelude::*, types::PyBytes};

/// What is to be signed, and where the answer goes. ``algorithm`` is ``SHA256``, ``SHA384`` or ``SHA512``.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SecureSignRequest(pub(crate) facade::SecureSignRequest);

#[pymethods]
impl SecureSignRequest {
    #[new]
    #[pyo3(signature = (*, request_id, hash, algorithm, callback_url))]
    fn new(
        request_id: String,
        hash: &Bound<'_, PyAny>,
        algorithm: &str,
        callback_url: String,
    ) -> Answer<Self> {
        Ok(Self(facade::SecureSignRequest {
            request_id,
            hash: input::bytes(hash)?.as_bytes().to_vec(),
            algorithm: hash_named(algorithm)?,
            callback_url,
        }))
    }

    /// The id of the request.
    #[getter]
    fn request_id(&self) -> &str {
        &self.0.request_id
    }

    fn __repr__(&self) -> &'static str {
        "<SecureSignRequest>"
    }
}

/// A key, a tenant and an origin that the server has confirmed.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct SecureSignValidation {
    /// The tenant; always the configured one.
    tenant_id: String,
    /// Calls that the server allows in a minute, if it said so.
    rpm: Option<u32>,
}

impl From<facade::SecureSignValidation> for SecureSignValidation {
    fn from(validation: facade::SecureSignValidation) -> Self {
        Self {
            tenant_id: validation.tenant_id,
            rpm: validation.rpm,
        }
    }
}

/// A signing session at the server.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct SecureSignSession {
    /// The server's id of it.
    session_id: String,
    /// When it ends, in Unix milliseconds.
    expires_at_ms: i64,
    /// The link that opens the product; checked, and without a live key.
    deep_link: String,
}

#[pymethods]
impl SecureSignSession {
    fn __repr__(&self) -> String {
        format!("<SecureSignSession expires_at_ms={}>", self.expires_at_ms)
    }
}

impl From<facade::SecureSignSession> for SecureSignSession {
    fn from(session: facade::SecureSignSession) -> Self {
        Self {
            session_id: session.session_id,
            expires_at_ms: session.expires_at_ms,
            deep_link: session.deep_link,
        }
    }
}

/// What to keep on the server until the callback comes, under its request id. Never take any of it from the visitor.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SecureSignPending(pub(crate) facade::SecureSignPending);

#[pymethods]
impl SecureSignPending {
    #[new]
    #[pyo3(signature = (*, request_id, hash, algorithm, expires_at_ms))]
    fn new(
        request_id: String,
        hash: &Bound<'_, PyAny>,
        algorithm: &str,
        expires_at_ms: Time,
    ) -> Answer<Self> {
        Ok(Self(facade::SecureSignPending {
            request_id,
            hash: input::bytes(hash)?.as_bytes().to_vec(),
            algorithm: hash_named(algorithm)?,
            expires_at_ms: expires_at_ms.0,
        }))
    }

    /// The id of the request.
    #[getter]
    fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The digest that was to be signed.
    #[getter]
    fn hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.hash)
    }

    /// How the digest was made.
    #[getter]
    fn algorithm(&self) -> &'static str {
        self.0.algorithm.name()
    }

    /// When the session ends, in Unix milliseconds.
    #[getter]
    fn expires_at_ms(&self) -> i64 {
        self.0.expires_at_ms
    }

    fn __repr__(&self) -> &'static str {
        "<SecureSignPending>"
    }
}

/// What a callback claims, signed by nobody: use it only to find the pending request.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SecureSignHint(pub(crate) facade::SecureSignHint);

#[pymethods]
impl SecureSignHint {
    /// The id of the request that it claims to answer.
    #[getter]
    fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Whether it claims that the document was signed.
    #[getter]
    fn claims_success(&self) -> bool {
        self.0.claims_success
    }

    /// The vendor's name of the error that it claims.
    #[getter]
    fn code(&self) -> Option<&'static str> {
        self.0.code.map(SecureSignCode::name)
    }

    /// The signature that it brings, not verified.
    #[getter]
    fn signature<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0
            .signature
            .as_ref()
            .map(|signature| PyBytes::new(py, signature))
    }

    /// When it claims to have been signed, in Unix milliseconds.
    #[getter]
    fn signed_at_ms(&self) -> Option<i64> {
        self.0.signed_at_ms
    }

    fn __repr__(&self) -> &'static str {
        "<SecureSignHint>"
    }
}

/// A signature over the stored digest, verified with the certificate that was given.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SecureSignResult(pub(crate) facade::SecureSignResult);

#[pymethods]
impl SecureSignResult {
    /// The id of the request.
    #[getter]
    fn request_id(&self) -> &str {
        self.0.request_id()
    }

    /// The signature.
    #[getter]
    fn signature<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.signature())
    }

    /// The serial number of the certificate, in lower-case hex.
    #[getter]
    fn certificate_serial(&self) -> &str {
        self.0.certificate_serial()
    }

    /// The key to reserve before acting on the result; if it is taken, answer ``ALREADY_CONSUMED``.
    #[getter]
    fn once_key(&self) -> StoreKey {
        self.0.once_key().into()
    }

    fn __repr__(&self) -> &'static str {
        "<SecureSignResult>"
    }
}

/// Reads the ``ss_result`` of a callback's raw query string (without ``?``).
#[pyfunction]
pub(crate) fn read_securesign_callback(query: Foreign<'_>) -> Answer<SecureSignHint> {
    Ok(SecureSignHint(facade::read_securesign_callback(query.0)?))
}

/// An origin in the exact form of a browser's ``Origin`` header; ``environment`` is ``live`` or ``test``.
#[pyfunction]
pub(crate) fn securesign_origin(origin: &str, environment: &str) -> Answer<String> {
    Ok(facade::securesign_origin(
        origin,
        environment_named(environment)?,
    )?)
}

/// Milliseconds to wait so that no minute holds more than ``rpm`` calls; 0 for none.
#[pyfunction]
pub(crate) fn securesign_rate_limit_wait_ms(calls_ms: Vec<Time>, rpm: Count, now_ms: Time) -> i64 {
    let calls_ms: Vec<i64> = calls_ms.into_iter().map(|time| time.0).collect();
    facade::securesign_rate_limit_wait_ms(&calls_ms, rpm.0, now_ms.0)
}

/// Whether a PIN session still holds: less than ``idle_ms`` since its last use.
#[pyfunction]
#[pyo3(signature = (last_use_ms, now_ms, *, idle_ms=None))]
pub(crate) fn securesign_pin_session_is_open(
    last_use_ms: Time,
    now_ms: Time,
    idle_ms: Option<Span>,
) -> Answer<bool> {
    let idle_ms = setting(idle_ms, "idle_ms")?;
    Ok(facade::securesign_pin_session_is_open(
        last_use_ms.0,
        idle_ms,
        now_ms.0,
    ))
}

/// The vendor's error code with exactly this name, or ``UNKNOWN``, and how to try again: ``no``, ``same_session``,
/// ``new_session``.
#[pyfunction]
pub(crate) fn securesign_code_retry(code: &str) -> (&'static str, &'static str) {
    let code = SecureSignCode::from_text(code);
    (code.name(), code.retry().name())
}

/// The PIN status with exactly this name, or ``UNKNOWN``, and whether it permits signing.
#[pyfunction]
pub(crate) fn pin_status_permits_signing(status: &str) -> (&'static str, bool) {
    let status = PinStatus::from_text(status);
    (status.name(), status.permits_signing())
}

pub(super) fn environment_named(name: &str) -> Result<SecureSignEnvironment, Error> {
    SecureSignEnvironment::from_name(name)
        .ok_or_else(|| Error::with_detail(ErrorCode::InvalidConfig, "environment"))
}

fn hash_named(name: &str) -> Result<SecureSignHash, Error> {
    SecureSignHash::from_name(name).ok_or_else(|| invalid("algorithm"))
}

pub(super) fn invalid(argument: &'static str) -> Error {
    Error::with_detail(ErrorCode::InvalidInput, argument)
}
