//! From fields to a typed answer: what each reply must hold, the exact form of each field, and the server's own errors.

use super::{
    ident,
    reply::{Field, Fields, protocol},
    request::RequestKind,
    state::State,
};
use crate::{
    error::{Error, ErrorCode, Result, ServerReport},
    limits::{REQUEST_ID_MAX, SERVER_TEXT_MAX},
};
use alloc::string::String;

/// The server's numbers of errors that have a name here.
const UNKNOWN_ID: &str = "20000";
const FROZEN: &str = "20006";
const SESSION_GONE: &str = "400";

/// What was sent, as far as the reading of the reply depends on it; empty texts where nothing was.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) service_name: &'a str,
    pub(crate) request_id: &'a str,
}

/// Reads the reply to a request of `kind`. Every field that is present has the form that it must have.
pub(crate) fn read<'a>(kind: RequestKind, body: &'a [u8], sent: Sent<'_>) -> Result<Fields<'a>> {
    let fields = Fields::read(body, sent.service_name)?;
    if let Some(error) = server_error(kind, &fields, sent) {
        return Err(error);
    }
    let needed: &[Field] = match kind {
        RequestKind::Start => &[Field::SecsignId, Field::AuthSessionId, Field::RequestId],
        RequestKind::State | RequestKind::Cancel => &[Field::AuthSessionId, Field::State],
        RequestKind::Release => &[],
    };
    for field in needed {
        fields.need(*field)?;
    }
    secsign_id(&fields)?;
    if state(&fields)? == Some(State::Authenticated) && kind == RequestKind::State {
        fields.need(Field::SecsignId)?;
    }
    check(&fields, Field::AuthSessionId, is_auth_session_id)?;
    check(&fields, Field::RequestId, is_request_id)?;
    Ok(fields)
}

fn check(fields: &Fields<'_>, field: Field, is_sound: fn(&str) -> bool) -> Result<()> {
    match fields.get(field) {
        Some(value) if !is_sound(value) => Err(protocol(field.name())),
        _ => Ok(()),
    }
}

/// The SecSign ID that the server states, normalised.
pub(crate) fn secsign_id(fields: &Fields<'_>) -> Result<Option<String>> {
    let read = |text| ident::normalize(text).map_err(|_| protocol(Field::SecsignId.name()));
    fields.get(Field::SecsignId).map(read).transpose()
}

/// The state: exactly one digit from 0 to 8.
pub(crate) fn state(fields: &Fields<'_>) -> Result<Option<State>> {
    let read = |text: &str| match text.as_bytes() {
        [digit @ b'0'..=b'8'] => State::from_number(u32::from(digit - b'0')),
        _ => None,
    };
    fields
        .get(Field::State)
        .map(|text| read(text).ok_or_else(|| protocol(Field::State.name())))
        .transpose()
}

/// Whether `text` is a session number: a signed 64-bit integer in its plain decimal form. It stays text, since a number
/// of JavaScript would lose its last digits.
pub(crate) fn is_auth_session_id(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (!digits.starts_with('0') || text == "0");
    plain && text.parse::<i64>().is_ok()
}

/// Whether `text` can be a request id: 64 hex digits in all samples, treated as opaque letters and digits.
pub(crate) fn is_request_id(text: &str) -> bool {
    (1..=REQUEST_ID_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The error that the reply states, if it states one. The field `error` makes it one, whatever else is there.
pub(crate) fn server_error(
    kind: RequestKind,
    fields: &Fields<'_>,
    sent: Sent<'_>,
) -> Option<Error> {
    let error = fields.get(Field::Error)?;
    let number = fields.get(Field::ErrorCode);
    let code = match number {
        Some(UNKNOWN_ID) => ErrorCode::UnknownId,
        Some(FROZEN) => ErrorCode::Frozen,
        // For a start, 400 means a bad parameter: there is no session yet that could be gone.
        _ if error == SESSION_GONE && kind != RequestKind::Start => ErrorCode::SessionGone,
        _ => ErrorCode::ServerError,
    };
    let report = ServerReport {
        error: without_handle(error, sent),
        code: number.map(|text| without_handle(text, sent)),
        message: fields
            .get(Field::ErrorMessage)
            .map(|text| without_handle(text, sent)),
    };
    Some(Error::new(code).with_server_report(report))
}

/// Server text for a report; not at all if it repeats the request id, in either case of its hex digits.
fn without_handle(text: &str, sent: Sent<'_>) -> String {
    let repeats = |secret: &str| {
        text.to_ascii_lowercase()
            .contains(&secret.to_ascii_lowercase())
    };
    if !sent.request_id.is_empty() && repeats(sent.request_id) {
        return String::from("[redacted]");
    }
    printable(text)
}

/// Server text on one line of bounded length, so that it cannot forge lines of a log.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .take(SERVER_TEXT_MAX)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
