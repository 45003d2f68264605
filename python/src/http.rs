//! What a step machine asks the caller to send, and how the caller reports a failure.

use countermark::{
    Error, ErrorCode,
    facade::{self, FailureKind, FailurePhase},
};
use pyo3::{prelude::*, types::PyBytes};

/// A request to send exactly as it stands: no redirects, no cookies, no retries. Never log its body.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct HttpRequest(facade::HttpRequest);

#[pymethods]
impl HttpRequest {
    /// The method, upper case.
    #[getter]
    fn method(&self) -> &str {
        &self.0.method
    }

    /// The absolute address.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// Names and values to send, ``Content-Type`` among them.
    #[getter]
    fn headers(&self) -> Vec<(&str, &str)> {
        self.0
            .headers
            .iter()
            .map(|header| (header.name.as_str(), header.value.as_str()))
            .collect()
    }

    /// The body.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.body)
    }

    /// Time to reach the server, in milliseconds.
    #[getter]
    fn connect_timeout_ms(&self) -> u32 {
        self.0.connect_timeout_ms
    }

    /// Time for the whole exchange, in milliseconds.
    #[getter]
    fn total_timeout_ms(&self) -> u32 {
        self.0.total_timeout_ms
    }

    /// Longest body of the answer to read, in bytes; feed one byte more if there is more.
    #[getter]
    fn max_reply_bytes(&self) -> u32 {
        self.0.max_reply_bytes
    }

    fn __repr__(&self) -> String {
        format!(
            "<HttpRequest {} {} bytes>",
            self.0.method,
            self.0.body.len()
        )
    }
}

/// A pause: poll again at ``until_ms`` (Unix milliseconds) or later.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct Wait {
    /// The time.
    until_ms: i64,
}

#[pymethods]
impl Wait {
    fn __repr__(&self) -> String {
        format!("<Wait until_ms={}>", self.until_ms)
    }
}

/// Take this key in the store, atomically, then say so with `Login.on_store`.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct Reserve {
    /// The key: ASCII. It holds no handle that could be used.
    key: String,
    /// Until when to keep it, in Unix milliseconds.
    until_ms: i64,
}

#[pymethods]
impl Reserve {
    fn __repr__(&self) -> String {
        format!("<Reserve until_ms={}>", self.until_ms)
    }
}

/// Free this key in the store, then say so with `Login.on_store`.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct Release {
    /// The key.
    key: String,
}

#[pymethods]
impl Release {
    fn __repr__(&self) -> &'static str {
        "<Release>"
    }
}

/// A step for Python: something to send, a pause, a call of the store, or `None` at the end.
#[derive(IntoPyObject)]
pub(crate) enum Step {
    Send(HttpRequest),
    Wait(Wait),
    Reserve(Reserve),
    Release(Release),
}

pub(crate) fn step(step: facade::Step) -> Option<Step> {
    match step {
        facade::Step::Send(request) => Some(Step::Send(HttpRequest(request))),
        facade::Step::Wait { until_ms } => Some(Step::Wait(Wait { until_ms })),
        facade::Step::Reserve { key, until_ms } => Some(Step::Reserve(Reserve { key, until_ms })),
        facade::Step::Release { key } => Some(Step::Release(Release { key })),
        facade::Step::Done => None,
    }
}

pub(crate) fn failure_kind(name: &str) -> Result<FailureKind, Error> {
    FailureKind::from_name(name).ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "kind"))
}

pub(crate) fn failure_phase(name: &str) -> Result<FailurePhase, Error> {
    FailurePhase::from_name(name)
        .ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "phase"))
}
