//! What is in plain sight: the refusal itself, and signs in the body and its headers.

use super::{
    Certainty::{Likely, Possible, Proved},
    SCHEMES_MAX, Search,
    causes::CauseKind,
    events, numbers, objects, placeholders, requests, signature, urls,
};
use crate::{
    error::{Error, ErrorCode, Result},
    verify::{
        answer::{HandshakeOrder, WebhookAnswer},
        handshake,
        inspect::candidates::{self, SchemeCandidate},
        webhook::{
            context::Request,
            header,
            key::{self, WebhookKey},
            proof,
            request::WebhookRequest,
            row::Place,
        },
    },
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// What the refusal says by itself.
pub(super) fn of_error(search: &mut Search<'_>, error: &Error) {
    let detail = error.detail();
    let solved = search.is_solved();
    match error.code() {
        ErrorCode::MissingHeader | ErrorCode::MissingParameter | ErrorCode::MissingContext
            if !solved && is_unsigned_handshake(search) =>
        {
            search.prove(CauseKind::Handshake, "");
        }
        ErrorCode::MissingHeader => missing_header(search, detail),
        ErrorCode::MissingParameter => {
            search.prove(CauseKind::ParameterMissing, detail);
        }
        ErrorCode::MissingContext => {
            search.prove(CauseKind::ContextMissing, detail);
        }
        ErrorCode::AmbiguousInput => ambiguous(search, detail),
        ErrorCode::TooLarge if detail == "body" => {
            let length = i64::try_from(search.request.body.len()).unwrap_or(i64::MAX);
            search.prove(CauseKind::BodyTooLarge, "").amount = length;
        }
        _ if solved => {}
        ErrorCode::MalformedSignature => signature::malformed(search),
        ErrorCode::NoSupportedSignature => {
            search.prove(CauseKind::SignatureUnsupported, detail);
        }
        ErrorCode::MalformedTimestamp => {
            search.prove(CauseKind::TimestampMalformed, detail);
        }
        ErrorCode::MalformedHeader => {
            search.prove(CauseKind::HeaderMalformed, detail);
        }
        ErrorCode::BodyHashMismatch => {
            search.prove(CauseKind::BodyChanged, "");
            body(search);
        }
        ErrorCode::InvalidSecret => {
            unusable_keys(search, Proved);
            placeholders(search);
        }
        ErrorCode::SignatureMismatch => {
            relative_url(search);
            body(search);
            unusable_keys(search, Likely);
            placeholders(search);
            probe(search);
        }
        // The name of the error says it all.
        ErrorCode::CollisionDetected | ErrorCode::TimestampTooOld | ErrorCode::TimestampTooNew => {}
        _ => {
            search.prove(CauseKind::RequestMalformed, detail);
            body(search);
        }
    }
}

/// A header that is missing may be that of a scheme that the request is not of. Whose it is, the header that it has tells,
/// though no key does.
fn missing_header(search: &mut Search<'_>, name: &str) {
    let mut others = Vec::new();
    if !search.is_solved() {
        others = candidates::by_header(&search.request, &search.plan.row());
        others.truncate(SCHEMES_MAX);
    }
    if search.has(CauseKind::WeakerSignatureGood) {
        search.prove(CauseKind::HeaderDropped, name);
        return;
    }
    let certainty = if others.is_empty() { Proved } else { Likely };
    for SchemeCandidate { scheme, seen, .. } in others {
        let header = seen.first().map_or("", |name| name);
        search.add(CauseKind::OtherScheme, Likely, header).fits = scheme;
    }
    search.add(CauseKind::HeaderMissing, certainty, name);
}

/// A URL without the origin that is signed, where no header has it.
fn relative_url(search: &mut Search<'_>) {
    let is_relative = search.request.url.is_some_and(urls::is_relative);
    if is_relative && requests::signs_origin(search.plan) {
        search.add(CauseKind::UrlRelative, Likely, "");
    }
}

/// Whether the signature is in the body, and so is what it covers.
fn is_in_body(search: &Search<'_>) -> bool {
    matches!(search.plan.row().place, Place::Mailgun | Place::AdyenItems)
}

fn ambiguous(search: &mut Search<'_>, detail: &str) {
    let copies = search
        .request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case(detail))
        .count();
    if copies > 1 {
        search.prove(CauseKind::DuplicateHeader, detail).amount = copies as i64;
    } else if search.plan.row().alias.is_some() && copies == 1 {
        // Two names for one thing, and two values.
        search.prove(CauseKind::DuplicateHeader, detail).amount = 2;
    } else if search.plan.row().place == Place::AdyenItems {
        search.prove(CauseKind::SeveralItems, detail);
    } else if search.plan.needs_query || is_in_body(search) {
        search.prove(CauseKind::DuplicateParameter, detail);
    } else {
        search.prove(CauseKind::HeaderMalformed, detail);
    }
}

fn unusable_keys(search: &mut Search<'_>, certainty: super::Certainty) {
    let row = search.plan.row();
    let mut unusable = Vec::new();
    for key in search.keys {
        if let Err(error) = key::for_verifying(&row, &key.secret, key.encoding) {
            unusable.push((key.id.clone(), error.detail().to_owned()));
        }
    }
    for (id, reason) in unusable {
        search.add(CauseKind::KeyUnusable, certainty, &id).fits = reason;
    }
}

/// Keys that no sender can have.
fn placeholders(search: &mut Search<'_>) {
    let is_placeholder = |key: &&WebhookKey| placeholders::is_one(key.secret.expose());
    let ids: Vec<String> = search
        .keys
        .iter()
        .filter(is_placeholder)
        .map(|key| key.id.clone())
        .collect();
    for id in ids {
        search.add(CauseKind::KeyPlaceholder, Likely, &id);
    }
}

/// The requests with which Discord and Xero test a new endpoint. Some of them are signed well, and the others on purpose not.
fn probe(search: &mut Search<'_>) {
    let is_of_testers = matches!(search.plan.row().id, "discord" | "xero");
    if is_of_testers && handshake(search).is_ok_and(|answer| answer.is_some()) {
        search.add(CauseKind::SignatureProbe, Possible, "");
    }
}

/// Whether this is what a sender asks before it signs anything.
fn is_unsigned_handshake(search: &Search<'_>) -> bool {
    let order = handshake::order(search.plan.row().id);
    order == Some(HandshakeOrder::BeforeVerify)
        && match handshake(search) {
            Ok(answer) => answer.is_some(),
            // That token is not the key, so it is not here.
            Err(error) => error.detail() == "verify token",
        }
}

fn handshake(search: &Search<'_>) -> Result<Option<WebhookAnswer>> {
    let Request {
        method,
        url,
        query,
        headers,
        body,
    } = search.request;
    let request = WebhookRequest {
        method,
        url,
        query,
        headers,
    };
    handshake::answer(search.plan.row().id, None, &request, body)
}

/// What `Content-Length` says.
pub(super) fn stated_length(request: &Request<'_>) -> Option<usize> {
    let value = header::find(request.headers, "Content-Length").ok()??;
    let length: u32 = core::str::from_utf8(value).ok()?.parse().ok()?;
    usize::try_from(length).ok()
}

/// Signs of a body that is not what arrived.
fn body(search: &mut Search<'_>) {
    if !proof::covers_body(search.plan) {
        return;
    }
    let request = search.request;
    let body = request.body;
    let value = |name| header::find(request.headers, name).ok().flatten();
    match body {
        b"" | b"undefined" => {
            search.add(CauseKind::BodyEmpty, Likely, "");
        }
        // What parsers give that had nothing to read, and some senders send.
        b"{}" | b"null" => {
            search.add(CauseKind::BodyEmpty, Possible, "");
        }
        _ => {}
    }
    if objects::is_text_form(body) {
        search.add(CauseKind::BodyNotRaw, Likely, "");
    }
    if events::is_one(body) {
        search.add(CauseKind::BodyIsEvent, Likely, "");
    }
    if numbers::are_rounded(body) {
        search.add(CauseKind::BodyNumbersRounded, Possible, "");
    }
    // How gzip and Zstandard begin.
    if body.starts_with(&[0x1f, 0x8b]) || body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        search.add(CauseKind::BodyCompressed, Likely, "");
    }
    let stated = stated_length(&request).filter(|stated| *stated != body.len());
    if let Some(stated) = stated {
        search
            .add(CauseKind::BodyLengthDiffers, Likely, "Content-Length")
            .amount = body.len() as i64 - stated as i64;
    }
    let compressed = value("Content-Encoding").is_some_and(|name| name != b"identity");
    if compressed && !body.starts_with(&[0x1f, 0x8b]) {
        search.add(CauseKind::BodyDecompressed, Possible, "Content-Encoding");
    }
    let replacement = "\u{fffd}".as_bytes();
    if let Some(at) = body.windows(3).position(|three| three == replacement) {
        search
            .add(CauseKind::BodyReplacementCharacter, Possible, "")
            .amount = at as i64;
    }
}
