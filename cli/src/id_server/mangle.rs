//! What the scripted faults do to a reply.

use std::time::Duration;

use super::faults::{Hit, Kind};
use super::form::{Answer, ErrorReply};
use super::random::Random;
use super::session::Refusal;
use super::wire::{Field, field, render as write, render_encoded};

/// How an answer leaves the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// At once.
    Whole,
    /// In small pieces within this time.
    Slow(Duration),
    /// Half of it, then silence.
    Stalled,
    /// Half of it, then the connection ends.
    Truncated,
    /// After this time.
    Late(Duration),
    /// Not at all: the connection ends.
    Dropped,
    /// Not at all: the connection is reset.
    Reset,
}

/// No fault keeps a connection longer than this.
const LONGEST: Duration = Duration::from_secs(600);

fn milliseconds(value: Option<&str>, default: Duration) -> Duration {
    value
        .and_then(|text| text.parse().ok())
        .map_or(default, Duration::from_millis)
        .min(LONGEST)
}

/// A fault that strikes before the request is carried out.
pub(crate) fn before(hits: &[Hit]) -> Option<Delivery> {
    hits.iter().find_map(|hit| match hit.kind {
        Kind::DropBefore => Some(Delivery::Dropped),
        Kind::Reset => Some(Delivery::Reset),
        _ => None,
    })
}

/// An error that is sent instead of carrying the request out.
pub(crate) fn instead(hits: &[Hit]) -> Option<ErrorReply> {
    hits.iter()
        .find_map(|hit| match (hit.kind, hit.value.as_deref()) {
            (Kind::Frozen, _) => Some(Refusal::Frozen.into()),
            (Kind::Unknown, _) => Some(Refusal::UnknownId.into()),
            (Kind::Gone, _) => Some(Refusal::NotFound.into()),
            (Kind::Error, Some(value)) => {
                let (error, code) = value.split_once('/').unwrap_or((value, "0"));
                Some(ErrorReply::new(error, code, "This error was asked for."))
            }
            _ => None,
        })
}

/// Whether the access pass has to be one whose base64 most parsers damage.
pub(crate) fn wants_awkward_icon(hits: &[Hit]) -> bool {
    hits.iter()
        .any(|hit| matches!(hit.kind, Kind::IconRaw | Kind::IconBlanks))
}

/// Changes the fields and writes them.
pub(crate) fn render(hits: &[Hit], fields: &mut Vec<Field>, random: &mut Random) -> Vec<u8> {
    for hit in hits {
        change(hit, fields, random);
    }
    let encoded = hits.iter().any(|hit| hit.kind == Kind::ValuesEncoded);
    let mut body = if encoded {
        render_encoded(fields)
    } else {
        write(fields)
    }
    .into_bytes();
    for hit in hits {
        match hit.kind {
            Kind::NotUtf8 => body.extend(b"&note=\xff"),
            Kind::Newline => body.push(b'\n'),
            _ => {}
        }
    }
    body
}

fn change(hit: &Hit, fields: &mut Vec<Field>, random: &mut Random) {
    let value = hit.value.clone();
    match hit.kind {
        Kind::IconBlanks => edit(fields, "authsessionicondata", |old| old.replace('+', " ")),
        Kind::IconMissing => remove(fields, "authsessionicondata"),
        Kind::Icon => edit(fields, "authsessionicondata", |_| value.unwrap_or_default()),
        Kind::FieldOrder => random.shuffle(fields),
        Kind::FieldUnknown => fields.push(parsed(value.as_deref().unwrap_or("novelty=1"))),
        Kind::FieldDuplicated => match value {
            Some(text) => fields.push(parsed(&text)),
            None => {
                let twin = fields
                    .iter()
                    .find(|(name, _)| name == "authsessionstate")
                    .or(fields.first())
                    .cloned();
                fields.extend(twin);
            }
        },
        Kind::FieldBare => fields.insert(
            fields.len().min(1),
            (value.unwrap_or_else(|| "bare".to_owned()).into(), None),
        ),
        Kind::FieldMissing => remove(fields, value.as_deref().unwrap_or_default()),
        Kind::ErrormsgMissing => remove(fields, "errormsg"),
        Kind::BodyHuge => {
            let bytes = value
                .and_then(|text| text.parse().ok())
                .unwrap_or((1 << 20) + 1)
                .min(256 << 20);
            fields.push(field("filler", "x".repeat(bytes)));
        }
        Kind::State => edit(fields, "authsessionstate", |_| value.unwrap_or_default()),
        Kind::StateBackwards => edit(fields, "authsessionstate", |old| match old {
            "7" => "1".to_owned(),
            "3" => "7".to_owned(),
            other => other.to_owned(),
        }),
        Kind::SecSignId => edit(fields, "secsignid", |_| {
            value.unwrap_or_else(|| "mallory".to_owned())
        }),
        Kind::AuthSessionId => edit(fields, "authsessionid", |old| {
            value.unwrap_or_else(|| {
                old.parse::<i64>()
                    .map_or(0, |number| number.wrapping_add(1))
                    .to_string()
            })
        }),
        Kind::RequestId => edit(fields, "requestid", |_| value.unwrap_or_default()),
        _ => {}
    }
}

fn edit(fields: &mut [Field], name: &str, change: impl FnOnce(&str) -> String) {
    if let Some((_, value)) = fields.iter_mut().find(|(other, _)| other == name) {
        *value = Some(change(value.as_deref().unwrap_or_default()).into());
    }
}

fn remove(fields: &mut Vec<Field>, name: &str) {
    fields.retain(|(other, _)| other != name);
}

fn parsed(text: &str) -> Field {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.to_owned().into(), Some(value.to_owned().into()))
}

/// Changes what surrounds the body, and how it leaves.
pub(crate) fn after(hits: &[Hit], answer: &mut Answer) {
    for hit in hits {
        let value = hit.value.as_deref();
        match hit.kind {
            Kind::BodyEmpty => answer.body.clear(),
            Kind::Html200 | Kind::Html502 => {
                let status = if hit.kind == Kind::Html200 { 200 } else { 502 };
                *answer = Answer {
                    status,
                    delivery: answer.delivery,
                    ..Answer::page(
                        502,
                        "The server behind this gateway did not answer. secsignid=nobody&error=no",
                    )
                };
            }
            Kind::Status => {
                let status = value.and_then(|text| text.parse().ok());
                answer.status = status.unwrap_or(answer.status);
            }
            Kind::Redirect => {
                answer.status = 302;
                answer.location = Some(value.unwrap_or("/").to_owned());
            }
            Kind::BodySlow => {
                answer.delivery = Delivery::Slow(milliseconds(value, Duration::from_secs(20)));
            }
            Kind::BodyStalled => answer.delivery = Delivery::Stalled,
            Kind::BodyTruncated => answer.delivery = Delivery::Truncated,
            Kind::ReplyStalled => answer.delivery = Delivery::Late(milliseconds(value, LONGEST)),
            Kind::DropAfter => answer.delivery = Delivery::Dropped,
            _ => {}
        }
    }
}
