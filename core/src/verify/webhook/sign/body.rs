//! Bodies that hold their signature.

use super::super::custom;
use crate::{
    error::{Error, ErrorCode, Result},
    json::{Style, Value},
};
use alloc::{borrow::Cow, format, string::String, vec::Vec};

/// The JSON object with the signature put in front.
pub(super) fn mailgun(body: &[u8], now: &str, token: &str, signature: &str) -> Result<Vec<u8>> {
    let bad = || {
        Error::with_detail(
            ErrorCode::MalformedBody,
            "not a JSON object without signature",
        )
    };
    let json = custom::json(body)?;
    let Value::Object(members) = &json else {
        return Err(bad());
    };
    if json.get("signature").is_some() {
        return Err(bad());
    }
    let rest = body.trim_ascii_start().strip_prefix(b"{").ok_or_else(bad)?;
    let comma = if members.is_empty() { "" } else { "," };
    let head = format!(
        "{{\"signature\":{{\"timestamp\":\"{now}\",\"token\":\"{token}\",\"signature\":\"{signature}\"}}{comma}"
    );
    Ok([head.as_bytes(), rest].concat())
}

/// The notification with `additionalData.hmacSignature` in its item.
pub(super) fn adyen(body: &[u8], sign: impl Fn(&[u8]) -> Result<String>) -> Result<Vec<u8>> {
    let bad = || Error::with_detail(ErrorCode::MalformedBody, "not an Adyen notification");
    let mut json = custom::json(body)?;
    if json.get("notificationItems").is_some() {
        let Some(Value::List(items)) = member(&mut json, "notificationItems") else {
            return Err(bad());
        };
        // No verifier takes a batch.
        let [entry] = items.as_mut_slice() else {
            return Err(bad());
        };
        adyen_item(
            member(entry, "NotificationRequestItem").ok_or_else(bad)?,
            &sign,
        )?;
    } else {
        adyen_item(&mut json, &sign)?;
    }
    Ok(json.write(Style::COMPACT).into_bytes())
}

fn adyen_item(item: &mut Value<'_>, sign: &impl Fn(&[u8]) -> Result<String>) -> Result<()> {
    let bad = || Error::with_detail(ErrorCode::MalformedBody, "additionalData");
    let (signed, _) = custom::adyen::adyen_signed(item, 0)?;
    let signature = Value::Text(Cow::Owned(sign(&signed)?));
    let Value::Object(members) = item else {
        return Err(bad());
    };
    if !members.iter().any(|(name, _)| name == "additionalData") {
        members.push((Cow::Borrowed("additionalData"), Value::Object(Vec::new())));
    }
    let Some(Value::Object(data)) = member(item, "additionalData") else {
        return Err(bad());
    };
    data.retain(|(name, _)| name != "hmacSignature");
    data.push((Cow::Borrowed("hmacSignature"), signature));
    Ok(())
}

fn member<'v, 'a>(value: &'v mut Value<'a>, name: &str) -> Option<&'v mut Value<'a>> {
    let Value::Object(members) = value else {
        return None;
    };
    members
        .iter_mut()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}
