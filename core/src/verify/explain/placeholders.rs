//! Secrets that are none: what stands where a secret should be.

use super::keys::trimmed;

/// How templates, code and the references of secret stores begin.
const BEGINNINGS: [&str; 15] = [
    "${",
    "$(",
    "{{",
    "process.env.",
    "os.environ",
    "your_",
    "your-",
    "changeme",
    "[object ",
    "arn:aws:",
    "vault:",
    "secretref:",
    "ENC[",
    "@Microsoft.KeyVault(",
    "projects/",
];

/// Whether a secret is none: a template, a reference that nothing has resolved, stars of a log, or the name of a variable, such as
/// `XERO_WEBHOOK_KEY`.
pub(super) fn is_one(secret: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(secret).map(trimmed) else {
        return false;
    };
    let begins = |beginning: &&str| {
        let start = text.get(..beginning.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    };
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    is_name(text)
        || is_hidden(text)
        || BEGINNINGS.iter().any(begins)
        || ["undefined", "null", "none"].iter().any(is)
        || (text.starts_with('<') && text.ends_with('>'))
        || text.ends_with("...")
        || text.ends_with('…')
        // `op://`, `ref+vault://` and other addresses.
        || text.contains("://")
}

fn is_name(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or(text).as_bytes();
    name.contains(&b'_')
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && name
            .iter()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
}

/// Stars and what else consoles show in place of a secret.
fn is_hidden(text: &str) -> bool {
    text.len() > 2
        && text
            .chars()
            .all(|one| matches!(one, '*' | '•' | '●' | 'x' | 'X'))
}
