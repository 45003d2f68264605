//! The SecureSign authentication API: rules for what goes out, strict readers for what comes back.
//!
//! Facts from <https://securesign.toolsbots.com/>, pages `docs/api/authentication`, `docs/account/domain-whitelist` and
//! `docs/web/deep-link-protocol`. What the vendor does not publish (HTTP status and body of errors, the full body of a
//! session request) is read so that anything unknown denies.

pub(crate) mod address;
pub(crate) mod api_key;
pub(crate) mod callback;
pub(crate) mod code;
pub(crate) mod deep_link;
pub(crate) mod reply;
pub(crate) mod schedule;
pub(crate) mod types;

use crate::{
    error::{Error, ErrorCode, Result},
    json::Value,
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding as _};

/// Standard base64, padded, as everything that is sent.
pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Reads base64 in the standard or the URL alphabet, padded or not: the vendor does not say which it sends.
pub(crate) fn read_base64(text: &str) -> Result<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    let padding = text.len() - bare.len();
    let decoded = match bare.contains(['-', '_']) {
        true => Base64UrlUnpadded::decode_vec(bare),
        false => Base64Unpadded::decode_vec(bare),
    };
    match decoded {
        Ok(bytes) if padding == 0 || padding == (4 - bare.len() % 4) % 4 => Ok(bytes),
        _ => Err(Error::with_detail(ErrorCode::InvalidEncoding, "not base64")),
    }
}

/// Whether any object in here has a member named `pin`, in any case: the PIN of a token never travels.
pub(crate) fn holds_pin(value: &Value<'_>) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.eq_ignore_ascii_case("pin") || holds_pin(member)),
        Value::List(items) => items.iter().any(holds_pin),
        _ => false,
    }
}
