//! Why a webhook failed, for operators.

use crate::{
    clock::Clock,
    error::Answer,
    input::{self, Wanted, lend_headers},
    inspect::SignedContent,
    number::{Span, Time, setting},
    webhook::{Scheme, Settings, WebhookKey},
};
use countermark::facade::{self, WebhookRequest};
use pyo3::{PyTraverseError, PyVisit, prelude::*};

/// Finds out why webhooks of one configuration fail. It takes the settings of the verifier.
///
/// For operators and their tools, never for the answer to a sender.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct WebhookExplainer {
    explainer: facade::WebhookExplainer,
    clock: Clock,
}

#[pymethods]
impl WebhookExplainer {
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
        Ok(Self {
            explainer: facade::WebhookExplainer::new(settings.config(&scheme, &keys))?,
            clock: Clock(clock),
        })
    }

    /// Explains what the verifier says about a request. The arguments are those of `WebhookVerifier.verify`.
    #[pyo3(signature = (headers, body, *, method=None, url=None, query=None, now_ms=None))]
    fn explain(
        &self,
        py: Python<'_>,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
        method: Option<&str>,
        url: Option<&str>,
        query: Option<&str>,
        now_ms: Option<Time>,
    ) -> Answer<WebhookExplanation> {
        let told = Told {
            headers,
            body,
            method,
            url,
            query,
        };
        let explanation = self.ask(py, &told, now_ms, facade::WebhookExplainer::explain)?;
        Ok(explanation.into())
    }

    /// As `explain`, with the bytes that the signature is over, for whoever may see the request anyway; `None` for them when the
    /// request cannot be taken apart.
    #[pyo3(signature = (headers, body, *, method=None, url=None, query=None, now_ms=None))]
    fn inspect(
        &self,
        py: Python<'_>,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
        method: Option<&str>,
        url: Option<&str>,
        query: Option<&str>,
        now_ms: Option<Time>,
    ) -> Answer<(WebhookExplanation, Option<SignedContent>)> {
        let told = Told {
            headers,
            body,
            method,
            url,
            query,
        };
        let (explanation, content) =
            self.ask(py, &told, now_ms, facade::WebhookExplainer::inspect)?;
        Ok((explanation.into(), content.map(SignedContent)))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.clock.traverse(visit)
    }

    fn __repr__(&self) -> &'static str {
        "<WebhookExplainer>"
    }
}

/// A request as Python tells it.
struct Told<'a, 'py> {
    headers: &'a Bound<'py, PyAny>,
    body: &'a Bound<'py, PyAny>,
    method: Option<&'a str>,
    url: Option<&'a str>,
    query: Option<&'a str>,
}

impl WebhookExplainer {
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        told: &Told<'_, '_>,
        now_ms: Option<Time>,
        ask: fn(&facade::WebhookExplainer, &WebhookRequest<'_>, &[u8], i64) -> T,
    ) -> PyResult<T> {
        let now_ms = self.clock.now_ms(py, now_ms)?;
        let body = input::bytes(told.body)?;
        let raw = body.as_bytes();
        lend_headers(told.headers, Wanted::ALL, |headers| {
            let request = WebhookRequest {
                method: told.method,
                url: told.url,
                query: told.query,
                headers,
            };
            py.detach(|| ask(&self.explainer, &request, raw, now_ms))
        })
    }
}

/// What an explainer found.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct WebhookExplanation {
    /// The name of the refusal; `None` when the request is accepted.
    error: Option<&'static str>,
    /// The id of the key that matched; empty when the request is refused.
    key_id: String,
    /// The causes, the surest first.
    causes: Vec<WebhookCause>,
    /// Whether every idea was tried.
    complete: bool,
    /// The checks of the verifier in their order, each with ``passed``, ``failed`` or ``not_reached``.
    checks: Vec<(&'static str, &'static str)>,
    /// The length of the body that arrived, in bytes.
    body_len: usize,
    /// SHA-256 of the body that arrived, in lower-case hex. That of the body that was sent tells whether something on the way changed it.
    body_sha256: String,
}

impl From<facade::WebhookExplanation> for WebhookExplanation {
    fn from(explanation: facade::WebhookExplanation) -> Self {
        Self {
            error: explanation.error.map(countermark::ErrorCode::name),
            key_id: explanation.key_id,
            causes: explanation
                .causes
                .into_iter()
                .map(WebhookCause::from)
                .collect(),
            complete: explanation.complete,
            checks: explanation
                .checks
                .iter()
                .map(|check| (check.step.name(), check.state.name()))
                .collect(),
            body_len: explanation.body_len,
            body_sha256: explanation.body_sha256,
        }
    }
}

#[pymethods]
impl WebhookExplanation {
    fn __repr__(&self) -> String {
        format!("<WebhookExplanation {}>", self.error.unwrap_or("OK"))
    }
}

/// One possible cause of a failure.
#[pyclass(module = "countermark", frozen, get_all)]
#[derive(Clone)]
pub(crate) struct WebhookCause {
    /// The stable name of the cause, a row of ``list_causes()``.
    name: &'static str,
    /// ``proved``, ``likely`` or ``possible``.
    certainty: &'static str,
    /// What it happened to: the name of a header or parameter, the id of a key; may be empty.
    subject: String,
    /// What would fit; may be empty.
    fits: String,
    /// How much, in the unit of the cause; 0 without a unit.
    amount: i64,
    /// What the amount counts; empty if there is none.
    unit: &'static str,
    /// What happened.
    happened: &'static str,
    /// What to do about it.
    remedy: &'static str,
}

#[pymethods]
impl WebhookCause {
    fn __repr__(&self) -> String {
        format!("<WebhookCause {} {}>", self.certainty, self.name)
    }
}

impl From<facade::WebhookCause> for WebhookCause {
    fn from(cause: facade::WebhookCause) -> Self {
        let info = cause.kind.info();
        Self {
            name: info.name,
            certainty: cause.certainty.name(),
            subject: cause.subject,
            fits: cause.fits,
            amount: cause.amount,
            unit: info.unit,
            happened: info.happened,
            remedy: info.remedy,
        }
    }
}

/// A row of the table of causes.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct CauseInfo {
    /// The stable number.
    number: u32,
    /// The stable name.
    name: &'static str,
    /// What the amount counts; empty if there is none.
    unit: &'static str,
    /// What happened.
    happened: &'static str,
    /// What to do about it.
    remedy: &'static str,
}

#[pymethods]
impl CauseInfo {
    fn __repr__(&self) -> String {
        format!("<CauseInfo {} {}>", self.number, self.name)
    }
}

/// Every cause with its texts.
#[pyfunction]
pub(crate) fn list_causes() -> Vec<CauseInfo> {
    let row = |row: facade::CauseInfo| CauseInfo {
        number: row.number,
        name: row.name,
        unit: row.unit,
        happened: row.happened,
        remedy: row.remedy,
    };
    facade::list_causes().into_iter().map(row).collect()
}
