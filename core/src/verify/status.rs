//! The HTTP status that each sender expects. The error table's holds wherever a sender says nothing else.

use super::answer::WebhookAnswer;
use crate::error::{Class, ErrorCode};
use alloc::{string::String, vec::Vec};

/// The status for an error, so that the sender does the right thing: stop, retry, or disable.
pub(crate) fn for_error(scheme: &str, code: ErrorCode) -> u32 {
    let row = code.info();
    let forged = matches!(row.class, Class::NotAuthentic | Class::NotAcceptable);
    match (scheme, code) {
        // The sender must try again: the store could not say whether this one is new.
        (_, ErrorCode::StoreUnavailable) => u32::from(row.http_status),
        // The first delivery may still be in its handler and fail, and a success here would make the sender forget the event. Receivers ask their
        // store, and answer a copy of what was committed with a success.
        (_, ErrorCode::Replayed) => u32::from(row.http_status),
        // Both send wrong signatures on purpose and want exactly 401 (general knowledge of Discord and Xero).
        ("discord" | "xero", _) if forged => 401,
        // Common use for a wrong verify token; no page of Meta that says so was found.
        ("meta", ErrorCode::SignatureMismatch) => 403,
        // The only status on which Mailgun does not retry (help.mailgun.com, "Webhooks"): what a clock or a limit of ours refuses must
        // come again.
        ("mailgun", ErrorCode::SignatureMismatch) => 406,
        // "Token Invalid" (GoCardless API reference, "Webhooks").
        ("gocardless", _) if forged => 498,
        // A wrong signature is an invalid request (developers.xsolla.com, "Webhooks overview").
        ("xsolla", _) if forged => 400,
        _ => u32::from(row.http_status),
    }
}

/// The answer to a webhook that was taken.
pub(crate) fn success(scheme: &str) -> WebhookAnswer {
    match scheme {
        // Adyen's classic notifications count as delivered with this text (adyen.com, "Optimizing Webhook Integration").
        "adyen-header" | "adyen-item" => WebhookAnswer {
            status: 200,
            content_type: String::from("text/plain"),
            body: b"[accepted]".to_vec(),
        },
        _ => WebhookAnswer {
            status: 200,
            content_type: String::new(),
            body: Vec::new(),
        },
    }
}
