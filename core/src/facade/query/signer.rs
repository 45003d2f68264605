//! Making signed queries.

use super::{QueryField, QueryKey, QueryProfile, config::milliseconds};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::{QUERY_MAX, QUERY_MAX_AGE_S},
    secret::Secret,
    verify::{
        mac::{Hash, MacKey},
        profile::{self, onelogin, v1},
        query,
    },
};
use alloc::{boxed::Box, format, string::String};

/// The settings of a [`QuerySigner`]. An absent setting is its default.
#[derive(Debug)]
pub struct QuerySignerConfig {
    /// How to sign.
    pub profile: QueryProfile,
    /// The key to sign with.
    pub key: QueryKey,
    /// Who is to accept the query. Required for `countermark-v1`.
    pub audience: Option<String>,
    /// Life of a query in seconds (`countermark-v1`). Default 240, at most one day; the verifier may allow less.
    pub lifetime_s: Option<i64>,
    /// Accepts the demo token of the vendor's sample, for tests. Off by default.
    pub allow_demo_secret: bool,
}

/// Signs queries of one profile. Immutable; may be shared between threads.
#[derive(Debug)]
pub struct QuerySigner {
    engine: SigningEngine,
}

#[derive(Debug)]
enum SigningEngine {
    OneLogin {
        secret: Secret,
    },
    V1 {
        key: Box<MacKey>,
        key_id: String,
        tenant: Option<String>,
        audience: String,
        lifetime_s: i64,
    },
}

impl QuerySigner {
    /// Checks the settings and prepares the key.
    ///
    /// # Errors
    /// As [`QueryVerifier::new`](super::QueryVerifier::new).
    pub fn new(config: QuerySignerConfig) -> Result<Self> {
        let QuerySignerConfig {
            profile,
            key,
            audience,
            lifetime_s,
            allow_demo_secret,
        } = config;
        profile::check_secret(key.secret.expose(), allow_demo_secret)?;
        if profile.is_onelogin() {
            return Ok(Self {
                engine: SigningEngine::OneLogin { secret: key.secret },
            });
        }
        let audience = v1::audience(audience)?;
        v1::check_key(&key.id, key.tenant.as_deref())?;
        let lifetime_s = milliseconds(lifetime_s.unwrap_or(QUERY_MAX_AGE_S), "lifetime_s")? / 1000;
        let mac = Box::new(MacKey::new(Hash::Sha256, key.secret.expose()));
        Ok(Self {
            engine: SigningEngine::V1 {
                key: mac,
                key_id: key.id,
                tenant: key.tenant,
                audience,
                lifetime_s,
            },
        })
    }

    /// The signed query, without a `?`.
    ///
    /// `onelogin` takes exactly the fields `firstname`, `lastname` and `email`, and no entropy. `countermark-v1` takes up to 32
    /// fields, named with letters, digits, `_`, `-` and `.`, and 16 fresh random bytes.
    ///
    /// # Errors
    /// `INVALID_INPUT`, `INVALID_FIELD`, `MISSING_FIELD`, `EMPTY_FIELD`, `DUPLICATE_FIELD` or `TOO_LARGE` for what the verifier would
    /// refuse, and `INVALID_INPUT` for entropy of another length.
    pub fn sign(&self, fields: &[QueryField], now_ms: i64, entropy: &[u8]) -> Result<String> {
        let query = self.write(fields, now_ms.div_euclid(1000), entropy)?;
        if query.len() > QUERY_MAX {
            return Err(Error::with_detail(ErrorCode::TooLarge, "the query"));
        }
        Ok(query)
    }

    fn write(&self, fields: &[QueryField], now_s: i64, entropy: &[u8]) -> Result<String> {
        match &self.engine {
            SigningEngine::OneLogin { secret } => sign_onelogin(secret, fields, now_s),
            SigningEngine::V1 {
                key,
                key_id,
                tenant,
                audience,
                lifetime_s,
            } => {
                let nonce = entropy.try_into().map_err(|_| {
                    Error::with_detail(ErrorCode::InvalidInput, "entropy must have 16 bytes")
                })?;
                let issue = v1::Issue {
                    key_id,
                    tenant: tenant.as_deref(),
                    audience,
                    nonce,
                    issued_s: now_s,
                    expires_s: now_s.saturating_add(*lifetime_s),
                };
                v1::sign(
                    key,
                    issue,
                    fields
                        .iter()
                        .map(|field| (&*field.name, &*field.value))
                        .collect(),
                )
            }
        }
    }
}

fn sign_onelogin(secret: &Secret, fields: &[QueryField], now_s: i64) -> Result<String> {
    let mut values = [None; 3];
    for field in fields {
        let at = onelogin::NAMES[..3]
            .iter()
            .position(|name| *name == field.name);
        let at = at.ok_or_else(|| {
            Error::with_detail(ErrorCode::InvalidField, "a field that is not signed")
        })?;
        if values[at].replace(&*field.value).is_some() {
            return Err(Error::with_detail(
                ErrorCode::DuplicateField,
                onelogin::NAMES[at],
            ));
        }
    }
    let mut signed = [""; 4];
    for (at, value) in values.into_iter().enumerate() {
        let name = onelogin::NAMES[at];
        signed[at] = value.ok_or_else(|| Error::with_detail(ErrorCode::MissingField, name))?;
        if signed[at].is_empty() {
            return Err(Error::with_detail(ErrorCode::EmptyField, name));
        }
        onelogin::check_form(signed[at], name)?;
    }
    let [first_name, last_name, email, _] = signed.map(str::as_bytes);
    onelogin::check_content(first_name, last_name, email)?;
    let timestamp = format!("{now_s}");
    if query::seconds(timestamp.as_bytes()).is_none() {
        return Err(Error::with_detail(ErrorCode::InvalidInput, "now_ms"));
    }
    signed[3] = &timestamp;
    let signature = onelogin::sign(signed, secret)?;
    let mut out = String::new();
    for (name, value) in onelogin::NAMES
        .iter()
        .zip(signed.iter().copied().chain([&*signature]))
    {
        v1::parameter(&mut out, name, value);
    }
    Ok(out)
}
