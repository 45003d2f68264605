//! OneLogin v1 to v3: `SHA-1(firstname ‖ lastname ‖ email ‖ timestamp ‖ token)`, without separators.
//!
//! The format is weak by design: plain SHA-1, and a text that can be split at other places. The rules here shrink what can
//! be done with it; they cannot mend it. Source: OneLogin's published sample for relying sites, withdrawn since.

mod email;
mod read;

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
    let (query, printable) = query::normalised(query)?;
    let mut short = read::SHORT;
    let mut long;
    let usual = printable.then(|| read::usual(&query, &mut short));
    let (read, room) = match usual.flatten() {
        Some(read) => (read, &mut short[..]),
        None => {
            long = read::LONG;
            let read = read::any(&query, printable, rules.allow_empty_names, &mut long)?;
            (read, &mut long[..])
        }
    };

    let mut matched = None;
    for key in keys.valid_at(now_ms) {
        let secret = key.material.secret.expose();
        let digest = mac::sha1_guarded_behind((&mut *room, read.length()), secret)?;
        if mac::equal(&digest, &read.claimed) && matched.is_none() {
            matched = Some(key);
        }
    }
    let key = matched.ok_or_else(|| Error::new(ErrorCode::SignatureMismatch))?;

    let signed_at_ms = read.signed_s * 1000;
    window::check(
        now_ms,
        signed_at_ms,
        rules.window.max_age_ms,
        rules.window.max_future_ms,
    )?;
    let (values, [first_name, last_name, email]) = read.values(room);
    let domain = check_content(first_name, last_name, email)?;
    let domains = &key.material.email_domains;
    if !domains.is_empty()
        && !domains
            .iter()
            .any(|own| own.as_bytes().eq_ignore_ascii_case(domain))
    {
        return Err(Error::with_detail(ErrorCode::TenantMismatch, "email"));
    }
    let mut signature = [0; 32];
    signature[..20].copy_from_slice(&read.claimed);
    Ok(Verified {
        fields: Fields::of_names(&key.id, &NAMES[..3], values, read.lengths),
        tenant: key.material.tenant.clone(),
        signed_at_ms,
        until_ms: signed_at_ms.saturating_add(rules.window.max_age_ms),
        signature,
    })
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
    email::domain(email).ok_or_else(|| Error::with_detail(ErrorCode::InvalidField, NAMES[2]))
}

/// The emails that other splits of the same signed text would give: every tail of the email's local part, and every
/// extension of it into the names before it. It may leave no name at all: a signer may have signed for people without.
pub(crate) fn other_emails(first_name: &str, last_name: &str, email: &str) -> Vec<String> {
    let names = first_name.len() + last_name.len();
    let text = [first_name, last_name, email].concat();
    text.char_indices()
        .filter(|(start, _)| *start != names)
        .filter_map(|(start, _)| text.get(start..))
        .filter(|candidate| email::domain(candidate.as_bytes()).is_some())
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
    fn other_readings_of_one_text() {
        assert_eq!(
            other_emails("A", "L", "bob@c"),
            ["ALbob@c", "Lbob@c", "ob@c", "b@c"]
        );
        // A blank is in no email, so none begins before it.
        assert_eq!(other_emails("A B", "", "c@d"), ["Bc@d"]);
    }
}
