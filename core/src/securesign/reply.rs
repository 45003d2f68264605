//! The two requests and their answers. Nothing but a whole, well-formed, positive answer permits anything.

use super::{
    api_key,
    code::SecureSignCode,
    deep_link,
    types::{SecureSignPlatform, SecureSignRequest, SecureSignSession, SecureSignValidation},
};
use crate::{
    error::{Error, ErrorCode, Result, ServerReport},
    json::{self, Style, Value},
    limits::{REPLY_MAX, SECURESIGN_ID_MAX},
    proto::response::printable,
    rfc3339,
};
use alloc::{format, string::String};

/// What an answer is checked against.
pub(crate) struct Expected<'a> {
    pub(crate) tenant_id: &'a str,
    pub(crate) api_key: &'a str,
    /// Milliseconds that a session may be past its end.
    pub(crate) skew_ms: i64,
}

/// The body of `POST /auth/validate`.
pub(crate) fn validate_body(origin: &str, platform: SecureSignPlatform) -> String {
    object(&[("origin", origin), ("platform", platform.name())])
}

/// The body of `POST /auth/session`. The vendor's page leaves `hashAlgo` out, but a deep link cannot be made without it.
pub(crate) fn session_body(request: &SecureSignRequest) -> String {
    object(&[
        ("requestId", &request.request_id),
        ("documentType", "hash"),
        ("hashBase64", &super::base64(&request.hash)),
        ("hashAlgo", request.algorithm.name()),
        ("callbackUrl", &request.callback_url),
    ])
}

fn object(members: &[(&str, &str)]) -> String {
    let mut out = String::from("{");
    for (at, (key, value)) in members.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        json::quote_into(&mut out, key, Style::COMPACT);
        out.push(':');
        json::quote_into(&mut out, value, Style::COMPACT);
    }
    out.push('}');
    out
}

/// Reads the answer to `POST /auth/validate`: both flags must be true, and the tenant the expected one.
pub(crate) fn validation(
    status: u32,
    body: &[u8],
    expected: &Expected<'_>,
) -> Result<SecureSignValidation> {
    let reply = read(status, body)?;
    let flag = |name: &'static str| reply.get(name).and_then(Value::flag).ok_or(protocol(name));
    // A refusal is believed without the rest, which it need not have.
    if !flag("success")? {
        return Err(refusal(&reply));
    }
    if !flag("allowed")? {
        return Err(ErrorCode::DomainNotAllowed.into());
    }
    let tenant_id = id(&reply, "tenantId")?;
    let rpm = match reply.get("rateLimit") {
        None => None,
        Some(limit) => Some(rpm(limit).ok_or(protocol("rateLimit.rpm"))?),
    };
    if tenant_id != expected.tenant_id {
        return Err(ErrorCode::TenantMismatch.into());
    }
    Ok(SecureSignValidation { tenant_id, rpm })
}

fn rpm(limit: &Value<'_>) -> Option<u32> {
    u32::try_from(limit.get("rpm")?.integer()?)
        .ok()
        .filter(|rpm| *rpm > 0)
}

/// Reads the answer to `POST /auth/session`, which has no `success`; one that says false is believed all the same.
pub(crate) fn session(
    status: u32,
    body: &[u8],
    request: &SecureSignRequest,
    expected: &Expected<'_>,
    now_ms: i64,
) -> Result<SecureSignSession> {
    let reply = read(status, body)?;
    match reply.get("success").map(Value::flag) {
        None | Some(Some(true)) => {}
        Some(Some(false)) => return Err(refusal(&reply)),
        Some(None) => return Err(protocol("success")),
    }
    let session_id = id(&reply, "sessionId")?;
    let link = text(&reply, "deepLink")?;
    deep_link::check(link, request, expected.api_key)?;
    if session_id.contains(api_key::LIVE_PREFIX) {
        return Err(protocol("sessionId"));
    }
    let expires_at_ms =
        rfc3339::to_unix_ms(text(&reply, "expiresAt")?).ok_or(protocol("expiresAt"))?;
    if now_ms >= expires_at_ms.saturating_add(expected.skew_ms) {
        return Err(ErrorCode::SessionExpired.into());
    }
    Ok(SecureSignSession {
        session_id,
        expires_at_ms,
        deep_link: String::from(link),
    })
}

/// The JSON object of a good answer.
fn read(status: u32, body: &[u8]) -> Result<Value<'_>> {
    if body.len() > REPLY_MAX {
        return Err(ErrorCode::ResponseTooLarge.into());
    }
    if (300..400).contains(&status) {
        return Err(ErrorCode::UnexpectedRedirect.into());
    }
    // The vendor names no code for this one, so a code beside it says nothing more precise.
    if status == 429 {
        return Err(ErrorCode::RateLimited.into());
    }
    let reply = json::read(body, REPLY_MAX).map_err(|reason| reason.as_error(ErrorCode::Protocol));
    if status != 200 {
        return Err(reply
            .ok()
            .as_ref()
            .and_then(stated)
            .unwrap_or_else(|| by_status(status)));
    }
    let reply = reply?;
    if super::holds_pin(&reply) {
        return Err(protocol("pin"));
    }
    match reply {
        Value::Object(_) => Ok(reply),
        _ => Err(Error::with_detail(ErrorCode::Protocol, "not a JSON object")),
    }
}

/// What an answer whose `success` is false says.
fn refusal(reply: &Value<'_>) -> Error {
    stated(reply).unwrap_or(Error::with_detail(
        ErrorCode::ServerError,
        "success is false",
    ))
}

/// The error that an answer states, if it states one.
fn stated(reply: &Value<'_>) -> Option<Error> {
    let error = reply.get("error")?.text()?;
    Some(server_error(
        error,
        reply.get("message").and_then(Value::text),
    ))
}

/// An error as the server named it. Its texts are kept short, on one line, and never with a key in them.
pub(crate) fn server_error(error: &str, message: Option<&str>) -> Error {
    let short = |text: &str| -> String {
        if api_key::shows_any_key(text) {
            String::from("[redacted]")
        } else {
            printable(text)
        }
    };
    Error::new(SecureSignCode::from_text(error).error_code()).with_server_report(ServerReport {
        error: short(error),
        code: None,
        message: message.map(short),
    })
}

fn by_status(status: u32) -> Error {
    match status {
        401 => ErrorCode::ApiKeyInvalid.into(),
        _ => Error::with_detail(ErrorCode::HttpStatus, format!("{status}")),
    }
}

fn text<'a>(reply: &'a Value<'_>, name: &'static str) -> Result<&'a str> {
    reply.get(name).and_then(Value::text).ok_or(protocol(name))
}

/// Whether a text can be an id that the server gives: 1 to 128 printable ASCII characters, no blank.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=SECURESIGN_ID_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn id(reply: &Value<'_>, name: &'static str) -> Result<String> {
    let id = text(reply, name)?;
    if is_id(id) {
        Ok(String::from(id))
    } else {
        Err(protocol(name))
    }
}

fn protocol(name: &'static str) -> Error {
    Error::with_detail(ErrorCode::Protocol, name)
}
