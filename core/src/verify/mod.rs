//! Verification of signed queries and webhooks.

pub(crate) mod keys;
pub(crate) mod mac;
pub(crate) mod window;
