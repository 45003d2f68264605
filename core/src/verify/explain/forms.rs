//! What can have happened to a form: it was encoded again, or a field was taken out of it.

use super::escapes::{self, FORMS, JAVASCRIPT, NOTHING, RFC3986};
use crate::percent::{self, Space};
use alloc::{string::String, vec::Vec};

/// The forms with one field whose value is this JSON body.
pub(super) fn around(body: &[u8], field: &str) -> Vec<Vec<u8>> {
    let mut forms: Vec<Vec<u8>> = Vec::new();
    if field.is_empty() || !body.starts_with(b"{") {
        return forms;
    }
    for plain in [RFC3986, FORMS, NOTHING, JAVASCRIPT] {
        let value = escapes::write(body, plain, Space::Plus);
        let form = [field, "=", &value].concat().into_bytes();
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The form with its names and values encoded anew.
pub(super) fn encoded(body: &[u8], space: Space) -> Option<Vec<u8>> {
    if !body.contains(&b'=') || body.starts_with(b"{") || body.starts_with(b"[") {
        return None;
    }
    let mut out = String::new();
    for (at, pair) in body.split(|&byte| byte == b'&').enumerate() {
        if at > 0 {
            out.push('&');
        }
        for (at, text) in pair.splitn(2, |&byte| byte == b'=').enumerate() {
            if at > 0 {
                out.push('=');
            }
            percent::encode_into(&mut out, &percent::decode(text, Space::Plus).ok()?, space);
        }
    }
    Some(out.into_bytes())
}
