//! The values that go into SecureSign calls and come out of them.

use crate::replay::StoreKey;
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Which kind of API key and domain a service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecureSignEnvironment {
    /// Production: keys begin with `ss_live_`.
    Live,
    /// The sandbox: keys begin with `ss_test_`, and `http://localhost` is an origin.
    Test,
}

/// Where a signature is asked for (vendor page `docs/api/authentication` and sign pages).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecureSignPlatform {
    /// `web`
    Web,
    /// `mobile_browser`
    MobileBrowser,
    /// `desktop_software`
    DesktopSoftware,
    /// `desktop_agent`, an older name.
    DesktopAgent,
}

impl SecureSignPlatform {
    /// Every platform.
    pub const ALL: [Self; 4] = [
        Self::Web,
        Self::MobileBrowser,
        Self::DesktopSoftware,
        Self::DesktopAgent,
    ];
}

/// The hash function of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecureSignHash {
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
}

impl SecureSignHash {
    /// Every hash function.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    #[cfg(any(feature = "rsa", feature = "ecdsa"))]
    pub(crate) fn signed_hash(self) -> crate::verify::certificate::SignedHash {
        use crate::verify::certificate::SignedHash;
        match self {
            Self::Sha256 => SignedHash::Sha256,
            Self::Sha384 => SignedHash::Sha384,
            Self::Sha512 => SignedHash::Sha512,
        }
    }

    /// Length of a digest, in bytes.
    #[must_use]
    pub fn digest_bytes(self) -> u32 {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// The settings of a [`SecureSignClient`](crate::facade::SecureSignClient).
#[derive(Debug, Clone)]
pub struct SecureSignConfig {
    /// The API: `https://host[:port]/v1`; `http` for loopback only. Absent: the vendor's.
    pub base_url: Option<String>,
    /// Which kind of key this service uses; a key of the other kind is refused before any call.
    pub environment: SecureSignEnvironment,
    /// The tenant that the key must belong to, such as `org_9f2a`: 1 to 128 printable ASCII characters.
    pub tenant_id: String,
    /// The hosts that a callback may go to, in lower case and without port.
    pub callback_hosts: Vec<String>,
    /// How many seconds past its end a session is still taken, for clocks that differ: 0 to 60. Absent: 0.
    pub clock_skew_s: Option<u32>,
}

/// What is to be signed, and where the answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecureSignRequest {
    /// A fresh id: 1 to 128 letters, digits, `_`, `-` and `.`; make it of 128 random bits.
    pub request_id: String,
    /// The digest of the document.
    pub hash: Vec<u8>,
    /// How the digest was made.
    pub algorithm: SecureSignHash,
    /// Where the product sends the visitor afterwards: an allowed host and a path, without query. The registered scheme of an app, which
    /// the vendor allows too, is not taken: every app on the device may claim one.
    pub callback_url: String,
}

/// A key, a tenant and an origin that the server has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecureSignValidation {
    /// The tenant; always the configured one.
    pub tenant_id: String,
    /// Calls that the server allows in a minute, if it said so.
    pub rpm: Option<u32>,
}

/// A signing session at the server.
#[derive(Clone, PartialEq, Eq)]
pub struct SecureSignSession {
    /// The server's id of it.
    pub session_id: String,
    /// When it ends, in Unix milliseconds.
    pub expires_at_ms: i64,
    /// The link that opens the product; checked, and without a live key.
    pub deep_link: String,
}

impl fmt::Debug for SecureSignSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecureSignSession")
            .field("expires_at_ms", &self.expires_at_ms)
            .finish_non_exhaustive()
    }
}

/// What to keep on the server until the callback comes, under its request id. Never take any of it from the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecureSignPending {
    /// The id of the request.
    pub request_id: String,
    /// The digest that was to be signed.
    pub hash: Vec<u8>,
    /// How the digest was made.
    pub algorithm: SecureSignHash,
    /// When the session ends, in Unix milliseconds.
    pub expires_at_ms: i64,
}

/// What a callback claims. It came through the visitor's address bar and is signed by nobody: use it only to find the
/// pending request, and then [`SecureSignClient::complete`](crate::facade::SecureSignClient::complete).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecureSignHint {
    /// The id of the request that it claims to answer.
    pub request_id: String,
    /// Whether it claims that the document was signed.
    pub claims_success: bool,
    /// The error that it claims.
    pub code: Option<super::code::SecureSignCode>,
    /// The signature that it brings, not verified.
    pub signature: Option<Vec<u8>>,
    /// When it claims to have been signed, in Unix milliseconds.
    pub signed_at_ms: Option<i64>,
}

/// A signature over the stored digest, verified with the certificate that was given. There is no other way to make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecureSignResult {
    pub(crate) request_id: String,
    pub(crate) signature: Vec<u8>,
    pub(crate) certificate_serial: String,
    pub(crate) once_key: StoreKey,
}

impl SecureSignResult {
    /// The id of the request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The serial number of the certificate, in lower-case hex.
    #[must_use]
    pub fn certificate_serial(&self) -> &str {
        &self.certificate_serial
    }

    /// The key to add to the store before acting on the result; if it is there already, answer `ALREADY_CONSUMED`.
    #[must_use]
    pub fn once_key(&self) -> StoreKey {
        self.once_key.clone()
    }
}
