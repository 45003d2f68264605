//! Verification of signed queries and webhooks.

pub(crate) mod answer;
pub(crate) mod asymmetric;
mod blocks;
pub(crate) mod canon;
#[cfg(any(feature = "rsa", feature = "ecdsa"))]
pub(crate) mod certificate;
pub(crate) mod explain;
pub(crate) mod handshake;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod mac;
pub(crate) mod profile;
pub(crate) mod query;
pub(crate) mod small;
pub(crate) mod status;
#[cfg(all(test, feature = "std"))]
mod timing_tests;
pub(crate) mod webhook;
pub(crate) mod window;
