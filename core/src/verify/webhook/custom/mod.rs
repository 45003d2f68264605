//! What the table cannot say: signatures that stand inside the body, and lists as Shopify writes them.

pub(crate) mod adyen;
mod mailgun;
mod multipart;
mod shopify;

pub(crate) use adyen::adyen_items;
pub(crate) use mailgun::mailgun;
pub(crate) use shopify::other_spelling;

use crate::{
    error::{Error, ErrorCode, Result},
    json::{self, Value},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// A field that a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedField {
    /// The name; for Adyen items with the number of the item, such as `0.pspReference`.
    pub name: String,
    /// The value, decoded.
    pub value: Vec<u8>,
}

/// The body as JSON.
///
/// # Errors
/// `MALFORMED_BODY`.
pub(crate) fn json(body: &[u8]) -> Result<Value<'_>> {
    json::read_webhook(body).map_err(|reason| reason.as_error(ErrorCode::MalformedBody))
}

fn missing(name: &str) -> Error {
    Error::with_detail(ErrorCode::MissingParameter, name.to_owned())
}

fn malformed(name: &'static str) -> Error {
    Error::with_detail(ErrorCode::MalformedBody, name)
}
