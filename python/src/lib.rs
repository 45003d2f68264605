//! The native module of the Python package `countermark`: a thin map of the facade, one file for each of its files.
//!
//! It holds no protocol logic, no message text and no default. Objects are frozen and may be shared between threads, with the GIL or
//! without. What Python users read stands in the doc comments of the classes, and in `countermark/_native.pyi`.

#![allow(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    reason = "PyO3 hands arguments over by value, and each keyword of Python is one"
)]

mod client;
mod clock;
mod constant;
mod entropy;
mod error;
mod explain;
mod handshake;
mod http;
mod input;
mod inspect;
mod login;
mod meta;
mod number;
mod query;
mod replay;
mod runtime;
mod seal;
mod secret;
mod securesign;
mod webhook;

use countermark::{Error, ErrorCode};
use pyo3::{exceptions::PyImportError, prelude::*, sync::PyOnceLock};

/// Refuses a second interpreter of the process, whose exceptions would not be those that it can catch.
fn one_interpreter(py: Python<'_>) -> PyResult<()> {
    static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import("sys")?;
    if FIRST.get_or_init(py, || sys.clone().unbind()).is(&sys) {
        return Ok(());
    }
    let error = Error::with_detail(ErrorCode::Unsupported, "subinterpreters");
    Err(PyImportError::new_err(error.to_string()))
}

/// The compiled half of `countermark`. Private: import from `countermark`.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::one_interpreter(module.py())
    }

    #[pymodule_export]
    use crate::{
        client::{AsyncLogins, AsyncSigning, BlockingLogins, BlockingSigning, StoreReply},
        explain::{CauseInfo, WebhookCause, WebhookExplainer, WebhookExplanation, list_causes},
        handshake::{
            WebhookAnswer, answer_webhook_handshake, webhook_error_status, webhook_handshake_order,
            webhook_handshake_secret, webhook_success,
        },
        http::{HttpRequest, Release, Reserve, Wait},
        inspect::{
            Difference, SavedRequest, SchemeCandidate, SignedContent, candidate_schemes,
            detect_scheme, read_saved_request,
        },
        login::{
            AccessPass, AppLink, AuthSession, Challenge, Login, LoginOutcome, LoginService,
            Outcome, ServerReply, StoreKey, normalize_secsign_id, parse_reply, safe_return_url,
        },
        meta::{ErrorInfo, State, list_errors, list_states},
        query::{QueryKey, QueryProfile, SignedQuerySigner, SignedQueryVerifier, VerifiedQuery},
        replay::{MemoryReplayStore, webhook_keep_until_ms},
        runtime::Job,
        seal::{SealKey, SessionSealer},
        securesign::{
            SecureSignClient, SecureSignHint, SecureSignPending, SecureSignRequest,
            SecureSignResult, SecureSignSession, SecureSignSessionCall, SecureSignValidateCall,
            SecureSignValidation, pin_status_permits_signing, read_securesign_callback,
            securesign_code_retry, securesign_origin, securesign_pin_session_is_open,
            securesign_rate_limit_wait_ms,
        },
        webhook::{
            SchemeInfo, SchemeSpec, SignedWebhook, VerifiedWebhook, WebhookKey, WebhookSigner,
            WebhookVerifier, list_schemes,
        },
    };

    #[pymodule_export]
    const VERSION: &str = countermark::facade::VERSION;

    #[pymodule_export]
    const ABI_VERSION: u32 = countermark::facade::ABI_VERSION;

    #[pymodule_export]
    const PUBLIC_SERVER: &str = countermark::facade::PUBLIC_SERVER;

    #[pymodule_export]
    const PUBLIC_FALLBACK: &str = countermark::facade::PUBLIC_FALLBACK;

    #[pymodule_export]
    const PUBLIC_MESSAGE: &str = countermark::error::PUBLIC_MESSAGE;

    #[pymodule_export]
    const SECURESIGN_BASE_URL: &str = countermark::facade::SECURESIGN_BASE_URL;
}
