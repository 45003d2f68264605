//! Signing.

use super::{Scheme, WebhookKey, keys};
use crate::{
    clock::Clock,
    error::Answer,
    input::{self, Wanted, lend_headers},
    number::Time,
};
use countermark::facade::{self, WebhookHeader, WebhookRequest};
use pyo3::{PyTraverseError, PyVisit, prelude::*, types::PyBytes};

/// Signs webhooks of one scheme. Immutable; may be shared between threads.
///
/// The keys are secrets, or private keys for public-key schemes; several where the scheme carries several signatures.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct WebhookSigner {
    signer: facade::WebhookSigner,
    clock: Clock,
}

#[pymethods]
impl WebhookSigner {
    #[new]
    #[pyo3(signature = (scheme, keys, *, clock=None))]
    fn new(
        scheme: Scheme<'_>,
        keys: Vec<PyRef<'_, WebhookKey>>,
        clock: Option<Py<PyAny>>,
    ) -> Answer<Self> {
        let ring = self::keys(&keys);
        let signer = match &scheme {
            Scheme::Id(id) => facade::WebhookSigner::new(id, ring)?,
            Scheme::Own(spec) => facade::WebhookSigner::of_spec(spec.0.clone(), ring)?,
        };
        Ok(Self {
            signer,
            clock: Clock(clock),
        })
    }

    /// Signs a request. ``message_id`` is needed by schemes that sign one.
    #[pyo3(signature = (body, *, headers=None, method=None, url=None, query=None, message_id=None, now_ms=None))]
    fn sign(
        &self,
        body: &Bound<'_, PyAny>,
        headers: Option<&Bound<'_, PyAny>>,
        method: Option<&str>,
        url: Option<&str>,
        query: Option<&str>,
        message_id: Option<&str>,
        now_ms: Option<Time>,
    ) -> Answer<SignedWebhook> {
        let py = body.py();
        let now_ms = self.clock.now_ms(py, now_ms)?;
        let body = input::bytes(body)?;
        let sign = |headers: &[WebhookHeader<'_>]| {
            let request = WebhookRequest {
                method,
                url,
                query,
                headers,
            };
            self.signer
                .sign(&request, body.as_bytes(), message_id, now_ms)
        };
        let signed = match headers {
            Some(headers) => lend_headers(headers, Wanted::ALL, sign)?,
            None => sign(&[]),
        }?;
        let pair = |header: facade::Header| (header.name, header.value);
        Ok(SignedWebhook {
            headers: signed.headers.into_iter().map(pair).collect(),
            url: signed.url,
            query: signed.query,
            body: signed.body.map(|body| PyBytes::new(py, &body).unbind()),
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.clock.traverse(visit)
    }

    fn __repr__(&self) -> &'static str {
        "<WebhookSigner>"
    }
}

/// What to send. What is `None` stays as it was.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct SignedWebhook {
    /// Headers to add, as pairs.
    headers: Vec<(String, String)>,
    /// The URL with the signature in its path.
    url: Option<String>,
    /// The query with time and signature, without ``?``.
    query: Option<String>,
    /// The body with the signature in it.
    body: Option<Py<PyBytes>>,
}

#[pymethods]
impl SignedWebhook {
    fn __repr__(&self) -> &'static str {
        "<SignedWebhook>"
    }
}
