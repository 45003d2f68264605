//! Verification of signed queries and webhooks.

pub(crate) mod asymmetric;
pub(crate) mod keys;
pub(crate) mod mac;
pub(crate) mod webhook;
pub(crate) mod window;
