//! Adyen's items, of which each has a signature.

use super::{SignedField, json, malformed, missing};
use crate::{
    decimal,
    error::{Error, ErrorCode, Result},
    json::Value,
    limits::WEBHOOK_ITEMS_MAX,
    verify::{
        small::Bytes,
        webhook::{row::SignatureEncoding, text},
    },
};
use alloc::vec::Vec;

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
        .and_then(|signature| text::decode(signature.as_bytes(), SignatureEncoding::Base64))
        .filter(|bytes| bytes.len() == 32)
        .ok_or(Error::new(ErrorCode::MalformedSignature))?;
    let (signed, fields) = adyen_signed(item, number)?;
    Ok(Item {
        signature,
        signed,
        fields,
    })
}
