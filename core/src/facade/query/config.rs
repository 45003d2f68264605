//! How queries are signed, and with which keys.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::{QUERY_MAX_AGE_S, QUERY_MAX_FUTURE_S, QUERY_WINDOW_MAX_S},
    names::names,
    secret::Secret,
};
use alloc::{string::String, vec::Vec};

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
    /// | the email | [`get`](super::VerifiedQuery::get) gives it | only a check against the account gives it: [`check_profile`](super::VerifiedQuery::check_profile), [`check_known_emails`](super::VerifiedQuery::check_known_emails) |
    /// | everything else: one of each parameter, exact time, strict email and names, secrets of 20 characters, collision detection | the same | the same |
    LegacyOneLoginStrict,
}

names! {
    QueryProfile {
        CountermarkV1 "countermark-v1",
        LegacyOneLogin "legacy-onelogin",
        LegacyOneLoginStrict "legacy-onelogin-strict",
    }
}

impl QueryProfile {
    pub(super) fn is_onelogin(self) -> bool {
        self != Self::CountermarkV1
    }

    pub(super) fn default_future_s(self) -> i64 {
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
    /// secret, or each of them can sign in as the users of all others. `countermark-v1` signs the tenant in its place, and takes no
    /// domains: `INVALID_CONFIG`.
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

/// The settings of a [`QueryVerifier`](super::QueryVerifier). An absent setting is its default.
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

/// A window in seconds, at most one day, in milliseconds.
pub(super) fn milliseconds(seconds: i64, setting: &'static str) -> Result<i64> {
    if (0..=QUERY_WINDOW_MAX_S).contains(&seconds) {
        Ok(seconds * 1000)
    } else {
        Err(Error::with_detail(ErrorCode::InvalidConfig, setting))
    }
}
