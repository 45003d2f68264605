//! Verifying.

use super::{Scheme, Settings, WebhookKey};
use crate::{
    clock::Clock,
    error::Answer,
    input::{self, Wanted, lend_headers},
    number::{Span, Time, setting},
};
use countermark::{
    Error,
    facade::{self, WebhookHeader, WebhookRequest},
};
use pyo3::{PyTraverseError, PyVisit, prelude::*, types::PyBytes};

/// From this length on the GIL is given away: below, handing it over and back costs two threads more than they gain (measured).
const LONG_BODY: usize = 128 * 1024;

/// Verifies webhooks of one scheme. Immutable; may be shared between threads.
///
/// ``scheme`` is an id of ``list_schemes()``, or a `SchemeSpec`. ``keys`` are tried in order. What is not given is as the scheme
/// has it; ages are seconds. ``clock`` gives Unix seconds, as ``time.time`` does.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct WebhookVerifier {
    verifier: facade::WebhookVerifier,
    /// The id of the scheme, for the statuses and handshakes of `handshake.rs`.
    #[pyo3(get)]
    scheme: String,
    /// Longest body, in bytes: read no more of a request.
    #[pyo3(get)]
    max_body_bytes: u32,
    wanted: Wanted,
    clock: Clock,
}

#[pymethods]
impl WebhookVerifier {
    #[new]
    #[pyo3(signature = (
        scheme, keys, *, max_age_s=None, max_future_s=None, check_time=None, max_body_bytes=None, clock=None
    ))]
    fn new(
        scheme: Scheme<'_>,
        keys: Vec<PyRef<'_, WebhookKey>>,
        max_age_s: Option<Span>,
        max_future_s: Option<Span>,
        check_time: Option<bool>,
        max_body_bytes: Option<Span>,
        clock: Option<Py<PyAny>>,
    ) -> Answer<Self> {
        let settings = Settings {
            max_age_s: setting(max_age_s, "max_age_s")?,
            max_future_s: setting(max_future_s, "max_future_s")?,
            check_time,
            max_body_bytes: setting(max_body_bytes, "max_body_bytes")?,
        };
        let config = settings.config(&scheme, &keys);
        let max_body_bytes = config.max_body_bytes;
        let verifier = facade::WebhookVerifier::new(config)?;
        Ok(Self {
            scheme: match scheme {
                Scheme::Id(id) => id,
                Scheme::Own(spec) => spec.0.id.clone(),
            },
            max_body_bytes,
            wanted: Wanted::these(&verifier.header_names()),
            verifier,
            clock: Clock(clock),
        })
    }

    /// The ids of keys that could not be used.
    #[getter]
    fn unusable_keys(&self) -> Vec<String> {
        self.verifier.unusable_keys()
    }

    /// Whether a store must be told how long to keep the replay keys: the scheme signs no time, or it is not checked. Not for
    /// a token, which has none.
    #[getter]
    fn needs_keep(&self) -> bool {
        self.verifier.needs_keep()
    }

    /// Checks the origin that a site is configured with, ``https://host[:port]`` or ``http://…``, and perhaps a prefix of the path that a
    /// proxy takes away. Gives what stands before the path in the URL that senders call: empty where none is needed and none is given.
    ///
    /// Raises ``INVALID_CONFIG`` for a text that is no origin, and for none where the scheme signs the URL.
    fn site_origin(&self, origin: Option<&str>) -> Answer<String> {
        Ok(self.verifier.site_origin(origin)?)
    }

    /// The names of the headers that ``verify`` looks at, in the vendor's case; one that ends in ``#`` stands for all that begin with
    /// what is before it.
    #[getter]
    fn header_names(&self) -> Vec<String> {
        self.verifier.header_names()
    }

    /// Now, by the verifier's clock, in Unix milliseconds.
    #[getter]
    fn now_ms(&self, py: Python<'_>) -> PyResult<i64> {
        self.clock.now_ms(py, None)
    }

    /// Verifies a request.
    ///
    /// ``headers`` is a mapping or a list of pairs; ``body`` the raw bytes. ``url`` is the one that the sender called; ``query`` is
    /// raw, without ``?``. ``now_ms`` replaces the clock. ``bytes`` are not copied; another buffer is, once.
    #[pyo3(signature = (headers, body, *, method=None, url=None, query=None, now_ms=None))]
    fn verify(
        &self,
        py: Python<'_>,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
        method: Option<&str>,
        url: Option<&str>,
        query: Option<&str>,
        now_ms: Option<Time>,
    ) -> Answer<VerifiedWebhook> {
        let now_ms = self.clock.now_ms(py, now_ms)?;
        let body = input::bytes(body)?;
        let raw = body.as_bytes();
        // The whole result is made where it is proved: it is large, and each step back would move it.
        let verify = |headers: &[WebhookHeader<'_>]| -> Result<VerifiedWebhook, Error> {
            let request = WebhookRequest {
                method,
                url,
                query,
                headers,
            };
            let verify = || self.verifier.verify(&request, raw, now_ms);
            let verified = if raw.len() < LONG_BODY {
                verify()?
            } else {
                py.detach(verify)?
            };
            Ok(VerifiedWebhook {
                verified: verified.without_body(),
                body: body.clone().unbind(),
            })
        };
        Ok(lend_headers(headers, self.wanted, verify)??)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.clock.traverse(visit)
    }

    fn __repr__(&self) -> String {
        format!("<{:?}>", self.verifier)
    }
}

/// A webhook whose signature and time are good, with its body. Made by `WebhookVerifier` only.
#[pyclass(module = "countermark", frozen, freelist = 16)]
pub(crate) struct VerifiedWebhook {
    verified: facade::VerifiedWebhook<()>,
    body: Py<PyBytes>,
}

#[pymethods]
impl VerifiedWebhook {
    /// The id of the scheme.
    #[getter]
    fn scheme(&self) -> String {
        self.verified.scheme()
    }

    /// The id of the key that matched.
    #[getter]
    fn key_id(&self) -> &str {
        self.verified.key_id()
    }

    /// The message id, where the scheme signs one.
    #[getter]
    fn message_id(&self) -> Option<&str> {
        self.verified.message_id()
    }

    /// The signed time in Unix milliseconds, where the scheme signs one.
    #[getter]
    fn timestamp_ms(&self) -> Option<i64> {
        self.verified.timestamp_ms()
    }

    /// What the signature covers, such as ``body``. Empty for a static token.
    #[getter]
    fn covers(&self) -> Vec<&'static str> {
        self.verified
            .covers()
            .into_iter()
            .map(facade::Covered::name)
            .collect()
    }

    /// Whether the signature covers the whole body.
    #[getter]
    fn covers_body(&self) -> bool {
        self.verified.covers_body()
    }

    /// The parameters or fields that the signature covers, for schemes that sign some of them.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> Vec<(&str, Bound<'py, PyBytes>)> {
        self.verified
            .fields()
            .iter()
            .map(|field| (field.name.as_str(), PyBytes::new(py, &field.value)))
            .collect()
    }

    /// The body, where the signature covers it; else empty.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        self.body_if(py, self.verified.covers_body())
    }

    /// The body where the signature does *not* cover it. Anybody on the way may have written it.
    #[getter]
    fn unsigned_body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        self.body_if(py, !self.verified.covers_body())
    }

    /// The key under which a second copy of this message is known; `None` for a static token.
    #[getter]
    fn replay_key(&self) -> Option<String> {
        self.verified.replay_key()
    }

    /// Until when the replay key must be kept, in Unix milliseconds; `None` when no time was checked.
    #[getter]
    fn replay_until_ms(&self) -> Option<i64> {
        self.verified.replay_until_ms()
    }

    fn __repr__(&self) -> String {
        format!(
            "<VerifiedWebhook {} key_id={:?}>",
            self.verified.scheme(),
            self.verified.key_id()
        )
    }
}

impl VerifiedWebhook {
    fn body_if<'py>(&self, py: Python<'py>, wanted: bool) -> Bound<'py, PyBytes> {
        if wanted {
            self.body.bind(py).clone()
        } else {
            PyBytes::new(py, &[])
        }
    }
}
