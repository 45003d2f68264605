//! The callback `?ss_result=…`: unsigned JSON in the visitor's address bar, so a hint and never a proof.

use super::{
    code::SecureSignCode,
    reply,
    types::{SecureSignHint, SecureSignPending, SecureSignResult},
};
use crate::{
    error::{Error, ErrorCode, Result},
    json,
    limits::{QUERY_MAX, SECURESIGN_ID_MAX},
    percent::{self, Space},
    replay::StoreKey,
    rfc3339,
};
use alloc::{format, string::String};

/// Reads the one `ss_result` of a raw query string.
pub(crate) fn read(query: &str) -> Result<SecureSignHint> {
    if query.len() > QUERY_MAX {
        return Err(Error::with_detail(ErrorCode::TooLarge, "query"));
    }
    let mut results = query.split('&').filter_map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = percent::decode(name.as_bytes(), Space::Plus).ok()?;
        (*name == *b"ss_result").then_some(value)
    });
    let value = results
        .next()
        .ok_or(Error::with_detail(ErrorCode::MissingParameter, "ss_result"))?;
    if results.next().is_some() {
        return Err(Error::with_detail(ErrorCode::DuplicateField, "ss_result"));
    }
    // A `+` is one of base64 here: the alphabet has no blank that it could stand for.
    let text = percent::decode(value.as_bytes(), Space::Percent20)?;
    let text = core::str::from_utf8(&text)
        .map_err(|_| Error::with_detail(ErrorCode::InvalidEncoding, "ss_result"))?;
    hint(&super::read_base64(text)?)
}

fn hint(bytes: &[u8]) -> Result<SecureSignHint> {
    let value =
        json::read(bytes, QUERY_MAX).map_err(|reason| reason.as_error(ErrorCode::MalformedBody))?;
    if super::holds_pin(&value) {
        return Err(Error::with_detail(ErrorCode::InvalidField, "pin"));
    }
    let member = |name: &'static str| {
        value
            .get(name)
            .ok_or(Error::with_detail(ErrorCode::MissingField, name))
    };
    let invalid = |name: &'static str| Error::with_detail(ErrorCode::InvalidField, name);
    let text = |name: &'static str| member(name)?.text().ok_or(invalid(name));

    let request_id = text("requestId")?;
    if !is_request_id(request_id) {
        return Err(invalid("requestId"));
    }
    let claims_success = member("success")?.flag().ok_or(invalid("success"))?;
    let signature = match value.get("signatureBase64") {
        None => None,
        Some(signature) => Some(super::read_base64(
            signature.text().ok_or(invalid("signatureBase64"))?,
        )?),
    };
    let signed_at_ms = match value.get("signedAt") {
        None => None,
        Some(time) => Some(
            time.text()
                .and_then(rfc3339::to_unix_ms)
                .ok_or(invalid("signedAt"))?,
        ),
    };
    let code = match value.get("error") {
        None => None,
        Some(code) => Some(SecureSignCode::from_text(
            code.text().ok_or(invalid("error"))?,
        )),
    };
    Ok(SecureSignHint {
        request_id: String::from(request_id),
        claims_success,
        code,
        signature,
        signed_at_ms,
    })
}

/// Letters, digits, `_`, `-` and `.`: safe in JSON, in links and in the keys of a store.
pub(crate) fn is_request_id(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    plain && (1..=SECURESIGN_ID_MAX).contains(&text.len())
}

/// Turns a hint into a result, if its signature is one over the hash that was stored when the request was made.
pub(crate) fn complete(
    hint: &SecureSignHint,
    pending: &SecureSignPending,
    certificate_der: &[u8],
    skew_ms: i64,
    now_ms: i64,
) -> Result<SecureSignResult> {
    if hint.request_id != pending.request_id {
        return Err(ErrorCode::UnknownRequest.into());
    }
    // What was kept as text, or under another algorithm, is a mistake of the program and no forgery.
    if pending.hash.len() != pending.algorithm.digest_bytes() as usize {
        return Err(Error::with_detail(
            ErrorCode::InvalidInput,
            "hash: its length is not that of the algorithm",
        ));
    }
    let until_ms = pending.expires_at_ms.saturating_add(skew_ms);
    if now_ms >= until_ms {
        return Err(ErrorCode::SessionExpired.into());
    }
    if !hint.claims_success {
        return Err(reply::server_error(
            hint.code.map_or("", SecureSignCode::name),
            None,
        ));
    }
    let unverified = |detail| Error::with_detail(ErrorCode::Unverified, detail);
    let signature = hint
        .signature
        .as_deref()
        .ok_or_else(|| unverified("signatureBase64 is missing"))?;
    let certificate_serial = verify(pending, certificate_der, signature, now_ms)?;
    Ok(SecureSignResult {
        request_id: pending.request_id.clone(),
        signature: signature.to_vec(),
        certificate_serial,
        once_key: StoreKey {
            key: format!("countermark.securesign.used.{}", pending.request_id),
            ttl_s: seconds(until_ms, now_ms),
        },
    })
}

/// The whole seconds that cover the time from now on.
fn seconds(until_ms: i64, now_ms: i64) -> u32 {
    let seconds = until_ms.saturating_sub(now_ms) / 1000;
    u32::try_from(seconds + 1).unwrap_or(u32::MAX)
}

/// The serial number of the certificate whose key made the signature.
#[cfg(any(feature = "rsa", feature = "ecdsa"))]
fn verify(
    pending: &SecureSignPending,
    certificate_der: &[u8],
    signature: &[u8],
    now_ms: i64,
) -> Result<String> {
    let certificate = crate::verify::certificate::Certificate::read(certificate_der)?;
    let unverified = |detail| Error::with_detail(ErrorCode::Unverified, detail);
    if !certificate.verifies(pending.algorithm.signed_hash(), &pending.hash, signature) {
        return Err(unverified(
            "the signature is not of this certificate and hash",
        ));
    }
    if !certificate.is_valid_at(now_ms) {
        return Err(unverified("the certificate is not in its time of validity"));
    }
    Ok(certificate.serial)
}

#[cfg(not(any(feature = "rsa", feature = "ecdsa")))]
fn verify(_: &SecureSignPending, _: &[u8], _: &[u8], _: i64) -> Result<String> {
    Err(Error::with_detail(
        ErrorCode::Unsupported,
        "built without the features rsa and ecdsa",
    ))
}
