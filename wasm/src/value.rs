//! Arguments and results: every value of JavaScript is looked at before it is taken, since types are only a promise.

use crate::error::{Result, invalid, refuse};
use countermark::{Error, ErrorCode};
use js_sys::{Array, ArrayBuffer, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

// The readers below stay calls: they are in every constructor, and a constructor is called once.
#[inline(never)]
pub(crate) fn text(value: &JsValue) -> Result<String> {
    value.as_string().ok_or_else(|| invalid("a string"))
}

/// A copy of a string, as UTF-8, or of a `Uint8Array`.
#[inline(never)]
pub(crate) fn bytes(value: &JsValue) -> Result<Vec<u8>> {
    if let Some(array) = value.dyn_ref::<Uint8Array>() {
        let buffer = array.buffer();
        // A `SharedArrayBuffer` is none.
        if !buffer.is_instance_of::<ArrayBuffer>() {
            return Err(invalid("an array whose memory threads do not share"));
        }
        if array.length() == 0 {
            // Throws if the memory is gone: thrown by a copy, it would leave what the module holds.
            Reflect::get(&buffer, &"slice".into())?
                .unchecked_ref::<Function>()
                .call0(&buffer)?;
        }
        return Ok(array.to_vec());
    }
    value
        .as_string()
        .map(String::into_bytes)
        .ok_or_else(|| invalid("a string or a Uint8Array"))
}

#[inline(never)]
pub(crate) fn flag(value: &JsValue) -> Result<bool> {
    value.as_bool().ok_or_else(|| invalid("a boolean"))
}

/// A number without a fraction, of a range that a `f64` can hold.
#[inline(never)]
fn exact(value: &JsValue) -> Result<i64> {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    value
        .as_f64()
        .filter(|number| number.trunc() == *number && number.abs() <= EXACT)
        .map(|number| number as i64)
        .ok_or_else(|| invalid("a whole number"))
}

pub(crate) fn whole<T: TryFrom<i64>>(value: &JsValue) -> Result<T> {
    T::try_from(exact(value)?).map_err(|_| invalid("a whole number"))
}

/// Reads a number of the configuration. One that cannot be is refused by its name, with the code that the core has for one that may not be.
pub(crate) fn setting<T: TryFrom<i64>>(name: &'static str) -> impl Fn(&JsValue) -> Result<T> {
    move |value| {
        whole(value).map_err(|_| refuse(&Error::with_detail(ErrorCode::InvalidConfig, name)))
    }
}

/// A copy of a `Uint8Array`. Text is refused: what it spells out, in hex or base64, would be taken for the bytes.
#[cfg(feature = "full")]
pub(crate) fn octets(value: &JsValue) -> Result<Vec<u8>> {
    if value.is_string() {
        return Err(invalid("a Uint8Array"));
    }
    bytes(value)
}

/// A time as a JavaScript number: whole milliseconds of any year that matters are exact.
#[cfg(feature = "full")]
#[allow(clippy::cast_precision_loss, reason = "exact up to the year 287396")]
pub(crate) fn number(time_ms: i64) -> f64 {
    time_ms as f64
}

pub(crate) fn optional<T>(
    value: &JsValue,
    read: impl Fn(&JsValue) -> Result<T>,
) -> Result<Option<T>> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    read(value).map(Some)
}

pub(crate) fn list<T>(value: &JsValue, read: impl Fn(&JsValue) -> Result<T>) -> Result<Vec<T>> {
    let array = value
        .dyn_ref::<Array>()
        .ok_or_else(|| invalid("an array"))?;
    let mut items = Vec::new();
    for at in 0..array.length() {
        items.push(read(&array.get(at))?);
    }
    Ok(items)
}

/// An object of the caller's, read field by field.
pub(crate) struct Fields<'a>(pub(crate) &'a JsValue);

impl Fields<'_> {
    #[inline(never)]
    fn value(&self, name: &str) -> Result<JsValue> {
        Reflect::get(self.0, &name.into())
    }

    pub(crate) fn get<T>(
        &self,
        name: &str,
        read: impl Fn(&JsValue) -> Result<T>,
    ) -> Result<Option<T>> {
        optional(&self.value(name)?, read)
    }

    pub(crate) fn required<T>(
        &self,
        name: &'static str,
        read: impl Fn(&JsValue) -> Result<T>,
    ) -> Result<T> {
        self.get(name, read)?.ok_or_else(|| invalid(name))
    }
}

/// An object of these fields, without those that are absent.
pub(crate) fn object<const N: usize>(fields: [(&str, Option<JsValue>); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        if let Some(value) = value {
            // It cannot fail: the object is ours and can be extended.
            let _ = Reflect::set(&object, &name.into(), &value);
        }
    }
    object.into()
}

/// A value of an object that is always there.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it stands beside values that may be absent"
)]
pub(crate) fn some(value: impl Into<JsValue>) -> Option<JsValue> {
    Some(value.into())
}

pub(crate) fn array<T>(items: impl IntoIterator<Item = T>, make: impl Fn(T) -> JsValue) -> JsValue {
    items.into_iter().map(make).collect::<Array>().into()
}

pub(crate) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> JsValue {
    array(texts, JsValue::from_str)
}

/// A copy of bytes as an array of JavaScript's own.
pub(crate) fn made(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}
