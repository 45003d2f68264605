//! For tools that look at one request.

use crate::{
    clock::Clock,
    error::Answer,
    input::{self, Wanted, lend_headers},
    number::Time,
    webhook::{self, WebhookKey},
};
use countermark::facade::{self, WebhookRequest};
use pyo3::{
    prelude::*,
    types::{PyBytes, PySlice},
};
use std::ops::Range;

/// A request that was read from a file or a log.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SavedRequest(facade::SavedRequest);

#[pymethods]
impl SavedRequest {
    /// The method.
    #[getter]
    fn method(&self) -> &str {
        &self.0.method
    }

    /// The URL: that of the request line, or ``https://``, the host, and the path.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// All headers in their order, repeated ones too.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> Vec<(&str, Bound<'py, PyBytes>)> {
        let headers = self.0.headers.iter();
        headers
            .map(|(name, value)| (name.as_str(), PyBytes::new(py, value)))
            .collect()
    }

    /// The body.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.body)
    }

    /// What became of the chunks in which the body was sent: ``whole`` when there were none, ``joined``, or ``joined_before`` by whoever
    /// saved it.
    #[getter]
    fn form(&self) -> &'static str {
        self.0.form.name()
    }

    fn __repr__(&self) -> String {
        format!("<SavedRequest {} bytes>", self.0.body.len())
    }
}

/// Reads a whole HTTP request as proxies and browsers save it: request line or the pseudo headers of HTTP/2, headers, blank line, body.
#[pyfunction]
pub(crate) fn read_saved_request(saved: &Bound<'_, PyAny>) -> Answer<SavedRequest> {
    let saved = input::bytes(saved)?;
    Ok(SavedRequest(facade::read_saved_request(saved.as_bytes())?))
}

/// A scheme that a request may be of.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct SchemeCandidate {
    /// The id.
    scheme: String,
    /// Whether everything that the scheme needs is there and well formed.
    is_whole: bool,
    /// The headers and parameters of the scheme that the request has.
    seen: Vec<String>,
}

#[pymethods]
impl SchemeCandidate {
    fn __repr__(&self) -> String {
        format!("<SchemeCandidate {}>", self.scheme)
    }
}

/// The schemes that a request may be of, the likeliest first. Several sign alike: only a key can tell them apart.
///
/// The arguments are those of `WebhookVerifier.verify`.
#[pyfunction]
#[pyo3(signature = (headers, body, *, method=None, url=None, query=None))]
pub(crate) fn candidate_schemes(
    headers: &Bound<'_, PyAny>,
    body: &Bound<'_, PyAny>,
    method: Option<&str>,
    url: Option<&str>,
    query: Option<&str>,
) -> Answer<Vec<SchemeCandidate>> {
    let body = input::bytes(body)?;
    let found = lend_headers(headers, Wanted::ALL, |headers| {
        let request = WebhookRequest {
            method,
            url,
            query,
            headers,
        };
        facade::candidate_schemes(&request, body.as_bytes())
    })?;
    let candidate = |candidate: facade::SchemeCandidate| SchemeCandidate {
        scheme: candidate.scheme,
        is_whole: candidate.is_whole,
        seen: candidate.seen,
    };
    Ok(found.into_iter().map(candidate).collect())
}

/// The scheme of a request: of its `candidate_schemes` the one under which a key fits best, and the likeliest if no key fits. `None` if
/// the request is of no scheme of the table.
///
/// The arguments are those of `WebhookVerifier.verify`.
#[pyfunction]
#[pyo3(signature = (keys, headers, body, *, method=None, url=None, query=None, now_ms=None))]
#[allow(clippy::too_many_arguments, reason = "Python names them")]
pub(crate) fn detect_scheme(
    py: Python<'_>,
    keys: Vec<PyRef<'_, WebhookKey>>,
    headers: &Bound<'_, PyAny>,
    body: &Bound<'_, PyAny>,
    method: Option<&str>,
    url: Option<&str>,
    query: Option<&str>,
    now_ms: Option<Time>,
) -> Answer<Option<String>> {
    let (keys, now_ms) = (webhook::keys(&keys), Clock(None).now_ms(py, now_ms)?);
    let body = input::bytes(body)?;
    let raw = body.as_bytes();
    Ok(lend_headers(headers, Wanted::ALL, |headers| {
        let request = WebhookRequest {
            method,
            url,
            query,
            headers,
        };
        py.detach(|| facade::detect_scheme(&keys, &request, raw, now_ms))
    })?)
}

/// What the signature of a request is over.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SignedContent(pub(crate) facade::SignedContent);

#[pymethods]
impl SignedContent {
    /// The bytes that the verifier takes for the signed ones, part by part: what it is, such as ``body``, and the bytes, which are empty
    /// for a ``secret``.
    #[getter]
    fn received<'py>(&self, py: Python<'py>) -> Vec<(&'static str, Bound<'py, PyBytes>)> {
        parts(py, &self.0.received)
    }

    /// Those that the sender has signed, where a cause of the explanation brings them back; else none.
    #[getter]
    fn signed<'py>(&self, py: Python<'py>) -> Vec<(&'static str, Bound<'py, PyBytes>)> {
        parts(py, &self.0.signed)
    }

    /// Where the two differ; none where ``signed`` is empty.
    #[getter]
    fn differences<'py>(&self, py: Python<'py>) -> Vec<Difference> {
        let difference = |one: &facade::Difference| Difference {
            received: slice(py, &one.received),
            signed: slice(py, &one.signed),
        };
        self.0.differences.iter().map(difference).collect()
    }

    fn __repr__(&self) -> String {
        format!("<SignedContent {} parts>", self.0.received.len())
    }
}

/// A place where the received bytes are not the signed ones: slices of their parts joined. Either may be empty.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct Difference {
    /// The bytes as received.
    received: Py<PySlice>,
    /// The bytes as signed.
    signed: Py<PySlice>,
}

#[pymethods]
impl Difference {
    fn __repr__(&self) -> String {
        format!("<Difference {} {}>", self.received, self.signed)
    }
}

fn parts<'py>(
    py: Python<'py>,
    parts: &[facade::SignedPart],
) -> Vec<(&'static str, Bound<'py, PyBytes>)> {
    let pair = |part: &facade::SignedPart| (part.name, PyBytes::new(py, &part.bytes));
    parts.iter().map(pair).collect()
}

fn slice(py: Python<'_>, range: &Range<usize>) -> Py<PySlice> {
    // A request is shorter than any `isize`.
    PySlice::new(py, range.start as isize, range.end as isize, 1).unbind()
}
