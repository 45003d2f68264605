//! What can have happened to a form: it was encoded again, made JSON, or a field was taken out of it.

use super::escapes::{self, FORMS, JAVASCRIPT, NOTHING, RFC3986};
use crate::{
    json::{self, Value},
    limits::EXPLAIN_JSON_MAX,
    percent::{self, Space},
};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// Whether a form was signed.
type Fits<'f> = &'f mut dyn FnMut(&[u8]) -> bool;

/// The form with one field whose value is this JSON body.
pub(super) fn around(body: &[u8], field: &str, fits: Fits<'_>) -> Option<Vec<u8>> {
    if field.is_empty() || !body.starts_with(b"{") {
        return None;
    }
    let pair = Pair {
        name: field.as_bytes().into(),
        value: Some(body.into()),
    };
    signed(&[pair], &[Space::Plus], fits)
}

/// The form with its names and values encoded anew.
pub(super) fn encoded(body: &[u8], fits: Fits<'_>) -> Option<Vec<u8>> {
    if body.len() > EXPLAIN_JSON_MAX
        || !body.contains(&b'=')
        || body.starts_with(b"{")
        || body.starts_with(b"[")
    {
        return None;
    }
    let pairs = body.split(|&byte| byte == b'&').map(Pair::decoded);
    let pairs: Option<Vec<Pair<'_>>> = pairs.collect();
    signed(&pairs?, &[Space::Plus, Space::Percent20], fits)
}

/// The form whose fields are this JSON object of texts, as a parser of forms gives it; a list is a field that is repeated.
pub(super) fn of_json(body: &[u8], fits: Fits<'_>) -> Option<Vec<u8>> {
    let Ok(Value::Object(members)) = json::read(body, EXPLAIN_JSON_MAX) else {
        return None;
    };
    let mut pairs = Vec::new();
    for (name, value) in &members {
        for value in value.list().unwrap_or(core::slice::from_ref(value)) {
            pairs.push(Pair {
                name: name.as_bytes().into(),
                value: Some(value.text()?.as_bytes().into()),
            });
        }
    }
    signed(&pairs, &[Space::Plus, Space::Percent20], fits)
}

/// A field, decoded; without a value there was no `=`.
struct Pair<'a> {
    name: Cow<'a, [u8]>,
    value: Option<Cow<'a, [u8]>>,
}

impl<'a> Pair<'a> {
    fn decoded(field: &'a [u8]) -> Option<Self> {
        let decode = |text: &'a [u8]| percent::decode(text, Space::Plus).ok();
        let mut parts = field.splitn(2, |&byte| byte == b'=');
        let name = decode(parts.next()?)?;
        let value = match parts.next() {
            Some(value) => Some(decode(value)?),
            None => None,
        };
        Some(Self { name, value })
    }
}

/// The fields as one of the usual writers encodes them, if that was signed.
fn signed(pairs: &[Pair<'_>], spaces: &[Space], fits: Fits<'_>) -> Option<Vec<u8>> {
    for &space in spaces {
        for plain in [RFC3986, FORMS, NOTHING, JAVASCRIPT] {
            let form = written(pairs, plain, space).into_bytes();
            if fits(&form) {
                return Some(form);
            }
        }
    }
    None
}

fn written(pairs: &[Pair<'_>], plain: &str, space: Space) -> String {
    let mut form = String::new();
    for (at, pair) in pairs.iter().enumerate() {
        if at > 0 {
            form.push('&');
        }
        form.push_str(&escapes::write(&pair.name, plain, space));
        if let Some(value) = &pair.value {
            form.push('=');
            form.push_str(&escapes::write(value, plain, space));
        }
    }
    form
}
