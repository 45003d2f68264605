//! The settings of verifiers and signers of queries.

use crate::{
    boundary::{array, view_bytes, view_opt},
    option::{flag, number_opt, validity},
    view::countermark_str,
};
use countermark::{
    Error, ErrorCode, Result, Secret,
    facade::{QueryConfig, QueryKey, QueryProfile, QuerySignerConfig},
};

/// HMAC-SHA256 over fields with their lengths. Use this one wherever both ends are yours.
pub const COUNTERMARK_QUERY_V1: i32 = 1;
/// OneLogin's links. Rest on plain SHA-1, and their fields have no borders.
pub const COUNTERMARK_QUERY_LEGACY_ONELOGIN: i32 = 2;
/// The same links with every rule that the format allows.
pub const COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT: i32 = 3;

/// One secret of a ring, and whom it may speak for.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_query_key {
    /// The name of the key: reported when it matches. Required.
    pub id: countermark_str,
    /// The shared secret: at least 20 bytes. Copied, and wiped when the verifier is freed.
    pub secret: countermark_str,
    /// The tenant that holds the secret; absent: none.
    pub tenant: countermark_str,
    /// The email domains that the holder may sign for (`onelogin`); `countermark-v1` takes none.
    pub email_domains: *const countermark_str,
    /// How many; 0: all domains.
    pub email_domains_len: usize,
    /// First millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_BEFORE`. Both 0: INVALID_CONFIG.
    pub not_before_ms: i64,
    /// Last millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_AFTER`.
    pub not_after_ms: i64,
}

/// The settings of a verifier or a signer. Everything is copied.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_query_config {
    /// `COUNTERMARK_QUERY_*`.
    pub profile: i32,
    /// 0 or 1: accepts the demo token of the vendor's sample, for tests.
    pub allow_demo_secret: i32,
    /// 0 or 1: whether names may be empty (verifier, legacy profile only).
    pub allow_empty_names: i32,
    /// The keys, tried in order. A signer takes exactly one.
    pub keys: *const countermark_query_key,
    /// How many.
    pub keys_len: usize,
    /// Who accepts the query; required for `COUNTERMARK_QUERY_V1`.
    pub audience: countermark_str,
    /// Verifier: oldest accepted query in seconds. Signer: life of a query. `COUNTERMARK_DEFAULT`: the library's.
    pub max_age_s: i64,
    /// Verifier: how far a signed time may lie ahead in seconds. `COUNTERMARK_DEFAULT`: the library's.
    pub max_future_s: i64,
}

impl countermark_query_key {
    /// # Safety
    /// Every view is absent or readable.
    unsafe fn read(&self) -> Result<QueryKey> {
        // SAFETY: the caller's promise.
        unsafe {
            let domain = |view: &countermark_str| {
                view_opt(*view).map(|text| text.unwrap_or_default().to_owned())
            };
            let (not_before_ms, not_after_ms) = validity(self.not_before_ms, self.not_after_ms)?;
            Ok(QueryKey {
                id: view_opt(self.id)?.unwrap_or_default().to_owned(),
                secret: Secret::from(view_bytes(self.secret)?),
                not_before_ms,
                not_after_ms,
                tenant: view_opt(self.tenant)?.map(Into::into),
                email_domains: array(self.email_domains, self.email_domains_len)?
                    .iter()
                    .map(domain)
                    .collect::<Result<_>>()?,
            })
        }
    }
}

impl countermark_query_config {
    fn profile(&self) -> Result<QueryProfile> {
        match self.profile {
            COUNTERMARK_QUERY_V1 => Ok(QueryProfile::CountermarkV1),
            COUNTERMARK_QUERY_LEGACY_ONELOGIN => Ok(QueryProfile::LegacyOneLogin),
            COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT => Ok(QueryProfile::LegacyOneLoginStrict),
            _ => Err(Error::with_detail(ErrorCode::InvalidConfig, "profile")),
        }
    }

    /// # Safety
    /// Every view and array is absent or readable.
    unsafe fn keys(&self) -> Result<Vec<QueryKey>> {
        // SAFETY: the caller's promise.
        unsafe {
            array(self.keys, self.keys_len)?
                .iter()
                .map(|key| key.read())
                .collect()
        }
    }

    /// # Safety
    /// Every view and array is absent or readable.
    pub(super) unsafe fn verifier(&self) -> Result<QueryConfig> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(QueryConfig {
                profile: self.profile()?,
                keys: self.keys()?,
                audience: view_opt(self.audience)?.map(Into::into),
                max_age_s: number_opt(self.max_age_s),
                max_future_s: number_opt(self.max_future_s),
                allow_empty_names: flag(self.allow_empty_names)?,
                allow_demo_secret: flag(self.allow_demo_secret)?,
            })
        }
    }

    /// # Safety
    /// Every view and array is absent or readable.
    pub(super) unsafe fn signer(&self) -> Result<QuerySignerConfig> {
        // SAFETY: the caller's promise.
        unsafe {
            let mut keys = self.keys()?;
            let (Some(key), true) = (keys.pop(), keys.is_empty()) else {
                return Err(Error::with_detail(
                    ErrorCode::InvalidConfig,
                    "a signer takes one key",
                ));
            };
            Ok(QuerySignerConfig {
                profile: self.profile()?,
                key,
                audience: view_opt(self.audience)?.map(Into::into),
                lifetime_s: number_opt(self.max_age_s),
                allow_demo_secret: flag(self.allow_demo_secret)?,
            })
        }
    }
}
