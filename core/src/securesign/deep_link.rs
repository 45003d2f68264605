//! The link that opens the product: `securesign://sign?requestId=…&hashBase64=…&…`.

use super::{api_key, types::SecureSignRequest};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::SECURESIGN_URL_MAX,
    percent::{self, Space},
};
use alloc::{borrow::Cow, string::String, vec::Vec};

const START: &str = "securesign://sign?";

/// Builds the link. Every value is percent-encoded, since a raw `+` of base64 would arrive as a blank.
///
/// A key is put in only if it is a test key.
pub(crate) fn build(request: &SecureSignRequest, test_key: Option<&str>) -> Result<String> {
    let hash = super::base64(&request.hash);
    let mut link = String::from(START);
    let mut pairs = Vec::from([
        ("requestId", request.request_id.as_str()),
        ("hashBase64", &hash),
        ("hashAlgo", request.algorithm.name()),
        ("documentType", "hash"),
        ("callbackUrl", &request.callback_url),
    ]);
    pairs.extend(test_key.map(|key| ("apiKey", key)));
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            link.push('&');
        }
        link.push_str(name);
        link.push('=');
        percent::encode_into(&mut link, value.as_bytes(), Space::Percent20);
    }
    if api_key::shows_key(&link) {
        return Err(ErrorCode::SecretInDeepLink.into());
    }
    Ok(link)
}

/// Checks a link that the server made: the scheme, no live key in any spelling, and nothing that contradicts the request.
///
/// Parameters that are not known are left alone; a document beside the hash would be signed in its place.
pub(crate) fn check(link: &str, request: &SecureSignRequest, own_key: &str) -> Result<()> {
    let unexpected = |detail| Error::with_detail(ErrorCode::UnexpectedDeepLink, detail);
    let live = own_key.starts_with(api_key::LIVE_PREFIX);
    if api_key::shows_key(link) || (live && link.contains(own_key)) {
        return Err(ErrorCode::SecretInDeepLink.into());
    }
    let query = link
        .strip_prefix(START)
        .ok_or_else(|| unexpected("it does not begin with securesign://sign?"))?;
    if link.len() > SECURESIGN_URL_MAX || !query.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
    {
        return Err(unexpected("its length or a character"));
    }
    let mut seen = Vec::new();
    for part in query.split('&') {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = decode(name).ok_or_else(|| unexpected("percent-encoding"))?;
        let value = decode(value).ok_or_else(|| unexpected("percent-encoding"))?;
        let Some((known, fits)) = expectation(&name, &value, request, live) else {
            continue;
        };
        if known == "apiKey" && !fits {
            return Err(ErrorCode::SecretInDeepLink.into());
        }
        // Another spelling of a known name, or a second one, could be the one that the product reads.
        if !fits || *name != *known.as_bytes() || seen.contains(&known) {
            return Err(unexpected(known));
        }
        seen.push(known);
    }
    if seen.contains(&"requestId") {
        Ok(())
    } else {
        Err(unexpected("requestId"))
    }
}

/// The known name that this is a spelling of, and whether its value is the one of the request.
fn expectation(
    name: &[u8],
    value: &[u8],
    request: &SecureSignRequest,
    live: bool,
) -> Option<(&'static str, bool)> {
    let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    let hash = || {
        core::str::from_utf8(value)
            .is_ok_and(|text| super::read_base64(text).is_ok_and(|hash| hash == request.hash))
    };
    Some(match () {
        () if is("requestId") => ("requestId", value == request.request_id.as_bytes()),
        () if is("hashBase64") => ("hashBase64", hash()),
        () if is("hashAlgo") => ("hashAlgo", value == request.algorithm.name().as_bytes()),
        () if is("documentType") => ("documentType", value == b"hash"),
        () if is("callbackUrl") => ("callbackUrl", value == request.callback_url.as_bytes()),
        () if is("documentBase64") => ("documentBase64", false),
        () if is("apiKey") => ("apiKey", !live),
        () => return None,
    })
}

fn decode(text: &str) -> Option<Cow<'_, [u8]>> {
    percent::decode(text.as_bytes(), Space::Percent20).ok()
}
