//! What is in plain sight: the refusal itself, and signs in the body and its headers.

use super::{
    Certainty::{Likely, Possible, Proved},
    SCHEMES_MAX, Search,
    causes::CauseKind,
    signature,
};
use crate::{
    error::{Error, ErrorCode},
    verify::{
        inspect::candidates::{self, SchemeCandidate},
        webhook::{engine, header, key, proof, row::Place, signature::Kinds},
    },
};
use alloc::{borrow::ToOwned, vec::Vec};

/// The distance of a good but untimely signature.
pub(super) fn time(search: &mut Search<'_>) {
    let kinds = Kinds {
        main: true,
        ed25519: true,
    };
    let signed_ms = engine::open(search.plan, &search.request, kinds)
        .and_then(|opened| proof::after_proof(&opened));
    let Ok(Some(signed_ms)) = signed_ms else {
        return;
    };
    let now_ms = search.now_ms;
    let ahead_s = (i128::from(signed_ms) - i128::from(now_ms)).div_euclid(1000);
    let ahead_s = i64::try_from(ahead_s).unwrap_or(if ahead_s < 0 { i64::MIN } else { i64::MAX });
    search.prove(CauseKind::ClockSkew, "").amount = ahead_s;
    const DAY_MS: i64 = 86_400_000;
    // The year 1973 as milliseconds; as seconds it is the year 5138.
    const SURELY_SECONDS: i64 = 100_000_000_000;
    let in_seconds = (0..SURELY_SECONDS).contains(&now_ms)
        && (now_ms * 1000).abs_diff(signed_ms) < DAY_MS as u64 * 365;
    if in_seconds {
        search.add(CauseKind::ClockUnit, Likely, "");
        return;
    }
    let hours = (i128::from(ahead_s) + 1800).div_euclid(3600);
    let off = (i128::from(ahead_s) - hours * 3600).abs();
    // Zones reach from 12 hours behind to 14 ahead; a delivery takes some seconds.
    if hours != 0 && (-14..=14).contains(&hours) && off <= 60 {
        search.add(CauseKind::ClockTimeZone, Likely, "").amount = hours as i64;
    }
}

/// What the refusal says by itself.
pub(super) fn of_error(search: &mut Search<'_>, error: &Error) {
    let detail = error.detail();
    let solved = search.is_solved();
    match error.code() {
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
        ErrorCode::InvalidSecret => unusable_keys(search, Proved),
        ErrorCode::SignatureMismatch => {
            body(search);
            unusable_keys(search, Likely);
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
    let certainty = if others.is_empty() { Proved } else { Likely };
    for SchemeCandidate { scheme, seen, .. } in others {
        let header = seen.first().map_or("", |name| name);
        search.add(CauseKind::OtherScheme, Likely, header).fits = scheme;
    }
    search.add(CauseKind::HeaderMissing, certainty, name);
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

/// Signs of a body that is not what arrived.
fn body(search: &mut Search<'_>) {
    if !proof::covers_body(search.plan) {
        return;
    }
    let request = search.request;
    let body = request.body;
    let value = |name| header::find(request.headers, name).ok().flatten();
    if body.is_empty() {
        search.add(CauseKind::BodyEmpty, Likely, "");
    }
    if body == b"[object Object]" || body.starts_with(b"b'") || body.starts_with(b"Array\n(") {
        search.add(CauseKind::BodyNotRaw, Likely, "");
    }
    let stated = value("Content-Length")
        .and_then(|text| core::str::from_utf8(text).ok()?.parse::<u32>().ok());
    if let Some(stated) = stated.map(i64::from) {
        let length = body.len() as i64;
        if stated != length {
            search
                .add(CauseKind::BodyLengthDiffers, Likely, "Content-Length")
                .amount = length - stated;
        }
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
