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
        hex,
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
    let (query, printable) = query::normalised(query)?;
    let ([first_name, last_name, email], timestamp, claimed) = match read_usual(&query) {
        Some(read) => read,
        None => read(&query, rules)?,
    };
    let [decoded_first, decoded_last, decoded_email] = &mut [const { None }; 3];
    let first_name = text(first_name, printable, decoded_first, NAMES[0])?;
    let last_name = text(last_name, printable, decoded_last, NAMES[1])?;
    let email = text(email, printable, decoded_email, NAMES[2])?;
    let Some(signed_s) = query::seconds(timestamp) else {
        return Err(Error::new(ErrorCode::MalformedTimestamp));
    };

    let mut matched = None;
    for key in keys.valid_at(now_ms) {
        let token = key.material.secret.expose();
        let text = [first_name, last_name, email, timestamp, token];
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
    if !domains.is_empty()
        && !domains
            .iter()
            .any(|own| own.as_bytes().eq_ignore_ascii_case(domain))
    {
        return Err(Error::with_detail(ErrorCode::TenantMismatch, "email"));
    }

    // One by one, so that the names are copied as the constants they are.
    let length = key.id.len() + first_name.len() + last_name.len() + email.len();
    let mut text = Vec::with_capacity(length + b"firstname\n\nlastname\n\nemail\n\n".len());
    text.extend_from_slice(key.id.as_bytes());
    text.extend_from_slice(b"firstname\n");
    text.extend_from_slice(first_name);
    text.extend_from_slice(b"\nlastname\n");
    text.extend_from_slice(last_name);
    text.extend_from_slice(b"\nemail\n");
    text.extend_from_slice(email);
    text.push(b'\n');
    let mut signature = [0; 32];
    signature[..20].copy_from_slice(&claimed);
    Ok(Verified {
        fields: Fields::new(text, key.id.len())?,
        tenant: key.material.tenant.clone(),
        signed_at_ms,
        until_ms: signed_at_ms.saturating_add(rules.window.max_age_ms),
        signature,
    })
}

/// Names and email, still encoded; time and signature.
type Read<'t> = ([&'t [u8]; 3], &'t [u8], [u8; 20]);

/// Where a value is decoded to, on the stack: nothing is allocated before the signature is known to fit. Zeroed only for a value
/// that is encoded.
type Decoded = Option<[u8; QUERY_FIELD_MAX]>;

/// The five values of any query.
#[cold]
fn read(query: &[u8], rules: Rules) -> Result<Read<'_>> {
    let (mut rest, mut found) = (query, [None::<&[u8]>; 5]);
    loop {
        let (at, value) = if let Some((at, after)) = known(rest) {
            rest = after;
            (at, query::value(&mut rest))
        } else if let Some((name, value)) = query::parameter(&mut rest) {
            match position(name)? {
                Some(at) => (at, value),
                None => continue,
            }
        } else {
            break;
        };
        if found[at].replace(value).is_some() {
            return Err(Error::with_detail(ErrorCode::DuplicateField, NAMES[at]));
        }
    }
    let mut raw = [&[][..]; 5];
    for (at, value) in found.into_iter().enumerate() {
        raw[at] = value.ok_or_else(|| Error::with_detail(ErrorCode::MissingField, NAMES[at]))?;
        if raw[at].is_empty() && !(at < 2 && rules.allow_empty_names) {
            return Err(Error::with_detail(ErrorCode::EmptyField, NAMES[at]));
        }
    }
    let [first_name, last_name, email, timestamp, signature] = raw;
    let claimed = signature_bytes(signature).ok_or(Error::new(ErrorCode::MalformedSignature))?;
    Ok(([first_name, last_name, email], timestamp, claimed))
}

/// Reads a query with the five parameters in signed order and nothing else, as signers write it: time and signature are of
/// fixed width, so that only the ends of the names are looked for. `None` for any other query.
fn read_usual(query: &[u8]) -> Option<Read<'_>> {
    let (texts, tail) = query.split_last_chunk::<71>()?;
    let (time_name, tail) = tail.split_first_chunk()?;
    let (timestamp, tail) = tail.split_first_chunk::<10>()?;
    let (signature_name, signature) = tail.split_first_chunk()?;
    if (time_name, signature_name) != (b"timestamp=", b"&signature=") {
        return None;
    }
    let claimed = signature_bytes(signature)?;
    let (name, mut rest) = texts.strip_suffix(b"&")?.split_first_chunk()?;
    let first_name = query::value(&mut rest);
    let (second_name, mut rest) = rest.split_first_chunk()?;
    let last_name = query::value(&mut rest);
    let (third_name, email) = rest.split_first_chunk()?;
    if (name, second_name, third_name) != (b"firstname=", b"lastname=", b"email=") {
        return None;
    }
    let empty = first_name.is_empty() || last_name.is_empty() || email.is_empty();
    let more = query::find(email, b'&', b'&') < email.len() || timestamp.contains(&b'&');
    if empty || more {
        return None;
    }
    Some(([first_name, last_name, email], timestamp, claimed))
}

/// Which parameter the query begins with, if it is one of the five in its plain spelling, and what follows its equals sign. Each
/// is a comparison of a few machine words, so the name need not be looked for.
#[inline]
fn known(query: &[u8]) -> Option<(usize, &[u8])> {
    let is = |at, after| Some((at, after));
    None.or_else(|| is(0, query.strip_prefix(b"firstname=")?))
        .or_else(|| is(1, query.strip_prefix(b"lastname=")?))
        .or_else(|| is(2, query.strip_prefix(b"email=")?))
        .or_else(|| is(3, query.strip_prefix(b"timestamp=")?))
        .or_else(|| is(4, query.strip_prefix(b"signature=")?))
}

/// Which of the five parameters a name is, in any encoding of it.
fn position(name: &[u8]) -> Result<Option<usize>> {
    let name = query::decode(name, "a parameter name")?;
    Ok(NAMES.iter().position(|known| known.as_bytes() == &*name))
}

/// 40 hex digits of either case.
#[inline]
fn signature_bytes(text: &[u8]) -> Option<[u8; 20]> {
    let mut bytes = [0; 20];
    hex::decode(text, &mut bytes).then_some(bytes)
}

#[inline]
fn is_encoded(text: &[u8]) -> bool {
    query::find(text, b'%', b'+') < text.len()
}

/// A value, decoded if it is encoded. `printable` says that the raw value is printable ASCII.
#[inline(always)]
fn text<'t>(
    raw: &'t [u8],
    printable: bool,
    decoded: &'t mut Decoded,
    field: &'static str,
) -> Result<&'t [u8]> {
    if printable && raw.len() <= QUERY_FIELD_MAX && !is_encoded(raw) {
        return Ok(raw);
    }
    let buffer = decoded.insert([0; QUERY_FIELD_MAX]);
    let (length, decoded_printable) = decode(raw, buffer, field)?;
    let value = buffer.get(..length).unwrap_or_default();
    if !(printable && decoded_printable) {
        let value = core::str::from_utf8(value).map_err(|_| encoding(field))?;
        check_form(value, field)?;
    }
    Ok(value)
}

/// Decodes to the front of `buffer`, and gives the length, and whether all that was encoded is printable ASCII.
#[inline]
fn decode(
    raw: &[u8],
    buffer: &mut [u8; QUERY_FIELD_MAX],
    field: &'static str,
) -> Result<(usize, bool)> {
    let too_large = || Error::with_detail(ErrorCode::TooLarge, field);
    let (mut rest, mut length, mut printable) = (raw, 0, true);
    loop {
        let end = query::find(rest, b'%', b'+');
        let (run, encoded) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let places = buffer.get_mut(length..length + run.len());
        places.ok_or_else(too_large)?.copy_from_slice(run);
        length += run.len();
        let byte;
        (byte, rest) = match encoded {
            [] => return Ok((length, printable)),
            [b'+', rest @ ..] => (b' ', rest),
            [_, high, low, rest @ ..] => {
                let (high, low) = (hex::nibble(*high), hex::nibble(*low));
                if high | low > 15 {
                    return Err(encoding(field));
                }
                (high << 4 | low, rest)
            }
            _ => return Err(encoding(field)),
        };
        *buffer.get_mut(length).ok_or_else(too_large)? = byte;
        length += 1;
        printable &= matches!(byte, b' '..=b'~');
    }
}

#[cold]
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
    first_name: &[u8],
    last_name: &[u8],
    email: &'t [u8],
) -> Result<&'t [u8]> {
    for (name, field) in [(first_name, NAMES[0]), (last_name, NAMES[1])] {
        let digit_last = name.last().is_some_and(u8::is_ascii_digit);
        if digit_last || name.contains(&b'@') {
            return Err(Error::with_detail(ErrorCode::InvalidField, field));
        }
    }
    domain(email).ok_or_else(|| Error::with_detail(ErrorCode::InvalidField, NAMES[2]))
}

/// The domain of an email: one `@`, an atom with dots before it (RFC 5322 `dot-atom`), a host name behind it.
fn domain(email: &[u8]) -> Option<&[u8]> {
    let at = query::find(email, b'@', b'@');
    let (local, domain) = (email.get(..at)?, email.get(at + 1..)?);
    (local.len() <= 64 && is_dot_atom(local) && is_host(domain)).then_some(domain)
}

/// Marks of a byte: where it may stand, what it is, and what it may not follow.
mod mark {
    pub(super) const ATOM: u8 = 1;
    pub(super) const HOST: u8 = 1 << 1;
    pub(super) const DOT: u8 = 1 << 2;
    pub(super) const HYPHEN: u8 = 1 << 3;
    /// Two places above what it may not follow in a host name.
    pub(super) const NOT_AFTER: u8 = 2;

    pub(super) static OF: [u8; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let byte = at as u8;
            if byte.is_ascii_alphanumeric() {
                table[at] = ATOM | HOST;
            }
            at += 1;
        }
        let others = b"!#$%&'*+/=?^_`{|}~";
        at = 0;
        while at < others.len() {
            table[others[at] as usize] = ATOM;
            at += 1;
        }
        table[b'-' as usize] = ATOM | HOST | HYPHEN | DOT << NOT_AFTER;
        table[b'.' as usize] = ATOM | HOST | DOT | (DOT | HYPHEN) << NOT_AFTER;
        table
    };
}

#[inline]
fn is_dot_atom(text: &[u8]) -> bool {
    let (mut all, mut pairs, mut before) = (mark::ATOM, 0, mark::DOT);
    for byte in text {
        let marks = mark::OF[usize::from(*byte)];
        all &= marks;
        pairs |= before & marks;
        before = marks;
    }
    all != 0 && (pairs | before) & mark::DOT == 0
}

#[inline]
fn is_host(text: &[u8]) -> bool {
    let (mut all, mut pairs, mut before) = (mark::HOST, 0, mark::DOT);
    for byte in text {
        let marks = mark::OF[usize::from(*byte)];
        all &= marks;
        pairs |= before & (marks >> mark::NOT_AFTER);
        before = marks;
    }
    all != 0 && (pairs | before) & (mark::DOT | mark::HYPHEN) == 0
}

/// The emails that other splits of the same signed text would give: every tail of the email's local part, and every
/// extension of it into the names before it. It may leave no name at all: a signer may have signed for people without.
pub(crate) fn other_emails(first_name: &str, last_name: &str, email: &str) -> Vec<String> {
    let names = first_name.len() + last_name.len();
    let text = [first_name, last_name, email].concat();
    text.char_indices()
        .filter(|(start, _)| *start != names)
        .filter_map(|(start, _)| text.get(start..))
        .filter(|candidate| domain(candidate.as_bytes()).is_some())
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
            assert!(domain(email.as_bytes()).is_some(), "{email}");
        }
        for email in [
            "", "@", "a@", "@b", "a", ".a@b", "a.@b", "a..b@c", "a@b@c", "a@.b", "a@b.", "a@b..c",
            "a@-b", "a@b-", "a@b-.c", "a@b.-c", "a b@c", "a@b c", "a,b@c", "a@b_c", "a\"b@c",
            "a(b@c", "ä@b", "a@ä", "a;b@c", "a<b@c",
        ] {
            assert!(domain(email.as_bytes()).is_none(), "{email}");
        }
        assert!(domain([&"a".repeat(64), "@b"].concat().as_bytes()).is_some());
        assert!(domain([&"a".repeat(65), "@b"].concat().as_bytes()).is_none());
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
