//! Bytes that a program has written as its own objects: what is left of a body that was printed and not passed.

use crate::{
    hex,
    json::{self, Value},
    limits::EXPLAIN_JSON_MAX,
};
use alloc::vec::Vec;

/// How objects of programs begin when they are made a text, and no JSON or form does: JavaScript, Python, PHP, Ruby, Java,
/// Go and .NET.
const BEGINNINGS: [&str; 17] = [
    "[object ",
    "<Buffer ",
    "b'",
    "b\"",
    "{'",
    "[{'",
    "<QueryDict",
    "ImmutableMultiDict(",
    "Array\n(",
    "array(",
    "#<",
    "{:",
    "[B@",
    "map[",
    "&{",
    "System.Byte[]",
    "Newtonsoft.Json",
];

/// Whether this is the text form of an object.
pub(super) fn is_text_form(body: &[u8]) -> bool {
    BEGINNINGS
        .iter()
        .any(|beginning| body.starts_with(beginning.as_bytes()))
}

/// The bytes that such a text form has whole: a `Buffer` or an array of Node, bytes of Python.
pub(super) fn bytes(body: &[u8]) -> Option<Vec<u8>> {
    match body {
        [b'b', quote @ (b'\'' | b'"'), inner @ .., end] if quote == end => of_python(inner),
        [b'{' | b'[', ..] => of_json(&json::read(body, EXPLAIN_JSON_MAX).ok()?),
        [b'0'..=b'9', ..] => {
            let text = core::str::from_utf8(body).ok()?;
            let bytes: Option<Vec<u8>> = text.split(',').map(|byte| byte.parse().ok()).collect();
            bytes.filter(|bytes| bytes.len() > 1)
        }
        _ => None,
    }
}

/// `{"type":"Buffer","data":[…]}`, `[…]`, or `{"0":…,"1":…}` of a `Uint8Array`.
fn of_json(value: &Value<'_>) -> Option<Vec<u8>> {
    let byte = |value: &Value<'_>| value.number()?.parse().ok();
    match value {
        Value::List(items) => items.iter().map(byte).collect(),
        Value::Object(_) if value.get("type").and_then(Value::text) == Some("Buffer") => {
            value.get("data")?.list()?.iter().map(byte).collect()
        }
        Value::Object(members) => {
            let mut members = members.iter().enumerate();
            members.try_fold(Vec::new(), |mut bytes, (at, (name, value))| {
                (name.parse() == Ok(at)).then_some(())?;
                bytes.push(byte(value)?);
                Some(bytes)
            })
        }
        _ => None,
    }
}

/// What stands between the quotes of `b'…'`.
fn of_python(inner: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let [byte, after @ ..] = rest {
        let (byte, after) = match (byte, after) {
            (b'\\', [b'x', high, low, after @ ..]) => (hex::pair(*high, *low)?, after),
            (b'\\', [b'n', after @ ..]) => (b'\n', after),
            (b'\\', [b'r', after @ ..]) => (b'\r', after),
            (b'\\', [b't', after @ ..]) => (b'\t', after),
            (b'\\', [escaped @ (b'\\' | b'\'' | b'"'), after @ ..]) => (*escaped, after),
            (b'\\', _) => return None,
            (byte, after) => (*byte, after),
        };
        out.push(byte);
        rest = after;
    }
    Some(out)
}
