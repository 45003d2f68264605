//! `countermark-v1`: HMAC-SHA256 over fields that carry their lengths, with tenant, audience, nonce and expiry.
//!
//! Application fields are parameters `cm.NAME`; the rest is `cm_key`, `cm_tenant`, `cm_aud`, `cm_nonce`, `cm_iat`,
//! `cm_exp` and `cm_sig`. Other parameters are neither signed nor readable afterwards, so mailers may add theirs; an
//! unknown `cm_` or `cm.` name is refused. The signed text is described in [`canon`](super::super::canon).

use super::{Material, Window};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::{QUERY_FIELD_NAME_MAX, QUERY_FIELDS_MAX},
    percent::{self, Space},
    verify::{
        canon::{self, Envelope},
        keys::KeyRing,
        mac::MacKey,
        query::{self, Fields, Verified},
        window,
    },
};
use alloc::{borrow::Cow, format, string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};

/// Bytes of the nonce: 128 bit.
pub(crate) const NONCE_LENGTH: usize = 16;

const CONTROL: [&str; 7] = [
    "cm_key",
    "cm_tenant",
    "cm_aud",
    "cm_nonce",
    "cm_iat",
    "cm_exp",
    "cm_sig",
];
const TENANT: usize = 1;

/// The audience that is configured.
pub(crate) fn audience(configured: Option<String>) -> Result<String> {
    configured
        .filter(|text| is_sendable(text))
        .ok_or_else(|| Error::with_detail(ErrorCode::InvalidConfig, "audience"))
}

/// What no query could carry is refused before the first one is signed or comes.
pub(crate) fn check_key(id: &str, tenant: Option<&str>) -> Result<()> {
    if is_sendable(id) && tenant.is_none_or(is_sendable) {
        return Ok(());
    }
    Err(Error::with_detail(
        ErrorCode::InvalidConfig,
        "a key id or tenant that is empty or has control characters",
    ))
}

fn is_sendable(text: &str) -> bool {
    !text.is_empty() && !query::has_control(text)
}

pub(crate) fn verify(
    query: &[u8],
    keys: &KeyRing<Material<MacKey>>,
    audience: &str,
    window: Window,
    now_ms: i64,
) -> Result<Verified> {
    let (query, _) = query::normalised(query)?;
    let (control, mut fields) = read(&query)?;
    let [key_id, tenant, aud, nonce, issued, expires, signature] = present(&control)?;
    let mut claimed = [0; 32];
    if signature.len() != 43 || Base64UrlUnpadded::decode(signature, &mut claimed).is_err() {
        return Err(Error::new(ErrorCode::MalformedSignature));
    }
    let (Some(issued_s), Some(expires_s)) = (
        query::seconds(issued.as_bytes()),
        query::seconds(expires.as_bytes()),
    ) else {
        return Err(Error::new(ErrorCode::MalformedTimestamp));
    };
    fields.sort_unstable();
    if fields.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(Error::with_detail(
            ErrorCode::DuplicateField,
            "a signed field",
        ));
    }

    let pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let text = canon::canonical(
        Envelope {
            key_id,
            tenant,
            audience: aud,
            nonce,
            issued,
            expires,
        },
        &pairs,
    );
    let key = keys
        .valid_at(now_ms)
        .find(|key| key.id == key_id)
        .filter(|key| key.material.secret.verify(&[&text], &claimed))
        .ok_or_else(|| Error::new(ErrorCode::SignatureMismatch))?;

    let (signed_at_ms, expires_ms) = (issued_s * 1000, expires_s * 1000);
    window::check(
        now_ms,
        signed_at_ms,
        window.max_age_ms,
        window.max_future_ms,
    )?;
    if now_ms > expires_ms {
        return Err(Error::new(ErrorCode::TimestampTooOld));
    }
    if aud != audience {
        return Err(Error::new(ErrorCode::AudienceMismatch));
    }
    // Two empty texts are slow to compare, see `after` in `webhook::signature`.
    let tenant = Some(tenant).filter(|tenant| !tenant.is_empty());
    if key.material.tenant.as_deref() != tenant {
        return Err(Error::new(ErrorCode::TenantMismatch));
    }
    let mut parts = Vec::with_capacity(1 + 4 * pairs.len());
    parts.push(&*key.id);
    for (name, value) in pairs {
        parts.extend([name, "\n", value, "\n"]);
    }
    Ok(Verified {
        fields: Fields::new(parts.concat(), key.id.len()),
        tenant: key.material.tenant.clone(),
        signed_at_ms,
        until_ms: expires_ms.min(signed_at_ms.saturating_add(window.max_age_ms)),
        signature: claimed,
    })
}

type Text<'q> = Cow<'q, str>;

/// The control values, none of which is missing or empty; of a sender without a tenant that is empty.
fn present<'a>(control: &'a [Option<Text<'_>>; 7]) -> Result<[&'a str; 7]> {
    for (at, value) in control.iter().enumerate() {
        match value {
            None if at == TENANT => {}
            None => return Err(Error::with_detail(ErrorCode::MissingField, CONTROL[at])),
            Some(text) if text.is_empty() => {
                return Err(Error::with_detail(ErrorCode::EmptyField, CONTROL[at]));
            }
            Some(_) => {}
        }
    }
    Ok(core::array::from_fn(|at| {
        control[at].as_deref().unwrap_or_default()
    }))
}

/// The seven control values and the application's fields, decoded.
#[allow(clippy::type_complexity)]
fn read(query: &[u8]) -> Result<([Option<Text<'_>>; 7], Vec<(String, Text<'_>)>)> {
    let mut control = [const { None }; 7];
    let mut fields = Vec::new();
    for (name, value) in query::parameters(query) {
        let name = query::decode(name, "a parameter name")?;
        if let Some(at) = CONTROL.iter().position(|known| known.as_bytes() == &*name) {
            if control[at].replace(text(value, CONTROL[at])?).is_some() {
                return Err(Error::with_detail(ErrorCode::DuplicateField, CONTROL[at]));
            }
        } else if let Some(name) = name.strip_prefix(b"cm.") {
            let name = core::str::from_utf8(name).ok().filter(|name| is_name(name));
            let name = name.ok_or_else(|| {
                Error::with_detail(ErrorCode::InvalidField, "the name of a signed field")
            })?;
            if fields.len() == QUERY_FIELDS_MAX {
                return Err(Error::with_detail(
                    ErrorCode::TooLarge,
                    "the number of fields",
                ));
            }
            fields.push((String::from(name), text(value, "a signed field")?));
        } else if name.starts_with(b"cm_") {
            return Err(Error::with_detail(
                ErrorCode::InvalidField,
                "an unknown parameter with the prefix cm_",
            ));
        }
    }
    Ok((control, fields))
}

fn text<'q>(raw: &'q [u8], field: &'static str) -> Result<Text<'q>> {
    let utf8 = || Error::with_detail(ErrorCode::InvalidEncoding, field);
    let text = match query::decode(raw, field)? {
        Cow::Borrowed(bytes) => Cow::Borrowed(core::str::from_utf8(bytes).map_err(|_| utf8())?),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8(bytes).map_err(|_| utf8())?),
    };
    if query::has_control(&text) {
        return Err(Error::with_detail(ErrorCode::InvalidField, field));
    }
    Ok(text)
}

/// Field names are ASCII letters, digits, `_`, `-` and `.`, at most 64 of them.
fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    !name.is_empty() && name.len() <= QUERY_FIELD_NAME_MAX && name.bytes().all(plain)
}

/// What a signer puts in beside the fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issue<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) tenant: Option<&'a str>,
    pub(crate) audience: &'a str,
    pub(crate) nonce: &'a [u8; NONCE_LENGTH],
    pub(crate) issued_s: i64,
    pub(crate) expires_s: i64,
}

/// The signed query.
pub(crate) fn sign(
    key: &MacKey,
    issue: Issue<'_>,
    mut fields: Vec<(&str, &str)>,
) -> Result<String> {
    fields.sort_unstable();
    if fields.len() > QUERY_FIELDS_MAX {
        return Err(Error::with_detail(
            ErrorCode::InvalidInput,
            "too many fields",
        ));
    }
    if fields.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(Error::with_detail(
            ErrorCode::DuplicateField,
            "a field to sign",
        ));
    }
    if fields
        .iter()
        .any(|(name, value)| !is_name(name) || query::has_control(value))
    {
        return Err(Error::with_detail(
            ErrorCode::InvalidField,
            "a field to sign",
        ));
    }
    let nonce = Base64UrlUnpadded::encode_string(issue.nonce);
    let (issued, expires) = (
        format!("{}", issue.issued_s),
        format!("{}", issue.expires_s),
    );
    if query::seconds(issued.as_bytes()).is_none() || query::seconds(expires.as_bytes()).is_none() {
        return Err(Error::with_detail(ErrorCode::InvalidInput, "now_ms"));
    }
    let envelope = Envelope {
        key_id: issue.key_id,
        tenant: issue.tenant.unwrap_or_default(),
        audience: issue.audience,
        nonce: &nonce,
        issued: &issued,
        expires: &expires,
    };
    let signature =
        Base64UrlUnpadded::encode_string(&key.tag(&[&canon::canonical(envelope, &fields)]));
    let mut out = String::new();
    for (name, value) in fields {
        parameter(&mut out, &format!("cm.{name}"), value);
    }
    let values = [
        Some(issue.key_id),
        issue.tenant,
        Some(issue.audience),
        Some(&nonce),
        Some(&issued),
        Some(&expires),
        Some(&signature),
    ];
    for (name, value) in CONTROL.iter().zip(values) {
        if let Some(value) = value {
            parameter(&mut out, name, value);
        }
    }
    Ok(out)
}

/// Appends one parameter; blanks are `%20`, which every reader takes for a blank.
pub(crate) fn parameter(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    out.push_str(name);
    out.push('=');
    percent::encode_into(out, value.as_bytes(), Space::Percent20);
}
