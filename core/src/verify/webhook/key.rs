//! Keys: from the text that an operator pastes to prepared material.

use super::{
    row::{Digest, KeyEncoding, Row, names},
    text::{secret_base64, secret_base64url, secret_hex},
};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WHSEC_MIN,
    secret::Secret,
    verify::{
        asymmetric::{PrivateKey, PublicKey},
        mac::{Hash, MacKey},
    },
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// One secret or public key of a webhook.
#[derive(Debug)]
pub struct WebhookKey {
    /// Your name for the key; reported when it matches.
    pub id: String,
    /// The secret as the sender's console shows it.
    pub secret: Secret,
    /// How the secret is written; without it, as the scheme has it.
    pub encoding: Option<KeyEncoding>,
    /// First moment of validity, Unix milliseconds.
    pub not_before_ms: Option<i64>,
    /// Last moment of validity, Unix milliseconds.
    pub not_after_ms: Option<i64>,
}

impl WebhookKey {
    /// A key that is always valid, written as the scheme has it.
    #[must_use]
    pub fn new(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: Secret::from(secret),
            encoding: None,
            not_before_ms: None,
            not_after_ms: None,
        }
    }
}

/// A key that is ready to use.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// What this key verifies; not always the digest of the row, since one header may carry two kinds.
    pub(crate) digest: Digest,
    pub(crate) material: Material,
    /// The other half of a key of two parts: bot id, webhook id, or a salt, which is secret too.
    pub(crate) companion: Secret,
}

/// The key itself.
#[derive(Debug)]
pub(crate) enum Material {
    /// One prepared MAC key per hash of the scheme.
    Mac(Vec<(Hash, MacKey)>),
    /// The secret for plain hashes and tokens.
    Secret(Secret),
    Public(PublicKey),
    Private(PrivateKey),
}

/// Prepares a key for verifying.
///
/// # Errors
/// `INVALID_SECRET` for a key that is empty, too short, not decodable or of another kind; `UNSUPPORTED` when the
/// build has no code for it.
pub(crate) fn for_verifying(
    row: &Row<'_>,
    secret: &Secret,
    encoding: Option<KeyEncoding>,
) -> Result<Prepared> {
    let prepared = prepare(row, secret, encoding.unwrap_or(row.key))?;
    match prepared.material {
        Material::Private(_) => Err(invalid("a private key where a public key is needed")),
        _ => Ok(prepared),
    }
}

/// Prepares the bytes of a secret for verifying, whatever they are: for explanations only.
///
/// # Errors
/// `INVALID_SECRET` for a scheme with public keys or with keys of two parts.
pub(crate) fn for_verifying_bytes(row: &Row<'_>, bytes: Secret) -> Result<Prepared> {
    if row.key == KeyEncoding::HexKeyHexSalt {
        return Err(invalid("a key of two parts"));
    }
    Ok(Prepared {
        digest: row.digest,
        material: symmetric_material(row, bytes)?,
        companion: none(),
    })
}

/// Prepares a key for signing: a MAC key, a secret, or a private key.
///
/// # Errors
/// As [`for_verifying`].
pub(crate) fn for_signing(
    row: &Row<'_>,
    secret: &Secret,
    encoding: Option<KeyEncoding>,
) -> Result<Prepared> {
    let default = match row.key {
        KeyEncoding::Ed25519PublicHex => KeyEncoding::Ed25519SeedHex,
        KeyEncoding::BotIdEd25519Hex => KeyEncoding::BotIdEd25519SeedHex,
        KeyEncoding::SpkiDerBase64 => KeyEncoding::Pkcs8DerBase64,
        KeyEncoding::WebhookIdX509Pem => KeyEncoding::WebhookIdPkcs8DerBase64,
        other => other,
    };
    let prepared = prepare(row, secret, encoding.unwrap_or(default))?;
    match prepared.material {
        Material::Public(_) => Err(invalid("a public key where a private key is needed")),
        _ => Ok(prepared),
    }
}

/// From <https://developer.zendesk.com/documentation/webhooks/verifying/>.
const ZENDESK_TESTS: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";

fn prepare(row: &Row<'_>, secret: &Secret, encoding: KeyEncoding) -> Result<Prepared> {
    let text = pasted(row, secret, encoding)?;
    if let Some(feature) = missing_feature(encoding) {
        return Err(Error::with_detail(ErrorCode::Unsupported, feature));
    }
    let (digest, material, companion) = material(row, text, encoding)?;
    let fits =
        digest == row.digest || (digest == Digest::Ed25519 && !row.ed25519_prefix.is_empty());
    let needs_companion = matches!(
        row.key,
        KeyEncoding::HexKeyHexSalt | KeyEncoding::BotIdEd25519Hex | KeyEncoding::WebhookIdX509Pem
    );
    if !fits || companion.expose().is_empty() == needs_companion {
        return Err(invalid(
            [encoding.name(), " is no key encoding of this scheme"].concat(),
        ));
    }
    Ok(Prepared {
        digest,
        material,
        companion,
    })
}

/// The text of a secret, without the mistakes of whoever pasted it.
fn pasted<'a>(row: &Row<'_>, secret: &'a Secret, encoding: KeyEncoding) -> Result<&'a str> {
    let text = core::str::from_utf8(secret.expose()).map_err(|_| invalid("not UTF-8"))?;
    if text.is_empty() {
        return Err(invalid("empty"));
    }
    // A PEM file ends in a line break.
    let text = match encoding {
        KeyEncoding::WebhookIdX509Pem => text.trim_end(),
        _ => text,
    };
    if text.starts_with([' ', '\t', '\r', '\n']) || text.ends_with([' ', '\t', '\r', '\n']) {
        return Err(invalid("white space or a line break around it"));
    }
    if text == ZENDESK_TESTS {
        return Err(invalid(
            "a secret that everybody knows: Zendesk signs its test requests with it",
        ));
    }
    if let Some(prefix) = names(row.not_secrets).find(|prefix| text.starts_with(prefix)) {
        return Err(invalid(
            [prefix, " begins an API key, not a signing secret"].concat(),
        ));
    }
    Ok(text)
}

/// What a key of this kind verifies or signs, the key itself, and its other half.
fn material(
    row: &Row<'_>,
    text: &str,
    encoding: KeyEncoding,
) -> Result<(Digest, Material, Secret)> {
    Ok(match encoding {
        KeyEncoding::Utf8
        | KeyEncoding::Whsec
        | KeyEncoding::Base64
        | KeyEncoding::Base64Url
        | KeyEncoding::Hex
        | KeyEncoding::HexKeyHexSalt => {
            let (bytes, salt) = symmetric(text, encoding)?;
            (row.digest, symmetric_material(row, bytes)?, salt)
        }
        KeyEncoding::Whpk | KeyEncoding::Ed25519PublicHex | KeyEncoding::BotIdEd25519Hex => {
            let (companion, bytes) = ed25519_bytes(text, encoding)?;
            (
                Digest::Ed25519,
                Material::Public(PublicKey::ed25519(bytes.expose())?),
                companion,
            )
        }
        KeyEncoding::Whsk | KeyEncoding::Ed25519SeedHex | KeyEncoding::BotIdEd25519SeedHex => {
            let (companion, bytes) = ed25519_bytes(text, encoding)?;
            (
                Digest::Ed25519,
                Material::Private(PrivateKey::ed25519(bytes.expose())?),
                companion,
            )
        }
        KeyEncoding::SpkiDerBase64 => {
            let der = secret_base64(text).ok_or(invalid("not base64"))?;
            (
                Digest::EcdsaP256,
                Material::Public(PublicKey::p256(&der)?),
                none(),
            )
        }
        KeyEncoding::Pkcs8DerBase64 => {
            let der = Secret::new(secret_base64(text).ok_or(invalid("not base64"))?);
            (
                Digest::EcdsaP256,
                Material::Private(PrivateKey::p256(der.expose())?),
                none(),
            )
        }
        KeyEncoding::WebhookIdX509Pem => {
            let (id, pem) = two_parts(text, "webhook id and certificate")?;
            let der = pem_certificate(pem)
                .ok_or(invalid("no certificate in PEM after the webhook id"))?;
            (
                Digest::RsaSha256,
                Material::Public(PublicKey::rsa_certificate(&der)?),
                id.into(),
            )
        }
        KeyEncoding::WebhookIdPkcs8DerBase64 => {
            let (id, key) = two_parts(text, "webhook id and key")?;
            let der = Secret::new(secret_base64(key).ok_or(invalid("not base64"))?);
            (
                Digest::RsaSha256,
                Material::Private(PrivateKey::rsa(der.expose())?),
                id.into(),
            )
        }
    })
}

/// The feature that this build lacks for keys of this kind.
fn missing_feature(encoding: KeyEncoding) -> Option<&'static str> {
    match encoding {
        KeyEncoding::Whpk
        | KeyEncoding::Ed25519PublicHex
        | KeyEncoding::BotIdEd25519Hex
        | KeyEncoding::Whsk
        | KeyEncoding::Ed25519SeedHex
        | KeyEncoding::BotIdEd25519SeedHex
            if !cfg!(feature = "ed25519") =>
        {
            Some("feature ed25519")
        }
        KeyEncoding::SpkiDerBase64 | KeyEncoding::Pkcs8DerBase64 if !cfg!(feature = "ecdsa") => {
            Some("feature ecdsa")
        }
        KeyEncoding::WebhookIdX509Pem | KeyEncoding::WebhookIdPkcs8DerBase64
            if !cfg!(feature = "rsa") =>
        {
            Some("feature rsa")
        }
        _ => None,
    }
}

fn symmetric_material(row: &Row<'_>, bytes: Secret) -> Result<Material> {
    match row.digest {
        Digest::Hmac => {
            let key = labelled(row, bytes);
            Ok(Material::Mac(
                row.hash
                    .iter()
                    .map(|&hash| (hash, MacKey::new(hash, key.expose())))
                    .collect(),
            ))
        }
        Digest::Hash | Digest::Token => Ok(Material::Secret(bytes)),
        Digest::Ed25519 | Digest::EcdsaP256 | Digest::RsaSha256 => {
            Err(invalid("this scheme needs a public key"))
        }
    }
}

/// The bytes of an HMAC key: those of the secret, or what the scheme derives from them.
fn labelled(row: &Row<'_>, bytes: Secret) -> Secret {
    if row.key_label.is_empty() {
        return bytes;
    }
    let derived = MacKey::new(Hash::Sha256, row.key_label.as_bytes()).tag(&[bytes.expose()]);
    Secret::new(derived.to_vec())
}

/// The bytes of the HMAC key that [`for_verifying`] prepares, for an HMAC of somebody else's.
///
/// # Errors
/// As [`for_verifying`].
pub(crate) fn hmac_bytes(
    row: &Row<'_>,
    secret: &Secret,
    encoding: Option<KeyEncoding>,
) -> Result<Secret> {
    let text = core::str::from_utf8(secret.expose()).map_err(|_| invalid("not UTF-8"))?;
    let (bytes, _) = symmetric(text, encoding.unwrap_or(row.key))?;
    Ok(labelled(row, bytes))
}

/// Key bytes, and the salt of a key of two parts.
fn symmetric(text: &str, encoding: KeyEncoding) -> Result<(Secret, Secret)> {
    let mut salt = none();
    let bytes = match encoding {
        KeyEncoding::Whsec => return Ok((whsec(text)?, salt)),
        KeyEncoding::Base64 => secret_base64(text).ok_or_else(|| invalid("not base64"))?,
        KeyEncoding::Base64Url => {
            secret_base64url(text).ok_or_else(|| invalid("not URL-safe base64"))?
        }
        KeyEncoding::Hex => secret_hex(text).ok_or_else(|| invalid("not hex"))?,
        KeyEncoding::HexKeyHexSalt => {
            let (key, other) = two_parts(text, "key and salt")?;
            salt = Secret::new(secret_hex(other).ok_or_else(|| invalid("not hex"))?);
            secret_hex(key).ok_or_else(|| invalid("not hex"))?
        }
        _ => text.as_bytes().to_vec(),
    };
    if bytes.is_empty() {
        return Err(invalid("empty"));
    }
    Ok((Secret::new(bytes), salt))
}

/// For a key that has no second part.
fn none() -> Secret {
    Secret::new(Vec::new())
}

fn whsec(text: &str) -> Result<Secret> {
    for (prefix, what) in [
        ("v1,whsec_", "leave out the v1, in front of whsec_"),
        ("whpk_", "whpk_ begins a public key: its encoding is whpk"),
        ("whsk_", "whsk_ begins a private key of the sender"),
    ] {
        if text.starts_with(prefix) {
            return Err(invalid(what));
        }
    }
    let bytes = secret_base64(text.strip_prefix("whsec_").unwrap_or(text)).ok_or(invalid(
        "not base64 after whsec_; a secret used as text has the encoding utf8",
    ))?;
    let bytes = Secret::new(bytes);
    if bytes.expose().len() < WHSEC_MIN {
        return Err(invalid("shorter than 16 bytes"));
    }
    Ok(bytes)
}

/// The companion and the key bytes of the Ed25519 encodings.
fn ed25519_bytes(text: &str, encoding: KeyEncoding) -> Result<(Secret, Secret)> {
    let hex = |text| secret_hex(text).map(Secret::new).ok_or(invalid("not hex"));
    let base64 = |prefix: &str, others: [&str; 2]| {
        if let Some(other) = others.iter().find(|other| text.starts_with(**other)) {
            return Err(invalid([*other, " where ", prefix, " is needed"].concat()));
        }
        secret_base64(text.strip_prefix(prefix).unwrap_or(text))
            .map(Secret::new)
            .ok_or(invalid("not base64"))
    };
    match encoding {
        KeyEncoding::Whpk => Ok((none(), base64("whpk_", ["whsk_", "whsec_"])?)),
        KeyEncoding::Whsk => Ok((none(), base64("whsk_", ["whpk_", "whsec_"])?)),
        KeyEncoding::BotIdEd25519Hex | KeyEncoding::BotIdEd25519SeedHex => {
            let (id, key) = two_parts(text, "bot id and key")?;
            Ok((id.into(), hex(key)?))
        }
        _ => Ok((none(), hex(text)?)),
    }
}

fn two_parts<'a>(text: &'a str, what: &str) -> Result<(&'a str, &'a str)> {
    text.split_once(':')
        .filter(|(left, right)| !left.is_empty() && !right.is_empty())
        .ok_or_else(|| invalid(["not ", what, ", with a colon between"].concat()))
}

/// The DER bytes of the first certificate in a PEM text: those of its issuers may stand behind it. In an environment variable, `\n` may
/// stand for line breaks.
fn pem_certificate(pem: &str) -> Option<Vec<u8>> {
    let (inner, _) = pem
        .trim_start()
        .strip_prefix("-----BEGIN CERTIFICATE-----")?
        .split_once("-----END CERTIFICATE-----")?;
    let lines = inner.replace("\\n", "\n");
    let text: String = lines.split_ascii_whitespace().collect();
    secret_base64(&text)
}

pub(crate) fn invalid(what: impl AsRef<str>) -> Error {
    Error::with_detail(ErrorCode::InvalidSecret, what.as_ref().to_owned())
}
