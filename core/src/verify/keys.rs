//! Key rings: several keys with names and validity, so that secrets can be rotated without a gap.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::KEYS_MAX,
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// A key and what is known about it. `M` is the prepared material: MAC state, hash token, public key.
pub(crate) struct Key<M> {
    /// The name under which the operator knows the key. Reported when the key matches, so never the secret itself.
    pub(crate) id: String,
    /// First millisecond of validity (Unix time).
    pub(crate) not_before_ms: Option<i64>,
    /// Last millisecond of validity (Unix time).
    pub(crate) not_after_ms: Option<i64>,
    pub(crate) material: M,
}

impl<M> Key<M> {
    pub(crate) fn is_valid_at(&self, now_ms: i64) -> bool {
        self.not_before_ms.is_none_or(|from| from <= now_ms)
            && self.not_after_ms.is_none_or(|to| now_ms <= to)
    }
}

/// One or more keys, tried in order; ids are unique and not empty.
pub(crate) struct KeyRing<M> {
    keys: Vec<Key<M>>,
}

impl<M> KeyRing<M> {
    pub(crate) fn new(keys: Vec<Key<M>>) -> Result<Self> {
        if keys.is_empty() || keys.len() > KEYS_MAX {
            return Err(Error::with_detail(
                ErrorCode::InvalidConfig,
                "a key ring holds 1 to 16 keys",
            ));
        }
        for (at, key) in keys.iter().enumerate() {
            if key.id.is_empty() || keys[..at].iter().any(|other| other.id == key.id) {
                return Err(Error::with_detail(
                    ErrorCode::InvalidConfig,
                    "every key needs an id of its own",
                ));
            }
        }
        Ok(Self { keys })
    }

    /// The keys that are valid at `now_ms`.
    pub(crate) fn valid_at(&self, now_ms: i64) -> impl Iterator<Item = &Key<M>> {
        self.places_valid_at(now_ms).map(|(_, key)| key)
    }

    /// The same with their places in the ring.
    pub(crate) fn places_valid_at(&self, now_ms: i64) -> impl Iterator<Item = (usize, &Key<M>)> {
        let keys = self.keys.iter().enumerate();
        keys.filter(move |(_, key)| key.is_valid_at(now_ms))
    }

    /// The first key, whether or not it is valid.
    pub(crate) fn first(&self) -> Option<&Key<M>> {
        self.keys.first()
    }

    /// The first key, whether or not it is valid, and the others that are valid at `now_ms`.
    pub(crate) fn first_and_valid_at(&self, now_ms: i64) -> impl Iterator<Item = (usize, &Key<M>)> {
        let keys = self.keys.iter().enumerate();
        keys.filter(move |(place, key)| *place == 0 || key.is_valid_at(now_ms))
    }
}

impl<M> fmt::Debug for KeyRing<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|key| &key.id))
            .finish()
    }
}
