//! What the table cannot say: signatures that stand inside the body.

use super::{params::Params, text};
use crate::{
    decimal,
    error::{Error, ErrorCode, Result},
    json::{self, Value},
    limits::WEBHOOK_ITEMS_MAX,
    verify::small::Bytes,
};
use alloc::{
    borrow::{Cow, ToOwned},
    string::String,
    vec::Vec,
};

/// A field that a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedField {
    /// The name; for Adyen items with the number of the item, such as `0.pspReference`.
    pub name: String,
    /// The value, decoded.
    pub value: Vec<u8>,
}

/// The three fields of a Mailgun event.
#[derive(Debug)]
pub(crate) struct Mailgun<'a> {
    pub(crate) timestamp: Cow<'a, [u8]>,
    pub(crate) token: Cow<'a, [u8]>,
    pub(crate) signature: Cow<'a, [u8]>,
}

/// Reads the fields from `signature` of a JSON body, or from an old form post.
///
/// # Errors
/// `MALFORMED_BODY`, `MISSING_PARAMETER`, `AMBIGUOUS_INPUT`.
pub(crate) fn mailgun(body: &[u8]) -> Result<Mailgun<'_>> {
    if body.trim_ascii_start().starts_with(b"{") {
        let json = json(body)?;
        let signature = json.get("signature").ok_or_else(|| missing("signature"))?;
        let field = |name: &str| {
            let value = signature.get(name).ok_or_else(|| missing(name))?;
            let text = value
                .text()
                .or(value.number())
                .ok_or_else(|| missing(name))?;
            Ok::<_, Error>(Cow::Owned(text.as_bytes().to_vec()))
        };
        Ok(Mailgun {
            timestamp: field("timestamp")?,
            token: field("token")?,
            signature: field("signature")?,
        })
    } else {
        let form = Params::parse(body)?;
        let field = |name| Ok::<_, Error>(Cow::Owned(form.require(name)?.to_vec()));
        Ok(Mailgun {
            timestamp: field("timestamp")?,
            token: field("token")?,
            signature: field("signature")?,
        })
    }
}

/// One signed item of an Adyen notification.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) signature: Bytes,
    pub(crate) signed: Vec<u8>,
    pub(crate) fields: Vec<SignedField>,
}

/// The signed fields of an item, in the order in which they are joined by colons.
const ADYEN_FIELDS: [&str; 8] = [
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "value",
    "currency",
    "eventCode",
    "success",
];

/// The items of a batch, or the one item that is the body.
///
/// # Errors
/// `MALFORMED_BODY` when it is not such a notification, `MISSING_PARAMETER` for an item without signature,
/// `MALFORMED_SIGNATURE`, `TOO_LARGE`.
pub(crate) fn adyen_items(body: &[u8]) -> Result<Vec<Item>> {
    let json = json(body)?;
    let Some(batch) = json.get("notificationItems") else {
        return Ok(alloc::vec![adyen_item(&json, 0)?]);
    };
    let batch = batch
        .list()
        .filter(|list| !list.is_empty())
        .ok_or(malformed("notificationItems"))?;
    if batch.len() > WEBHOOK_ITEMS_MAX {
        return Err(Error::with_detail(ErrorCode::TooLarge, "notificationItems"));
    }
    batch
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            adyen_item(
                entry
                    .get("NotificationRequestItem")
                    .ok_or(malformed("NotificationRequestItem"))?,
                at,
            )
        })
        .collect()
}

/// What the signature of an item covers.
///
/// # Errors
/// `MALFORMED_BODY` for a field that is neither text, number nor flag.
pub(crate) fn adyen_signed(item: &Value<'_>, number: usize) -> Result<(Vec<u8>, Vec<SignedField>)> {
    let mut fields = Vec::with_capacity(ADYEN_FIELDS.len());
    for name in ADYEN_FIELDS {
        let holder = if matches!(name, "value" | "currency") {
            item.get("amount")
        } else {
            Some(item)
        };
        let value = match holder.and_then(|holder| holder.get(name)) {
            None | Some(Value::Null) => "",
            Some(Value::Bool(true)) => "true",
            Some(Value::Bool(false)) => "false",
            Some(value) => value.text().or(value.number()).ok_or(malformed(name))?,
        };
        fields.push(SignedField {
            name: [decimal::text(number as u64).as_str(), ".", name].concat(),
            value: value.as_bytes().to_vec(),
        });
    }
    let values: Vec<&[u8]> = fields.iter().map(|field| field.value.as_slice()).collect();
    Ok((values.join(&b':'), fields))
}

fn adyen_item(item: &Value<'_>, number: usize) -> Result<Item> {
    let signature = item
        .get("additionalData")
        .and_then(|data| data.get("hmacSignature"))
        .ok_or_else(|| missing("additionalData.hmacSignature"))?;
    let signature = signature
        .text()
        .and_then(|signature| {
            text::decode(signature.as_bytes(), super::row::SignatureEncoding::Base64)
        })
        .filter(|bytes| bytes.len() == 32)
        .ok_or(Error::new(ErrorCode::MalformedSignature))?;
    let (signed, fields) = adyen_signed(item, number)?;
    Ok(Item {
        signature,
        signed,
        fields,
    })
}

/// The body as JSON.
///
/// # Errors
/// `MALFORMED_BODY`.
pub(crate) fn json(body: &[u8]) -> Result<Value<'_>> {
    json::read(body, body.len()).map_err(|reason| reason.as_error(ErrorCode::MalformedBody))
}

fn missing(name: &str) -> Error {
    Error::with_detail(ErrorCode::MissingParameter, name.to_owned())
}

fn malformed(name: &'static str) -> Error {
    Error::with_detail(ErrorCode::MalformedBody, name)
}
