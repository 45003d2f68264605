//! API keys: `ss_live_…` for production, `ss_test_…` for the sandbox.

use super::types::SecureSignEnvironment;
use crate::{
    error::{Error, ErrorCode, Result},
    hex,
    limits::SECURESIGN_KEY_MAX,
    secret::Secret,
};
use alloc::vec::Vec;

/// How a live key begins; nothing that begins so may reach a browser.
pub(crate) const LIVE_PREFIX: &str = "ss_live_";
const TEST_PREFIX: &str = "ss_test_";

/// The text of a key that fits the environment and is safe in a header.
pub(crate) fn check(key: &Secret, environment: SecureSignEnvironment) -> Result<&str> {
    let invalid = || {
        Error::with_detail(
            ErrorCode::InvalidSecret,
            "an API key is ss_live_ or ss_test_ and then letters, digits, _ and -",
        )
    };
    let text = core::str::from_utf8(key.expose()).map_err(|_| invalid())?;
    let (found, rest) = match (
        text.strip_prefix(LIVE_PREFIX),
        text.strip_prefix(TEST_PREFIX),
    ) {
        (Some(rest), _) => (SecureSignEnvironment::Live, rest),
        (_, Some(rest)) => (SecureSignEnvironment::Test, rest),
        _ => return Err(invalid()),
    };
    let plain = rest
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if rest.is_empty() || !plain || text.len() > SECURESIGN_KEY_MAX {
        return Err(invalid());
    }
    if found != environment {
        return Err(Error::with_detail(ErrorCode::WrongEnvironment, "api_key"));
    }
    Ok(text)
}

/// Whether a text shows a live key, plain or percent-encoded up to twice, in any case.
pub(crate) fn shows_key(text: &str) -> bool {
    shows(text, &[LIVE_PREFIX])
}

/// As [`shows_key`], of keys of either kind: a sandbox's is a secret too, only a link may carry it.
pub(crate) fn shows_any_key(text: &str) -> bool {
    shows(text, &[LIVE_PREFIX, TEST_PREFIX])
}

fn shows(text: &str, prefixes: &[&str]) -> bool {
    let once = decode_what_can_be(text.as_bytes());
    let twice = decode_what_can_be(&once);
    let holds = |form: &[u8], prefix: &str| {
        form.windows(prefix.len())
            .any(|part| part.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    [text.as_bytes(), &once, &twice]
        .iter()
        .any(|form| prefixes.iter().any(|prefix| holds(form, prefix)))
}

/// Percent-decodes what is well formed and leaves the rest: an app may be as lenient.
fn decode_what_can_be(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        let decoded = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => hex::pair(*high, *low).map(|byte| (byte, tail)),
            _ => None,
        };
        let byte;
        (byte, rest) = decoded.unwrap_or((first, tail));
        out.push(byte);
    }
    out
}
