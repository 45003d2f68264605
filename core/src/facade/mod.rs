//! The facade: the only module that the bindings map, one to one.
//!
//! Rules: times are `i64` Unix milliseconds, 64-bit session numbers are text, `now` and randomness are arguments,
//! nothing calls back, nothing waits. Configuration objects are immutable and may be shared between threads; step
//! machines have one owner. A verified value is the only way to read signed data.

mod explain;
mod handshake;
mod inspect;
mod login;
mod meta;
mod query;
mod replay;
#[cfg(feature = "seal")]
mod seal;
mod securesign;
mod webhook;

pub use crate::http::{FailureKind, FailurePhase, Header, HttpRequest};
pub use crate::replay::StoreKey;
pub use explain::{
    CauseInfo, CauseKind, Certainty, CheckState, CheckStep, Difference, SignedContent, SignedPart,
    WebhookCause, WebhookCheck, WebhookExplainer, WebhookExplanation, list_causes,
};
pub use handshake::{
    HandshakeOrder, WebhookAnswer, answer_webhook_handshake, webhook_error_status,
    webhook_handshake_order, webhook_handshake_secret, webhook_success,
};
pub use inspect::{
    SavedBody, SavedRequest, SchemeCandidate, candidate_schemes, detect_scheme, read_saved_request,
};
pub use login::{
    AccessPass, AppLink, AuthSession, Challenge, Login, LoginConfig, LoginOutcome, LoginService,
    Outcome, PUBLIC_FALLBACK, PUBLIC_SERVER, RequestKind, ServerReply, State, Step,
    normalize_secsign_id, parse_reply, safe_return_url,
};
pub use meta::{ABI_VERSION, VERSION, list_errors, list_states};
pub use query::{
    QueryConfig, QueryField, QueryKey, QueryProfile, QuerySigner, QuerySignerConfig, QueryVerifier,
    VerifiedQuery,
};
pub use replay::ReplayMemory;
#[cfg(feature = "seal")]
pub use seal::{SealKey, Sealer};
pub use securesign::{
    PinStatus, SECURESIGN_BASE_URL, SecureSignClient, SecureSignCode, SecureSignConfig,
    SecureSignEnvironment, SecureSignHash, SecureSignHint, SecureSignPending, SecureSignPlatform,
    SecureSignRequest, SecureSignResult, SecureSignRetry, SecureSignSession, SecureSignSessionCall,
    SecureSignValidateCall, SecureSignValidation, read_securesign_callback, securesign_origin,
    securesign_pin_session_is_open, securesign_rate_limit_wait_ms,
};
pub use webhook::{
    Covered, Digest, HashKind, KeyEncoding, OutsideKey, OutsideMac, PairText, Repeats, SchemeSpec,
    SignatureEncoding, SignedField, SignedWebhook, TimeUnit, UrlForm, VerifiedWebhook,
    WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner, WebhookVerifier,
    webhook_keep_until_ms,
};
#[cfg(feature = "catalogue")]
pub use webhook::{SchemeInfo, list_schemes};
