//! SecureSign: signing by the user's own token, asked for over the vendor's API and a deep link.

mod call;
mod settings;
mod types;

pub(crate) use call::{SecureSignSessionCall, SecureSignValidateCall};
pub(crate) use settings::{SecureSignClient, platform_named};
pub(crate) use types::{
    SecureSignHint, SecureSignPending, SecureSignRequest, SecureSignResult, SecureSignSession,
    SecureSignValidation, pin_status_permits_signing, read_securesign_callback,
    securesign_code_retry, securesign_origin, securesign_pin_session_is_open,
    securesign_rate_limit_wait_ms,
};
