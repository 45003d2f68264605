"""Is this login, this link, this webhook really from who it says?

Everything public is here; the clients, which need `logging` and asyncio, are loaded when they are first used.
"""

from __future__ import annotations

from . import errors as errors
from ._native import (
    ABI_VERSION as ABI_VERSION,
    PUBLIC_FALLBACK as PUBLIC_FALLBACK,
    PUBLIC_MESSAGE as PUBLIC_MESSAGE,
    PUBLIC_SERVER as PUBLIC_SERVER,
    SECURESIGN_BASE_URL as SECURESIGN_BASE_URL,
    VERSION as __version__,
    AccessPass as AccessPass,
    AppLink as AppLink,
    AuthSession as AuthSession,
    CauseInfo as CauseInfo,
    Challenge as Challenge,
    Difference as Difference,
    ErrorInfo as ErrorInfo,
    HttpRequest as HttpRequest,
    Login as Login,
    LoginOutcome as LoginOutcome,
    LoginService as LoginService,
    MemoryReplayStore as MemoryReplayStore,
    Outcome as Outcome,
    QueryKey as QueryKey,
    QueryProfile as QueryProfile,
    SavedRequest as SavedRequest,
    SchemeCandidate as SchemeCandidate,
    SchemeInfo as SchemeInfo,
    SchemeSpec as SchemeSpec,
    SealKey as SealKey,
    SecureSignClient as SecureSignClient,
    SecureSignHint as SecureSignHint,
    SecureSignPending as SecureSignPending,
    SecureSignRequest as SecureSignRequest,
    SecureSignResult as SecureSignResult,
    SecureSignSession as SecureSignSession,
    SecureSignSessionCall as SecureSignSessionCall,
    SecureSignValidateCall as SecureSignValidateCall,
    SecureSignValidation as SecureSignValidation,
    ServerReply as ServerReply,
    SessionSealer as SessionSealer,
    SignedContent as SignedContent,
    SignedQuerySigner as SignedQuerySigner,
    SignedQueryVerifier as SignedQueryVerifier,
    SignedWebhook as SignedWebhook,
    State as State,
    StoreKey as StoreKey,
    VerifiedQuery as VerifiedQuery,
    VerifiedWebhook as VerifiedWebhook,
    Release as Release,
    Reserve as Reserve,
    Wait as Wait,
    WebhookAnswer as WebhookAnswer,
    WebhookCause as WebhookCause,
    WebhookExplainer as WebhookExplainer,
    WebhookExplanation as WebhookExplanation,
    WebhookKey as WebhookKey,
    WebhookSigner as WebhookSigner,
    WebhookVerifier as WebhookVerifier,
    answer_webhook_handshake as answer_webhook_handshake,
    candidate_schemes as candidate_schemes,
    detect_scheme as detect_scheme,
    list_causes as list_causes,
    list_errors as list_errors,
    list_schemes as list_schemes,
    list_states as list_states,
    normalize_secsign_id as normalize_secsign_id,
    parse_reply as parse_reply,
    pin_status_permits_signing as pin_status_permits_signing,
    read_saved_request as read_saved_request,
    read_securesign_callback as read_securesign_callback,
    safe_return_url as safe_return_url,
    securesign_code_retry as securesign_code_retry,
    securesign_origin as securesign_origin,
    securesign_pin_session_is_open as securesign_pin_session_is_open,
    securesign_rate_limit_wait_ms as securesign_rate_limit_wait_ms,
    webhook_error_status as webhook_error_status,
    webhook_handshake_order as webhook_handshake_order,
    webhook_handshake_secret as webhook_handshake_secret,
    webhook_keep_until_ms as webhook_keep_until_ms,
    webhook_success as webhook_success,
)
from .errors import (
    ConfigError as ConfigError,
    CountermarkError as CountermarkError,
    ErrorCode as ErrorCode,
    ExpiredError as ExpiredError,
    InternalError as InternalError,
    LoginError as LoginError,
    ReplayError as ReplayError,
    ServerError as ServerError,
    TransportError as TransportError,
    VerificationError as VerificationError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .aio import (
        AsyncLoginClient as AsyncLoginClient,
        AsyncSecureSign as AsyncSecureSign,
    )
    from .client import LoginClient as LoginClient, SecureSign as SecureSign

_LAZY = {
    "LoginClient": "client",
    "SecureSign": "client",
    "AsyncLoginClient": "aio",
    "AsyncSecureSign": "aio",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_LAZY[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
