//! The settings of a client, and what is to be signed.

use crate::{
    boundary::{array, view_bytes, view_opt, view_text},
    option::span_opt,
    view::countermark_str,
};
use countermark::{
    Error, ErrorCode, Result, Secret,
    facade::{
        SecureSignConfig, SecureSignEnvironment, SecureSignHash, SecureSignPending,
        SecureSignPlatform, SecureSignRequest,
    },
};

/// The settings of a client. Everything is copied.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_securesign_config {
    /// The API: `https://host[:port]/v1`; `http` for loopback only. Absent: the vendor's.
    pub base_url: countermark_str,
    /// `live` or `test`: a key of the other kind is refused.
    pub environment: countermark_str,
    /// The API key. Copied, and wiped when the client and its calls are freed.
    pub api_key: countermark_str,
    /// The tenant that the key must belong to.
    pub tenant_id: countermark_str,
    /// The hosts that a callback may go to, in lower case and without port.
    pub callback_hosts: *const countermark_str,
    /// How many.
    pub callback_hosts_len: usize,
    /// How many seconds past its end a session is still taken. `COUNTERMARK_DEFAULT`: none.
    pub clock_skew_s: i64,
}

/// What is to be signed, and where the answer goes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_securesign_request {
    /// A fresh id: 1 to 128 letters, digits, `_`, `-` and `.`; make it of 128 random bits.
    pub request_id: countermark_str,
    /// The digest of the document: bytes.
    pub hash: countermark_str,
    /// How the digest was made: `SHA256`, `SHA384` or `SHA512`.
    pub algorithm: countermark_str,
    /// Where the product sends the visitor afterwards: an allowed host and a path, without query.
    pub callback_url: countermark_str,
}

/// What to keep on the server until the callback comes, under its request id. Never take any of it from the visitor.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_securesign_pending {
    /// The id of the request.
    pub request_id: countermark_str,
    /// The digest that was to be signed: bytes.
    pub hash: countermark_str,
    /// How the digest was made: `SHA256`, `SHA384` or `SHA512`.
    pub algorithm: countermark_str,
    /// When the session ends, in Unix milliseconds.
    pub expires_at_ms: i64,
}

/// `live` or `test`.
pub(super) fn environment(name: &str) -> Result<SecureSignEnvironment> {
    SecureSignEnvironment::from_name(name)
        .ok_or_else(|| Error::with_detail(ErrorCode::InvalidConfig, "environment"))
}

/// `web`, `mobile_browser`, `desktop_software` or `desktop_agent`.
pub(crate) fn platform(name: &str) -> Result<SecureSignPlatform> {
    SecureSignPlatform::from_name(name)
        .ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "platform"))
}

/// # Safety
/// `name` is absent or readable.
unsafe fn algorithm(name: countermark_str) -> Result<SecureSignHash> {
    // SAFETY: the caller's promise.
    SecureSignHash::from_name(unsafe { view_text(name)? })
        .ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "algorithm"))
}

impl countermark_securesign_config {
    /// # Safety
    /// Every view and array is absent or readable.
    pub(super) unsafe fn read(&self) -> Result<(SecureSignConfig, Secret)> {
        // SAFETY: the caller's promise.
        unsafe {
            let hosts = array(self.callback_hosts, self.callback_hosts_len)?.iter();
            let config = SecureSignConfig {
                base_url: view_opt(self.base_url)?.map(Into::into),
                environment: environment(view_text(self.environment)?)?,
                tenant_id: view_text(self.tenant_id)?.into(),
                callback_hosts: hosts
                    .map(|host| view_text(*host).map(Into::into))
                    .collect::<Result<_>>()?,
                clock_skew_s: span_opt(self.clock_skew_s, "clock_skew_s")?,
            };
            Ok((config, Secret::from(view_bytes(self.api_key)?)))
        }
    }
}

impl countermark_securesign_request {
    /// # Safety
    /// Every view is absent or readable.
    pub(crate) unsafe fn read(&self) -> Result<SecureSignRequest> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(SecureSignRequest {
                request_id: view_text(self.request_id)?.into(),
                hash: view_bytes(self.hash)?.into(),
                algorithm: algorithm(self.algorithm)?,
                callback_url: view_text(self.callback_url)?.into(),
            })
        }
    }
}

impl countermark_securesign_pending {
    pub(crate) const EMPTY: Self = Self {
        request_id: countermark_str::ABSENT,
        hash: countermark_str::ABSENT,
        algorithm: countermark_str::ABSENT,
        expires_at_ms: 0,
    };

    /// # Safety
    /// Every view is absent or readable.
    pub(super) unsafe fn read(&self) -> Result<SecureSignPending> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(SecureSignPending {
                request_id: view_text(self.request_id)?.into(),
                hash: view_bytes(self.hash)?.into(),
                algorithm: algorithm(self.algorithm)?,
                expires_at_ms: self.expires_at_ms,
            })
        }
    }

    /// The views belong to `pending`.
    pub(crate) fn show(pending: &SecureSignPending) -> Self {
        Self {
            request_id: pending.request_id.as_str().into(),
            hash: countermark_str::new(&pending.hash),
            algorithm: pending.algorithm.name().into(),
            expires_at_ms: pending.expires_at_ms,
        }
    }
}
