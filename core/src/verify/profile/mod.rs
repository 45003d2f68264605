//! The profiles of signed queries.

pub(crate) mod onelogin;
pub(crate) mod v1;

use crate::{
    error::{Error, ErrorCode, Result},
    limits::QUERY_SECRET_MIN,
};
use alloc::{string::String, vec::Vec};

/// The demo token of OneLogin's published sample code.
const DEMO_SECRET: &[u8] = b"pou134pj123lk1l2kj3l1kj23";

/// What every verifier is set up with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) max_age_ms: i64,
    pub(crate) max_future_ms: i64,
}

/// What belongs to a key beside its name and its time.
pub(crate) struct Material<M> {
    pub(crate) secret: M,
    pub(crate) tenant: Option<String>,
    pub(crate) email_domains: Vec<String>,
}

/// Refuses secrets that can be guessed from one captured link.
pub(crate) fn check_secret(secret: &[u8], allow_demo: bool) -> Result<()> {
    if secret.is_empty() {
        return Err(Error::with_detail(
            ErrorCode::InvalidSecret,
            "an empty secret",
        ));
    }
    if secret.len() < QUERY_SECRET_MIN || (secret == DEMO_SECRET && !allow_demo) {
        return Err(Error::new(ErrorCode::WeakSecret));
    }
    Ok(())
}
