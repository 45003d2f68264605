//! OneLogin v1 to v3: `SHA-1(firstname ‖ lastname ‖ email ‖ timestamp ‖ token)`, without separators.
//!
//! The format is weak by design: plain SHA-1, and a text that can be split at other places. The rules here shrink what can
//! be done with it; they cannot mend it. Source: OneLogin's published sample for relying sites, withdrawn since.

use super::{Material, Window};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::QUERY_FIELD_MAX,
    secret::Secret,
    verify::{
        keys::KeyRing,
        mac,
        query::{self, Fields, Verified},
        window,
    },
};
use alloc::{string::String, vec::Vec};

/// The five parameters, in the order in which they are signed; the signature is not.
pub(crate) const NAMES: [&str; 5] = ["firstname", "lastname", "email", "timestamp", "signature"];
pub(crate) const EMAIL: &str = NAMES[2];

#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) window: Window,
    pub(crate) allow_empty_names: bool,
}

pub(crate) fn verify(
    query: &[u8],
    keys: &KeyRing<Material<Secret>>,
    rules: Rules,
    now_ms: i64,
) -> Result<Verified> {
    let query = query::normalised(query)?;
    let mut buffer = [0; 3 * QUERY_FIELD_MAX];
    let (first_name, last_name, email, timestamp, claimed) = read(&query, &mut buffer, rules)?;
    let Some(signed_s) = query::seconds(timestamp) else {
        return Err(Error::new(ErrorCode::MalformedTimestamp));
    };

    let mut matched = None;
    for key in keys.valid_at(now_ms) {
        let token = key.material.secret.expose();
        let text = [
            first_name.as_bytes(),
            last_name.as_bytes(),
            email.as_bytes(),
            timestamp,
            token,
        ];
        if mac::equal(&mac::sha1_guarded(&text)?, &claimed) && matched.is_none() {
            matched = Some(key);
        }
    }
    let key = matched.ok_or_else(|| Error::new(ErrorCode::SignatureMismatch))?;

    let signed_at_ms = signed_s * 1000;
    window::check(
        now_ms,
        signed_at_ms,
        rules.window.max_age_ms,
        rules.window.max_future_ms,
    )?;
    let domain = check_content(first_name, last_name, email)?;
    let domains = &key.material.email_domains;
    if !domains.is_empty() && !domains.iter().any(|own| own.eq_ignore_ascii_case(domain)) {
        return Err(Error::with_detail(ErrorCode::TenantMismatch, "email"));
    }

    let length =
        "firstname__lastname__email__".len() + first_name.len() + last_name.len() + email.len();
    let mut fields = Fields::new(&key.id, length);
    fields.push(NAMES[0], first_name);
    fields.push(NAMES[1], last_name);
    fields.push(NAMES[2], email);
    let mut signature = [0; 32];
    signature[..20].copy_from_slice(&claimed);
    Ok(Verified {
        fields,
        tenant: key.material.tenant.clone(),
        signed_at_ms,
        until_ms: signed_at_ms.saturating_add(rules.window.max_age_ms),
        signature,
    })
}

type Read<'t> = (&'t str, &'t str, &'t str, &'t [u8], [u8; 20]);

/// The five values. What is encoded is decoded into `buffer`: nothing is allocated before the signature is known to fit.
fn read<'t>(query: &'t str, buffer: &'t mut [u8], rules: Rules) -> Result<Read<'t>> {
    let mut found: [Option<&str>; 5] = [None; 5];
    for (name, value) in query::parameters(query) {
        if let Some(at) = position(name)? {
            if found[at].replace(value).is_some() {
                return Err(Error::with_detail(ErrorCode::DuplicateField, NAMES[at]));
            }
        }
    }
    let mut raw = [""; 5];
    for (at, value) in found.into_iter().enumerate() {
        raw[at] = value.ok_or_else(|| Error::with_detail(ErrorCode::MissingField, NAMES[at]))?;
        if raw[at].is_empty() && !(at < 2 && rules.allow_empty_names) {
            return Err(Error::with_detail(ErrorCode::EmptyField, NAMES[at]));
        }
    }
    let [first_name, last_name, email, timestamp, signature] = raw;
    let claimed = signature_bytes(signature.as_bytes())?;
    let (first_name, rest) = text(first_name, buffer, NAMES[0])?;
    let (last_name, rest) = text(last_name, rest, NAMES[1])?;
    let (email, _) = text(email, rest, NAMES[2])?;
    Ok((first_name, last_name, email, timestamp.as_bytes(), claimed))
}

/// Which of the five parameters a name is, in any encoding of it.
fn position(name: &str) -> Result<Option<usize>> {
    let known = |name: &[u8]| match name {
        b"firstname" => Some(0),
        b"lastname" => Some(1),
        b"email" => Some(2),
        b"timestamp" => Some(3),
        b"signature" => Some(4),
        _ => None,
    };
    match known(name.as_bytes()) {
        None if query::is_encoded(name) => Ok(known(&query::decode(name, "a parameter name")?)),
        position => Ok(position),
    }
}

/// 40 hex digits of either case. They are public, so a table may be used.
fn signature_bytes(text: &[u8]) -> Result<[u8; 20]> {
    let digits: &[u8; 40] = text
        .try_into()
        .map_err(|_| Error::new(ErrorCode::MalformedSignature))?;
    let (mut bytes, mut seen) = ([0; 20], 0);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let (high, low) = (NIBBLES[usize::from(pair[0])], NIBBLES[usize::from(pair[1])]);
        *byte = high << 4 | low & 15;
        seen |= high | low;
    }
    if seen < 16 {
        Ok(bytes)
    } else {
        Err(Error::new(ErrorCode::MalformedSignature))
    }
}

/// The value of each hex digit; 255 for any other byte.
static NIBBLES: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value] as usize] = value as u8;
        table[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    table
};

/// Decodes one value, if it is encoded to the front of `buffer`, and gives what is left of the buffer.
fn text<'t>(
    raw: &'t str,
    buffer: &'t mut [u8],
    field: &'static str,
) -> Result<(&'t str, &'t mut [u8])> {
    if query::is_plain(raw) {
        return Ok((raw, buffer));
    }
    let length = decode(raw.as_bytes(), buffer, field)?;
    let (value, rest) = buffer.split_at_mut(length);
    let value = core::str::from_utf8(value).map_err(|_| encoding(field))?;
    check_form(value, field)?;
    Ok((value, rest))
}

/// Decodes to the front of `buffer`, and gives the length.
fn decode(raw: &[u8], buffer: &mut [u8], field: &'static str) -> Result<usize> {
    let mut places = buffer.iter_mut().take(QUERY_FIELD_MAX);
    let mut rest = raw;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let place = places
            .next()
            .ok_or_else(|| Error::with_detail(ErrorCode::TooLarge, field))?;
        *place = match byte {
            b'+' => b' ',
            b'%' => {
                let ([high, low], tail) =
                    rest.split_first_chunk().ok_or_else(|| encoding(field))?;
                rest = tail;
                let (high, low) = (NIBBLES[usize::from(*high)], NIBBLES[usize::from(*low)]);
                if high | low > 15 {
                    return Err(encoding(field));
                }
                high << 4 | low
            }
            other => other,
        };
    }
    Ok(QUERY_FIELD_MAX - places.len())
}

fn encoding(field: &'static str) -> Error {
    Error::with_detail(ErrorCode::InvalidEncoding, field)
}

/// What is refused before the signature is looked at.
pub(crate) fn check_form(value: &str, field: &'static str) -> Result<()> {
    if value.len() > QUERY_FIELD_MAX {
        return Err(Error::with_detail(ErrorCode::TooLarge, field));
    }
    if query::has_control(value) {
        return Err(Error::with_detail(ErrorCode::InvalidField, field));
    }
    Ok(())
}

/// What names and emails may look like, so that few other splits of the same text look like names and an email. Gives the
/// domain of the email.
pub(crate) fn check_content<'t>(
    first_name: &str,
    last_name: &str,
    email: &'t str,
) -> Result<&'t str> {
    for (name, field) in [(first_name, NAMES[0]), (last_name, NAMES[1])] {
        let digit_last = name.as_bytes().last().is_some_and(u8::is_ascii_digit);
        if digit_last || name.bytes().any(|byte| byte == b'@') {
            return Err(Error::with_detail(ErrorCode::InvalidField, field));
        }
    }
    domain(email).ok_or_else(|| Error::with_detail(ErrorCode::InvalidField, NAMES[2]))
}

/// The domain of an email: one `@`, an atom with dots before it (RFC 5322 `dot-atom`), a host name behind it.
fn domain(email: &str) -> Option<&str> {
    let at = email.bytes().position(|byte| byte == b'@')?;
    let (local, domain) = (email.get(..at)?, email.get(at + 1..)?);
    (local.len() <= 64 && is_dot_atom(local) && is_host(domain)).then_some(domain)
}

fn is_dot_atom(text: &str) -> bool {
    let mut before = b'.';
    for byte in text.bytes() {
        let right = match byte {
            b'.' => before != b'.',
            b'!'
            | b'#'..=b'\''
            | b'*'
            | b'+'
            | b'-'
            | b'/'
            | b'='
            | b'?'
            | b'^'..=b'`'
            | b'{'..=b'~' => true,
            _ => byte.is_ascii_alphanumeric(),
        };
        if !right {
            return false;
        }
        before = byte;
    }
    before != b'.'
}

fn is_host(text: &str) -> bool {
    let mut before = b'.';
    for byte in text.bytes() {
        let right = match byte {
            b'.' => before.is_ascii_alphanumeric(),
            b'-' => before != b'.',
            _ => byte.is_ascii_alphanumeric(),
        };
        if !right {
            return false;
        }
        before = byte;
    }
    before.is_ascii_alphanumeric()
}

/// The emails that other splits of the same signed text would give: every tail of the email's local part, and every
/// extension of it into the names before it. It may leave no name at all: a signer may have signed for people without.
pub(crate) fn other_emails(first_name: &str, last_name: &str, email: &str) -> Vec<String> {
    let names = first_name.len() + last_name.len();
    let text = [first_name, last_name, email].concat();
    text.char_indices()
        .filter(|(start, _)| *start != names)
        .filter_map(|(start, _)| text.get(start..))
        .filter(|candidate| domain(candidate).is_some())
        .map(String::from)
        .collect()
}

/// The signature of a query to be, in hex.
pub(crate) fn sign(values: [&str; 4], token: &Secret) -> Result<String> {
    let [first_name, last_name, email, timestamp] = values.map(str::as_bytes);
    let digest = mac::sha1_guarded(&[first_name, last_name, email, timestamp, token.expose()])?;
    Ok(base16ct::lower::encode_string(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        for email in [
            "a@b",
            "jane.doe+tag@example.com",
            "o'neil@a-b.c1",
            "x_{|}~!#$%&*/=?^`@1.2",
        ] {
            assert!(domain(email).is_some(), "{email}");
        }
        for email in [
            "", "@", "a@", "@b", "a", ".a@b", "a.@b", "a..b@c", "a@b@c", "a@.b", "a@b.", "a@b..c",
            "a@-b", "a@b-", "a@b-.c", "a@b.-c", "a b@c", "a@b c", "a,b@c", "a@b_c", "a\"b@c",
            "a(b@c", "ä@b", "a@ä", "a;b@c", "a<b@c",
        ] {
            assert!(domain(email).is_none(), "{email}");
        }
        assert!(domain(&[&"a".repeat(64), "@b"].concat()).is_some());
        assert!(domain(&[&"a".repeat(65), "@b"].concat()).is_none());
    }

    #[test]
    fn other_readings_of_one_text() {
        assert_eq!(
            other_emails("A", "L", "bob@c"),
            ["ALbob@c", "Lbob@c", "ob@c", "b@c"]
        );
        // A blank is in no email, so none begins before it.
        assert_eq!(other_emails("A B", "", "c@d"), ["Bc@d"]);
    }
}
