//! What `countermark-v1` signs.
//!
//! Netstrings (`length:bytes,`) of: the text `countermark-v1 query`, key id, tenant (empty if there is none), audience,
//! nonce, time of issue, time of expiry, number of fields; then name and value of each field, in the order of their names.
//! Every part carries its length, so no two sets of values give the same text, and the first part keeps the MAC apart from
//! any other use of the key. All values are decoded UTF-8; numbers are decimal.

use crate::decimal;
use alloc::vec::Vec;

/// The values that every query has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envelope<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) tenant: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) issued: &'a str,
    pub(crate) expires: &'a str,
}

/// `fields` must be in the order of their names.
pub(crate) fn canonical(envelope: Envelope<'_>, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    let Envelope {
        key_id,
        tenant,
        audience,
        nonce,
        issued,
        expires,
    } = envelope;
    let count = decimal::text(fields.len() as u64);
    for part in [
        "countermark-v1 query",
        key_id,
        tenant,
        audience,
        nonce,
        issued,
        expires,
        &count,
    ] {
        netstring(&mut out, part);
    }
    for (name, value) in fields {
        netstring(&mut out, name);
        netstring(&mut out, value);
    }
    out
}

fn netstring(out: &mut Vec<u8>, text: &str) {
    decimal::push(out, text.len() as u64);
    out.push(b':');
    out.extend_from_slice(text.as_bytes());
    out.push(b',');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_query() {
        let envelope = Envelope {
            key_id: "k",
            tenant: "",
            audience: "shop",
            nonce: "n",
            issued: "1700000000",
            expires: "1700000240",
        };
        let text = canonical(envelope, &[("email", "bob@corp.example"), ("name", "Ann")]);
        assert_eq!(
            core::str::from_utf8(&text).unwrap(),
            "20:countermark-v1 query,1:k,0:,4:shop,1:n,10:1700000000,10:1700000240,1:2,5:email,16:bob@corp.example,4:name,3:Ann,"
        );
    }
}
