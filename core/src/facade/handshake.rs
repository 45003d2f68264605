//! What to answer a webhook sender: to its handshake, to a webhook that was taken, and to one that was refused.

pub use crate::verify::answer::{HandshakeOrder, WebhookAnswer};

use crate::{
    error::{ErrorCode, Result},
    secret::Secret,
    verify::{handshake, status, webhook::request::WebhookRequest},
};

/// When the handshake of a scheme is to be answered; `None` if the scheme has none.
///
/// | scheme | handshake | order |
/// |---|---|---|
/// | `discord` | PING of interactions, answered by PONG, and of event webhooks | after |
/// | `dropbox` | GET with `challenge`, repeated | before |
/// | `intercom` | HEAD | before |
/// | `line` | a request without events | after |
/// | `meta` | GET with `hub.challenge`, repeated if `hub.verify_token` is ours | before |
/// | `notion` | POST of the verification token, while there is none yet | before |
/// | `okta` | GET with `x-okta-verification-challenge`, repeated in JSON | before |
/// | `slack` | `url_verification`, its `challenge` repeated | after |
/// | `trello` | HEAD | before |
/// | `twitch` | `webhook_callback_verification`, its `challenge` repeated | after |
/// | `wechat-server` | GET with `echostr`, repeated | after |
/// | `woocommerce` | POST of `webhook_id=`, when a webhook is saved | before |
/// | `xero` | a request without events | after |
/// | `zoom` | `endpoint.url_validation`, its `plainToken` repeated with its MAC | after |
#[must_use]
pub fn webhook_handshake_order(scheme: &str) -> Option<HandshakeOrder> {
    handshake::order(scheme)
}

/// The answer to a handshake; `None` if the request is not one. Mind the [order](webhook_handshake_order).
///
/// `secret` is Zoom's secret token, the verify token that was typed in at Meta, and Notion's verification token once it is known;
/// other schemes need none.
///
/// # Errors
/// `MISSING_CONTEXT` without the secret, or the method for Intercom and Trello; `SIGNATURE_MISMATCH` for another verify token;
/// `MISSING_FIELD`, `MISSING_PARAMETER`, `INVALID_FIELD` (a challenge that would be markup, or that would make the answer a
/// signature), `DUPLICATE_FIELD`, `INVALID_ENCODING`, `MALFORMED_BODY`, `AMBIGUOUS_INPUT`.
pub fn answer_webhook_handshake(
    scheme: &str,
    secret: Option<&Secret>,
    request: &WebhookRequest<'_>,
    body: &[u8],
) -> Result<Option<WebhookAnswer>> {
    handshake::answer(scheme, secret, request, body)
}

/// The secret that a handshake hands over, for an operator to confirm at the sender; so far Notion's only.
///
/// It comes unsigned: take it only while none is configured.
///
/// # Errors
/// `MISSING_FIELD` or `INVALID_FIELD` for one that is not usable.
pub fn webhook_handshake_secret(scheme: &str, body: &[u8]) -> Result<Option<Secret>> {
    handshake::learned(scheme, body)
}

/// The HTTP status that the sender of a scheme expects for an error.
#[must_use]
pub fn webhook_error_status(scheme: &str, code: ErrorCode) -> u32 {
    status::for_error(scheme, code)
}

/// The answer to a webhook that was taken: 200, and a body where the sender wants one.
#[must_use]
pub fn webhook_success(scheme: &str) -> WebhookAnswer {
    status::success(scheme)
}
