//! The event of an API gateway or a load balancer, which has the body in it.

use crate::{
    json::{self, Value},
    limits::EXPLAIN_JSON_MAX,
    verify::webhook::text,
};
use alloc::{borrow::ToOwned, vec::Vec};

/// The flag that such events have, and nothing else.
const FLAG: &str = "isBase64Encoded";

/// Whether this is such an event.
pub(super) fn is_one(body: &[u8]) -> bool {
    body.starts_with(b"{")
        && memchr::memmem::find(body, FLAG.as_bytes()).is_some()
        && json::read(body, EXPLAIN_JSON_MAX).is_ok_and(|event| event.get(FLAG).is_some())
}

/// The body of what may be one.
pub(super) fn body(event: &[u8]) -> Option<Vec<u8>> {
    if !event.starts_with(b"{") {
        return None;
    }
    let event = json::read(event, EXPLAIN_JSON_MAX).ok()?;
    let body = event.get("body")?.text()?;
    match event.get(FLAG).and_then(Value::flag) {
        Some(true) => text::secret_base64(body),
        Some(false) => Some(body.as_bytes().to_owned()),
        None => event.get("headers").map(|_| body.as_bytes().to_owned()),
    }
}
