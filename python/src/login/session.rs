//! An AuthSession and its access pass.

use crate::{error::Answer, input};
use countermark::facade;
use pyo3::{prelude::*, types::PyBytes};

/// A session that this service opened at an ID server. It cannot be made from its parts: it comes from a login, or from
/// ``SessionSealer.open``. Keep it on the server, or sealed.
#[pyclass(module = "countermark", frozen)]
#[derive(Clone)]
pub(crate) struct AuthSession(pub(crate) facade::AuthSession);

#[pymethods]
impl AuthSession {
    /// The SecSign ID that the session was opened for. Not proof of anybody's approval.
    #[getter]
    fn secsign_id(&self) -> &str {
        self.0.secsign_id()
    }

    /// The number of the session: a signed 64-bit integer as text.
    #[getter]
    fn auth_session_id(&self) -> &str {
        self.0.auth_session_id()
    }

    /// The name of the service that opened it.
    #[getter]
    fn service_name(&self) -> &str {
        self.0.service_name()
    }

    /// The address of the service that opened it.
    #[getter]
    fn service_address(&self) -> &str {
        self.0.service_address()
    }

    /// When it was opened, in Unix milliseconds.
    #[getter]
    fn created_at_ms(&self) -> i64 {
        self.0.created_at_ms()
    }

    fn __repr__(&self) -> &'static str {
        "<AuthSession>"
    }
}

/// The picture that the user compares with those on the phone: a PNG, checked down to its checksums.
#[pyclass(module = "countermark", frozen)]
#[derive(Clone)]
pub(crate) struct AccessPass(facade::AccessPass);

#[pymethods]
impl AccessPass {
    /// Checks the bytes of a PNG; ``INVALID_ACCESS_PASS`` otherwise.
    #[staticmethod]
    fn from_png(png: &Bound<'_, PyAny>) -> Answer<Self> {
        let png = input::bytes(png)?;
        Ok(Self(facade::AccessPass::from_png(png.as_bytes().to_vec())?))
    }

    /// Checks a picture in standard base64 with padding, as replies carry it.
    #[staticmethod]
    fn from_base64(text: &str) -> Answer<Self> {
        Ok(Self(facade::AccessPass::from_base64(text)?))
    }

    /// The bytes of the PNG.
    #[getter]
    fn png<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.png())
    }

    /// A ``data:`` URI for the ``src`` of an ``img``.
    #[getter]
    fn data_uri(&self) -> String {
        self.0.data_uri()
    }

    /// The width, in pixels.
    #[getter]
    fn width(&self) -> u32 {
        self.0.width()
    }

    /// The height, in pixels.
    #[getter]
    fn height(&self) -> u32 {
        self.0.height()
    }

    fn __repr__(&self) -> String {
        format!("<AccessPass {} x {}>", self.0.width(), self.0.height())
    }
}

/// A login that has begun: what to show, and what to keep.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct Challenge {
    /// The session, to be kept on the server or sealed.
    session: AuthSession,
    /// The symbol that the user must pick on the phone; `None` for sessions that are only confirmed.
    access_pass: Option<AccessPass>,
}

#[pymethods]
impl Challenge {
    fn __repr__(&self) -> &'static str {
        "<Challenge>"
    }
}

impl From<facade::Challenge> for Challenge {
    fn from(challenge: facade::Challenge) -> Self {
        Self {
            session: AuthSession(challenge.session),
            access_pass: challenge.access_pass.map(AccessPass),
        }
    }
}
