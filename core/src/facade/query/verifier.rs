//! Verifying.

use super::{QueryConfig, QueryKey, QueryProfile, VerifiedQuery, config::milliseconds};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::QUERY_MAX_AGE_S,
    secret::Secret,
    verify::{
        keys::{Key, KeyRing},
        mac::{Hash, MacKey},
        profile::{self, Material, Window, onelogin, v1},
    },
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Verifies signed queries of one profile. Immutable; may be shared between threads.
///
/// Pass the raw text after the `?`, as it arrived: a query that was parsed and written again is another text. After
/// success, [reserve](crate::facade::ReplayMemory::reserve) the replay key, or the link can be used again until it is too old.
///
/// ```
/// # use countermark::{Secret, facade::*};
/// # struct Account { first_name: &'static str, last_name: &'static str }
/// # let look_up = |_email: &str| Account { first_name: "Ann", last_name: "Lee" };
/// let key = QueryKey::new("2026-11", Secret::from("a secret of at least twenty characters"));
/// let verifier = QueryVerifier::new(QueryConfig::new(QueryProfile::LegacyOneLoginStrict, vec![key]))?;
/// let query = "firstname=Ann&lastname=Lee&email=bigbob%40corp.example&timestamp=1700000000\
///     &signature=a8471e21f59fa03a70d911150155c94bae806be3";
/// let now_ms = 1_700_000_000_000;
/// let verified = verifier.verify(query.as_bytes(), now_ms)?;
///
/// // The borders between the fields are not signed, so what the link names is a claim until it fits an account.
/// let claimed = verified.claimed_email().unwrap_or_default();
/// let account = look_up(claimed);
/// let email = verified.check_profile(account.first_name, account.last_name)?;
/// assert_eq!(email, "bigbob@corp.example");
///
/// // With the borders shifted, the signature still fits; the names of bob do not.
/// let shifted = query.replace("Lee&email=big", "Leebig&email=");
/// let error = verifier.verify(shifted.as_bytes(), now_ms)?.check_profile("Bob", "Roe").unwrap_err();
/// assert_eq!(error.code().name(), "PROFILE_MISMATCH");
/// # Ok::<(), countermark::Error>(())
/// ```
#[derive(Debug)]
pub struct QueryVerifier {
    profile: QueryProfile,
    engine: Engine,
}

enum Engine {
    OneLogin {
        keys: KeyRing<Material<Secret>>,
        rules: onelogin::Rules,
    },
    V1 {
        keys: KeyRing<Material<MacKey>>,
        audience: String,
        window: Window,
    },
}

impl QueryVerifier {
    /// Checks the settings and prepares the keys.
    ///
    /// # Errors
    /// `INVALID_SECRET` for an empty secret; `WEAK_SECRET` for one below 20 bytes or the vendor's demo token;
    /// `INVALID_CONFIG` for anything else, named in the detail.
    pub fn new(config: QueryConfig) -> Result<Self> {
        let QueryConfig {
            profile,
            keys,
            audience,
            max_age_s,
            max_future_s,
            allow_empty_names,
            allow_demo_secret,
        } = config;
        let window = Window {
            max_age_ms: milliseconds(max_age_s.unwrap_or(QUERY_MAX_AGE_S), "max_age_s")?,
            max_future_ms: milliseconds(
                max_future_s.unwrap_or_else(|| profile.default_future_s()),
                "max_future_s",
            )?,
        };
        if allow_empty_names && profile != QueryProfile::LegacyOneLogin {
            return Err(Error::with_detail(
                ErrorCode::InvalidConfig,
                "allow_empty_names",
            ));
        }
        let engine = if profile.is_onelogin() {
            let keys = ring(keys, allow_demo_secret, |secret| secret)?;
            Engine::OneLogin {
                keys,
                rules: onelogin::Rules {
                    window,
                    allow_empty_names,
                },
            }
        } else {
            let audience = v1::audience(audience)?;
            for key in &keys {
                v1::check_key(&key.id, key.tenant.as_deref())?;
            }
            // Here a tenant is signed. Nobody may take a list of domains for a border that is not drawn.
            if keys.iter().any(|key| !key.email_domains.is_empty()) {
                return Err(Error::with_detail(
                    ErrorCode::InvalidConfig,
                    "email_domains",
                ));
            }
            let keys = ring(keys, allow_demo_secret, |secret| {
                MacKey::new(Hash::Sha256, secret.expose())
            })?;
            Engine::V1 {
                keys,
                audience,
                window,
            }
        };
        Ok(Self { profile, engine })
    }

    /// Verifies the raw query, without its `?`.
    ///
    /// Checks in this order, and gives the first fault: `TOO_LARGE`; `INVALID_ENCODING`, `DUPLICATE_FIELD`, `MISSING_FIELD`,
    /// `EMPTY_FIELD`, `MALFORMED_SIGNATURE`, `INVALID_FIELD` for control characters, `MALFORMED_TIMESTAMP`;
    /// `COLLISION_DETECTED`, `SIGNATURE_MISMATCH`; `TIMESTAMP_TOO_OLD`, `TIMESTAMP_TOO_NEW`; `INVALID_FIELD` for signed
    /// values that are no name or email, `AUDIENCE_MISMATCH`, `TENANT_MISMATCH`. `now_ms` is Unix time in milliseconds.
    ///
    /// # Errors
    /// The codes above. Show a visitor only [`Error::public_message`].
    pub fn verify(&self, query: &[u8], now_ms: i64) -> Result<VerifiedQuery> {
        let verified = |verified| VerifiedQuery {
            verified,
            profile: self.profile,
        };
        match &self.engine {
            Engine::OneLogin { keys, rules } => {
                onelogin::verify(query, keys, *rules, now_ms).map(verified)
            }
            Engine::V1 {
                keys,
                audience,
                window,
            } => v1::verify(query, keys, audience, *window, now_ms).map(verified),
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneLogin { keys, .. } => f.debug_tuple("OneLogin").field(keys).finish(),
            Self::V1 { keys, .. } => f.debug_tuple("V1").field(keys).finish(),
        }
    }
}

fn ring<M>(
    keys: Vec<QueryKey>,
    allow_demo: bool,
    prepare: impl Fn(Secret) -> M,
) -> Result<KeyRing<Material<M>>> {
    let mut prepared = Vec::with_capacity(keys.len());
    for key in keys {
        profile::check_secret(key.secret.expose(), allow_demo)?;
        prepared.push(Key {
            id: key.id,
            not_before_ms: key.not_before_ms,
            not_after_ms: key.not_after_ms,
            material: Material {
                secret: prepare(key.secret),
                tenant: key.tenant,
                email_domains: key.email_domains,
            },
        });
    }
    KeyRing::new(prepared)
}
