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
    check_content(first_name, last_name, email)?;
    let domain = email.rsplit('@').next().unwrap_or_default();
    let domains = &key.material.email_domains;
    if !domains.is_empty() && !domains.iter().any(|own| own.eq_ignore_ascii_case(domain)) {
        return Err(Error::with_detail(ErrorCode::TenantMismatch, "email"));
    }

    let mut fields =
        Fields::with_capacity(3, 22 + first_name.len() + last_name.len() + email.len());
    fields.push(NAMES[0], first_name);
    fields.push(NAMES[1], last_name);
    fields.push(NAMES[2], email);
    let mut signature = [0; 32];
    signature[..20].copy_from_slice(&claimed);
    Ok(Verified {
        fields,
        key_id: key.id.clone(),
        tenant: key.material.tenant.clone(),
        signed_at_ms,
        until_ms: signed_at_ms.saturating_add(rules.window.max_age_ms),
        signature,
    })
}

type Read<'q, 'b> = (&'b str, &'b str, &'b str, &'q [u8], [u8; 20]);

/// The five values, decoded into `buffer`, so that nothing is allocated before the signature is known to fit.
fn read<'q, 'b>(query: &'q [u8], buffer: &'b mut [u8], rules: Rules) -> Result<Read<'q, 'b>> {
    let mut found: [Option<&[u8]>; 5] = [None; 5];
    for (name, value) in query::parameters(query) {
        let name = query::decode(name, "a parameter name")?;
        if let Some(at) = NAMES.iter().position(|known| known.as_bytes() == &*name) {
            if found[at].replace(value).is_some() {
                return Err(Error::with_detail(ErrorCode::DuplicateField, NAMES[at]));
            }
        }
    }
    let mut raw = [&b""[..]; 5];
    for (at, value) in found.into_iter().enumerate() {
        raw[at] = value.ok_or_else(|| Error::with_detail(ErrorCode::MissingField, NAMES[at]))?;
        if raw[at].is_empty() && !(at < 2 && rules.allow_empty_names) {
            return Err(Error::with_detail(ErrorCode::EmptyField, NAMES[at]));
        }
    }
    let [first_name, last_name, email, timestamp, signature] = raw;
    let claimed = signature_bytes(signature)?;
    let (first_name, rest) = text(first_name, buffer, NAMES[0])?;
    let (last_name, rest) = text(last_name, rest, NAMES[1])?;
    let (email, _) = text(email, rest, NAMES[2])?;
    Ok((first_name, last_name, email, timestamp, claimed))
}

fn signature_bytes(text: &[u8]) -> Result<[u8; 20]> {
    let mut bytes = [0; 20];
    let whole = text.len() == 40 && base16ct::mixed::decode(text, &mut bytes).is_ok();
    if whole {
        Ok(bytes)
    } else {
        Err(Error::new(ErrorCode::MalformedSignature))
    }
}

/// Decodes one value to the front of `buffer`, and gives what is left of it.
fn text<'b>(
    raw: &[u8],
    buffer: &'b mut [u8],
    field: &'static str,
) -> Result<(&'b str, &'b mut [u8])> {
    let mut length = 0;
    let mut rest = raw;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let decoded = match byte {
            b'+' => b' ',
            b'%' => {
                let (escape, tail) = rest
                    .split_first_chunk::<2>()
                    .ok_or_else(|| encoding(field))?;
                rest = tail;
                let mut one = [0];
                base16ct::mixed::decode(escape, &mut one).map_err(|_| encoding(field))?;
                one[0]
            }
            other => other,
        };
        if length == QUERY_FIELD_MAX {
            return Err(Error::with_detail(ErrorCode::TooLarge, field));
        }
        buffer[length] = decoded;
        length += 1;
    }
    let (value, rest) = buffer.split_at_mut(length);
    let value = core::str::from_utf8(value).map_err(|_| encoding(field))?;
    check_form(value, field)?;
    Ok((value, rest))
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

fn encoding(field: &'static str) -> Error {
    Error::with_detail(ErrorCode::InvalidEncoding, field)
}

/// What names and emails may look like, so that few other splits of the same text look like names and an email.
pub(crate) fn check_content(first_name: &str, last_name: &str, email: &str) -> Result<()> {
    for (name, field) in [(first_name, NAMES[0]), (last_name, NAMES[1])] {
        if name.contains('@')
            || name
                .bytes()
                .next_back()
                .is_some_and(|last| last.is_ascii_digit())
        {
            return Err(Error::with_detail(ErrorCode::InvalidField, field));
        }
    }
    if is_email(email) {
        Ok(())
    } else {
        Err(Error::with_detail(ErrorCode::InvalidField, NAMES[2]))
    }
}

/// One `@`, an atom with dots before it (RFC 5322 `dot-atom`), a host name behind it.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    let label = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    local.len() <= 64 && local.split('.').all(atom) && domain.split('.').all(label)
}

/// The emails that other splits of the same signed text would give: every tail of the email's local part, and every
/// extension of it into the names before it.
pub(crate) fn other_emails(first_name: &str, last_name: &str, email: &str) -> Vec<String> {
    let names = [first_name, last_name].concat();
    let text = [names.as_str(), email].concat();
    let mut others = Vec::new();
    for (start, _) in text.char_indices() {
        // An email that begins in the names must leave at least something to be a name.
        let candidate = &text[start..];
        if start != 0 && start != names.len() && is_email(candidate) {
            others.push(String::from(candidate));
        }
    }
    others
}

/// The signature of a query to be, in hex.
pub(crate) fn sign(values: [&str; 4], token: &Secret) -> Result<String> {
    let [first_name, last_name, email, timestamp] = values.map(str::as_bytes);
    let digest = mac::sha1_guarded(&[first_name, last_name, email, timestamp, token.expose()])?;
    Ok(base16ct::lower::encode_string(&digest))
}
