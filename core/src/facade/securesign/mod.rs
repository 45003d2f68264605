//! SecureSign: signing by the user's own token, asked for over the vendor's API and a deep link.

mod call;
mod client;

pub use crate::securesign::code::{PinStatus, SecureSignCode, SecureSignRetry};
pub use crate::securesign::types::{
    SecureSignConfig, SecureSignEnvironment, SecureSignHash, SecureSignHint, SecureSignPending,
    SecureSignPlatform, SecureSignRequest, SecureSignResult, SecureSignSession,
    SecureSignValidation,
};
pub use call::{SecureSignSessionCall, SecureSignValidateCall};
pub use client::{
    SECURESIGN_BASE_URL, SecureSignClient, read_securesign_callback, securesign_origin,
    securesign_pin_session_is_open, securesign_rate_limit_wait_ms,
};
