//! Numbers of a JSON body that went through JavaScript, which keeps some sixteen digits of each.

use crate::{
    json::{self, Value},
    limits::EXPLAIN_JSON_MAX,
};
use alloc::string::ToString as _;

/// Whether there is a whole number that looks rounded. What it was, nobody can tell.
pub(super) fn are_rounded(body: &[u8]) -> bool {
    let is_json = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
    is_json && json::read(body, EXPLAIN_JSON_MAX).is_ok_and(|value| has_rounded(&value))
}

fn has_rounded(value: &Value<'_>) -> bool {
    match value {
        Value::Number(digits) => is_rounded(digits),
        Value::List(items) => items.iter().any(has_rounded),
        Value::Object(members) => members.iter().any(|(_, value)| has_rounded(value)),
        _ => false,
    }
}

/// Beyond 2^53, with two or three zeros behind sixteen digits or more, and as a float is written. A time in nanoseconds may be such a number.
fn is_rounded(digits: &str) -> bool {
    let number: Option<u64> = digits.parse().ok();
    let significant = digits.trim_end_matches('0').len();
    (2..=3).contains(&(digits.len() - significant))
        && significant >= 16
        && number.is_some_and(|number| number > 1 << 53)
        && digits
            .parse()
            .is_ok_and(|float: f64| float.to_string() == digits)
}
