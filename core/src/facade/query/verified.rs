//! What a query proved.

use super::QueryProfile;
use crate::{
    error::{Error, ErrorCode, Result},
    verify::{mac, profile::onelogin, query::Verified},
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// A name and its value, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryField {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// What a query proved. Holds the signed fields only; other parameters of the query cannot be read from it.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedQuery {
    pub(super) verified: Verified,
    pub(super) profile: QueryProfile,
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

    /// The key to [reserve](crate::facade::ReplayMemory::reserve) before anything is done: 64 hex digits after a prefix. Other
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
        let digits = base16ct::lower::encode_string(&digest);
        ["countermark.query.used.", &digits].concat()
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
