//! What to answer a webhook sender.

use crate::{
    error::Answer,
    input::{self, Wanted, lend_headers, octets},
    meta::error_code,
};
use countermark::{
    Error, ErrorCode, Secret,
    facade::{self, HandshakeOrder, WebhookRequest},
};
use pyo3::{prelude::*, types::PyBytes};

/// An HTTP answer. Send ``X-Content-Type-Options: nosniff`` with it, since a body may repeat what was sent.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct WebhookAnswer {
    /// The status.
    status: u32,
    /// The ``Content-Type``; empty for none.
    content_type: String,
    /// The body.
    body: Py<PyBytes>,
}

#[pymethods]
impl WebhookAnswer {
    fn __repr__(&self) -> String {
        format!("<WebhookAnswer {}>", self.status)
    }
}

fn show(py: Python<'_>, answer: facade::WebhookAnswer) -> WebhookAnswer {
    WebhookAnswer {
        status: answer.status,
        content_type: answer.content_type,
        body: PyBytes::new(py, &answer.body).unbind(),
    }
}

/// When the handshake of a scheme is to be answered: ``before_verify``, ``after_verify``, or `None` if it has none.
#[pyfunction]
pub(crate) fn webhook_handshake_order(scheme: &str) -> Option<&'static str> {
    facade::webhook_handshake_order(scheme).map(HandshakeOrder::name)
}

/// The answer to a handshake; `None` if the request is not one. Mind the order.
///
/// ``secret`` is Zoom's secret token, Meta's verify token, and Notion's verification token; other schemes need none.
#[pyfunction]
#[pyo3(signature = (scheme, headers, body, *, secret=None, method=None, url=None, query=None))]
pub(crate) fn answer_webhook_handshake(
    py: Python<'_>,
    scheme: &str,
    headers: &Bound<'_, PyAny>,
    body: &Bound<'_, PyAny>,
    secret: Option<&Bound<'_, PyAny>>,
    method: Option<&str>,
    url: Option<&str>,
    query: Option<&str>,
) -> Answer<Option<WebhookAnswer>> {
    let secret = secret
        .map(|secret| Ok::<_, PyErr>(Secret::from(&*octets(secret)?)))
        .transpose()?;
    let body = input::bytes(body)?;
    let answer = lend_headers(headers, Wanted::ALL, |headers| {
        let request = WebhookRequest {
            method,
            url,
            query,
            headers,
        };
        facade::answer_webhook_handshake(scheme, secret.as_ref(), &request, body.as_bytes())
    })??;
    Ok(answer.map(|answer| show(py, answer)))
}

/// The secret that a handshake hands over, for an operator to confirm at the sender; so far Notion's only.
///
/// It comes unsigned: take it only while none is configured.
#[pyfunction]
pub(crate) fn webhook_handshake_secret<'py>(
    scheme: &str,
    body: &Bound<'py, PyAny>,
) -> Answer<Option<Bound<'py, PyBytes>>> {
    let secret = facade::webhook_handshake_secret(scheme, input::bytes(body)?.as_bytes())?;
    Ok(secret.map(|secret| PyBytes::new(body.py(), secret.expose())))
}

/// The HTTP status that the sender of a scheme expects for an error.
#[pyfunction]
pub(crate) fn webhook_error_status(scheme: &str, code: &str) -> Answer<u32> {
    let code =
        error_code(code).ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "code"))?;
    Ok(facade::webhook_error_status(scheme, code))
}

/// The answer to a webhook that was taken.
#[pyfunction]
pub(crate) fn webhook_success(py: Python<'_>, scheme: &str) -> WebhookAnswer {
    show(py, facade::webhook_success(scheme))
}
