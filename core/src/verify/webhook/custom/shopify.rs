//! The query of Shopify's links as the vendor's library for Python writes it, and its servers where there are lists, as of a bulk action.

use crate::verify::webhook::{context::Context, params::Pair};
use alloc::vec::Vec;

/// The other spelling of the signed text, if the scheme has one: few characters escaped, and `ids[]=1&ids[]=2` as `ids=["1", "2"]`. The
/// row itself says how the vendor's SDK for JavaScript writes it. `None` for parameters that are written like others.
pub(crate) fn other_spelling(context: &Context<'_>) -> Option<Vec<u8>> {
    if !context.row.shopify_lists {
        return None;
    }
    let (rule, params) = (&context.row.pairs, context.params.as_ref()?);
    let order = params.order(rule, context.signature_name()).ok()?;
    let pairs: Vec<&Pair<'_>> = params.in_order(&order).collect();
    let mut texts = Vec::with_capacity(pairs.len());
    for same in pairs.chunk_by(|a, b| a.name() == b.name()) {
        let mut text = Vec::new();
        let pair = same.first()?;
        if let Some(name) = pair.name().strip_suffix(b"[]") {
            // A quote within a value would be read as its end.
            let values: Option<Vec<Vec<u8>>> =
                same.iter().map(|pair| quoted(pair.value())).collect();
            escape(&mut text, name, b"%&=");
            text.extend_from_slice(b"=[");
            escape(&mut text, &values?.join(&b", "[..]), b"%&");
            text.push(b']');
        } else if pair.value().starts_with(b"[") {
            return None;
        } else {
            escape(&mut text, pair.name(), b"%&=");
            text.push(b'=');
            escape(&mut text, pair.value(), b"%&");
        }
        texts.push(text);
    }
    texts.sort_unstable();
    Some(texts.join(&b'&'))
}

fn quoted(value: &[u8]) -> Option<Vec<u8>> {
    let is_plain = !value.iter().any(|byte| matches!(byte, b'"' | b'\\'));
    is_plain.then(|| [b"\"", value, b"\""].concat())
}

fn escape(out: &mut Vec<u8>, text: &[u8], escaped: &[u8]) {
    for byte in text {
        match byte {
            b'%' => out.extend_from_slice(b"%25"),
            b'&' => out.extend_from_slice(b"%26"),
            b'=' if escaped.contains(byte) => out.extend_from_slice(b"%3D"),
            _ => out.push(*byte),
        }
    }
}
