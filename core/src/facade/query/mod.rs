//! Signed queries: links that carry their own proof.

mod signer;

pub use signer::{QuerySigner, QuerySignerConfig};

use crate::{
    error::{Error, ErrorCode, Result},
    limits::{QUERY_MAX_AGE_S, QUERY_MAX_FUTURE_S, QUERY_WINDOW_MAX_S},
    secret::Secret,
    verify::{
        keys::{Key, KeyRing},
        mac::{self, Hash, MacKey},
        profile::{self, Material, Window, onelogin, v1},
        query::Verified,
    },
};
use alloc::{format, string::String, vec::Vec};
use core::fmt;

/// How a query is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryProfile {
    /// HMAC-SHA256 over fields that carry their lengths, with key id, tenant, audience, nonce, time and expiry. Use this one
    /// wherever both ends are yours.
    CountermarkV1,
    /// **Rests on plain SHA-1, and its fields have no borders.** OneLogin's withdrawn `timestamp` and `signature` links, as
    /// tolerant of clocks as the vendor's sample. For links that cannot be made otherwise.
    LegacyOneLogin,
    /// **Rests on plain SHA-1, and its fields have no borders.** The same links with every rule that the format allows.
    ///
    /// | | [`LegacyOneLogin`](Self::LegacyOneLogin) | `LegacyOneLoginStrict` |
    /// |---|---|---|
    /// | default of `max_future_s` | 240 | 60 |
    /// | `allow_empty_names` | may be set | refused with `INVALID_CONFIG` |
    /// | the email | [`get`](VerifiedQuery::get) gives it | only a check against the account gives it: [`check_profile`](VerifiedQuery::check_profile), [`check_known_emails`](VerifiedQuery::check_known_emails) |
    /// | everything else: one of each parameter, exact time, strict email and names, secrets of 20 characters, collision detection | the same | the same |
    LegacyOneLoginStrict,
}

impl QueryProfile {
    fn is_onelogin(self) -> bool {
        self != Self::CountermarkV1
    }

    fn default_future_s(self) -> i64 {
        if self == Self::LegacyOneLogin {
            QUERY_MAX_AGE_S
        } else {
            QUERY_MAX_FUTURE_S
        }
    }
}

/// One secret of a ring, and whom it may speak for.
#[derive(Debug)]
pub struct QueryKey {
    /// The name of the key: reported when it matches, and in `countermark-v1` part of the query.
    pub id: String,
    /// The shared secret: at least 20 bytes. Its text is used as it is, without decoding.
    pub secret: Secret,
    /// First millisecond in which the key is accepted (Unix time). Absent: always.
    pub not_before_ms: Option<i64>,
    /// Last millisecond in which the key is accepted (Unix time). Absent: always.
    pub not_after_ms: Option<i64>,
    /// The tenant that holds the secret. `countermark-v1` signs it, and a query of another tenant is refused.
    pub tenant: Option<String>,
    /// The email domains that the holder may sign for (`onelogin`). Empty: all. Set it whenever more than one customer has a
    /// secret, or each of them can sign in as the users of all others.
    pub email_domains: Vec<String>,
}

impl QueryKey {
    /// A key that is always valid, for no tenant in particular.
    #[must_use]
    pub fn new(id: &str, secret: Secret) -> Self {
        Self {
            id: String::from(id),
            secret,
            not_before_ms: None,
            not_after_ms: None,
            tenant: None,
            email_domains: Vec::new(),
        }
    }
}

/// The settings of a [`QueryVerifier`]. An absent setting is its default.
#[derive(Debug)]
pub struct QueryConfig {
    /// How the queries are signed. There is no negotiation: a query cannot choose its profile.
    pub profile: QueryProfile,
    /// 1 to 16 keys, tried in order.
    pub keys: Vec<QueryKey>,
    /// Who this verifier is. Required for `countermark-v1`, which signs it; meaningless for the others.
    pub audience: Option<String>,
    /// Oldest accepted query in seconds, inclusive. Default 240, at most one day.
    pub max_age_s: Option<i64>,
    /// How far a signed time may lie ahead in seconds, inclusive. Default 60, and 240 for [`QueryProfile::LegacyOneLogin`].
    pub max_future_s: Option<i64>,
    /// Whether `firstname` and `lastname` may be empty ([`QueryProfile::LegacyOneLogin`] only). Off by default.
    pub allow_empty_names: bool,
    /// Accepts the demo token of the vendor's sample, for tests. Off by default.
    pub allow_demo_secret: bool,
}

impl QueryConfig {
    /// The defaults for a profile and its keys.
    #[must_use]
    pub fn new(profile: QueryProfile, keys: Vec<QueryKey>) -> Self {
        Self {
            profile,
            keys,
            audience: None,
            max_age_s: None,
            max_future_s: None,
            allow_empty_names: false,
            allow_demo_secret: false,
        }
    }
}

/// A name and its value, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryField {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Verifies signed queries of one profile. Immutable; may be shared between threads.
///
/// Pass the raw text after the `?`, as it arrived: a query that was parsed and written again is another text. After
/// success, [reserve](super::ReplayMemory::reserve) the replay key, or the link can be used again until it is too old.
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
            let audience = audience.filter(|text| !text.is_empty());
            let audience =
                audience.ok_or_else(|| Error::with_detail(ErrorCode::InvalidConfig, "audience"))?;
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
        let verified = match &self.engine {
            Engine::OneLogin { keys, rules } => onelogin::verify(query, keys, *rules, now_ms)?,
            Engine::V1 {
                keys,
                audience,
                window,
            } => v1::verify(query, keys, audience, *window, now_ms)?,
        };
        Ok(VerifiedQuery {
            verified,
            profile: self.profile,
        })
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

fn milliseconds(seconds: i64, setting: &'static str) -> Result<i64> {
    if (0..=QUERY_WINDOW_MAX_S).contains(&seconds) {
        Ok(seconds * 1000)
    } else {
        Err(Error::with_detail(ErrorCode::InvalidConfig, setting))
    }
}

/// What a query proved. Holds the signed fields only; other parameters of the query cannot be read from it.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedQuery {
    verified: Verified,
    profile: QueryProfile,
}

impl VerifiedQuery {
    /// The value of a signed field. For the OneLogin profiles `firstname`, `lastname` and `email`, but of
    /// [`QueryProfile::LegacyOneLoginStrict`] not the email, which is only a [claim](Self::claimed_email).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields()
            .find(|field| field.0 == name)
            .map(|field| field.1)
    }

    /// Name and value of what [`get`](Self::get) gives: in signed order for the OneLogin profiles, in the order of their names
    /// for `countermark-v1`.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let proven = self.profile != QueryProfile::LegacyOneLoginStrict;
        let fields = self.verified.fields.iter();
        fields.filter(move |field| proven || field.0 != onelogin::EMAIL)
    }

    /// [`fields`](Self::fields) as a list of its own.
    #[must_use]
    pub fn pairs(&self) -> Vec<QueryField> {
        let field = |(name, value)| QueryField {
            name: String::from(name),
            value: String::from(value),
        };
        self.fields().map(field).collect()
    }

    /// The id of the key that fits.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.verified.fields.key_id()
    }

    /// The tenant of that key, if it has one.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.verified.tenant.as_deref()
    }

    /// The signed time, in Unix milliseconds.
    #[must_use]
    pub fn signed_at_ms(&self) -> i64 {
        self.verified.signed_at_ms
    }

    /// `sha1` or `hmac-sha256`, so that uses of the weak one can be counted.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        if self.profile.is_onelogin() {
            "sha1"
        } else {
            "hmac-sha256"
        }
    }

    /// The key to [reserve](super::ReplayMemory::reserve) before anything is done: 64 hex digits after a prefix. Other
    /// spellings of the same query have the same key, and for `onelogin` so have all splits of the same signed text.
    #[must_use]
    pub fn replay_key(&self) -> String {
        let digest = mac::sha256_of(
            b"countermark.query.used",
            &[
                self.algorithm().as_bytes(),
                &self.verified.signature,
                &self.verified.signed_at_ms.to_be_bytes(),
            ],
        );
        format!(
            "countermark.query.used.{}",
            base16ct::lower::encode_string(&digest)
        )
    }

    /// The last millisecond in which the query would be accepted (Unix time): keep the replay key until then.
    #[must_use]
    pub fn replay_until_ms(&self) -> i64 {
        self.verified.until_ms
    }

    /// The email that a OneLogin link names, to look the account up with; absent for `countermark-v1`.
    ///
    /// **A claim, not an identity.** The borders between the fields are not signed: `Ann`, `Leebig`, `bob@…` is signed like
    /// `Ann`, `Lee`, `bigbob@…`. Log in what [`check_profile`](Self::check_profile) or
    /// [`check_known_emails`](Self::check_known_emails) gives.
    #[must_use]
    pub fn claimed_email(&self) -> Option<&str> {
        let email = |field: &(&str, &str)| field.0 == onelogin::EMAIL;
        let onelogin = self.profile.is_onelogin();
        let mut fields = self.verified.fields.iter();
        fields.find(email).filter(|_| onelogin).map(|field| field.1)
    }

    /// The other emails that other splits of the same signed text would give, at most 64. Empty for `countermark-v1`.
    #[must_use]
    pub fn ambiguous_emails(&self) -> Vec<String> {
        let Some(email) = self.claimed_email() else {
            return Vec::new();
        };
        let [first, last] = self.names();
        onelogin::other_emails(first, last, email)
    }

    /// The email of a OneLogin link, proven by the names of its account: they must be exactly the signed ones, or the borders may
    /// have been shifted. Look them up in your own directory.
    ///
    /// What is left: somebody who may choose his own names at the signing side, and whose email is a tail of another's
    /// (`bob@…` of `bigbob@…`), can take the names that make his link read as the other's. Where that can be, call
    /// [`check_known_emails`](Self::check_known_emails) too.
    ///
    /// # Errors
    /// `PROFILE_MISMATCH`; `INVALID_INPUT` for a query of `countermark-v1`, whose fields cannot be shifted.
    pub fn check_profile(&self, expected_first: &str, expected_last: &str) -> Result<&str> {
        let email = self.claim()?;
        if self.names() == [expected_first, expected_last] {
            Ok(email)
        } else {
            Err(Error::new(ErrorCode::ProfileMismatch))
        }
    }

    /// The email of a OneLogin link, proven by a look-up: it must be an account, and no [other
    /// email](Self::ambiguous_emails) of the same signed text may be one. `known` holds those of all these emails that
    /// your directory has; it may hold more. ASCII letters are compared without their case.
    ///
    /// What is left: a signer's user who has no account here, and whose email ends in another's. Where that can be, call
    /// [`check_profile`](Self::check_profile) too.
    ///
    /// # Errors
    /// As [`check_profile`](Self::check_profile).
    pub fn check_known_emails(&self, known: &[&str]) -> Result<&str> {
        let claimed = self.claim()?;
        let is_known = |email: &str| known.iter().any(|own| own.eq_ignore_ascii_case(email));
        if is_known(claimed) && !self.ambiguous_emails().iter().any(|other| is_known(other)) {
            Ok(claimed)
        } else {
            Err(Error::new(ErrorCode::ProfileMismatch))
        }
    }

    fn claim(&self) -> Result<&str> {
        self.claimed_email()
            .ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "not a onelogin query"))
    }

    fn names(&self) -> [&str; 2] {
        [onelogin::NAMES[0], onelogin::NAMES[1]].map(|name| self.get(name).unwrap_or_default())
    }
}

impl fmt::Debug for VerifiedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedQuery")
            .field("key_id", &self.verified.fields.key_id())
            .field("signed_at_ms", &self.verified.signed_at_ms)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}
