//! An AuthSession and its access pass.

#[cfg(feature = "seal")]
mod bytes;

use crate::{error::Result, proto::access_pass};
use alloc::{string::String, sync::Arc, vec::Vec};
use core::fmt;
use zeroize::Zeroizing;

/// A session that this service opened at an ID server.
///
/// Its session number and request id are a bearer handle, and no answer of a server says for which service a user approved. So
/// there is no constructor: a session comes from a [`Login`](super::Login) that was begun here, or from a sealed token
/// that was made here. Keep it on the server, or sealed; never give its parts to a browser. A clone is the same session.
#[derive(Clone)]
pub struct AuthSession {
    parts: Arc<Parts>,
}

struct Parts {
    secsign_id: String,
    auth_session_id: String,
    request_id: Zeroizing<String>,
    service_name: String,
    service_address: String,
    server: String,
    created_at_ms: i64,
}

/// The parts of a session, named so that no two texts can be mixed up.
pub(crate) struct SessionParts<'a> {
    pub(crate) secsign_id: &'a str,
    pub(crate) auth_session_id: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) service_name: &'a str,
    pub(crate) service_address: &'a str,
    /// The origin of the host that opened it: no other ID server may speak for it.
    pub(crate) server: &'a str,
    pub(crate) created_at_ms: i64,
}

impl AuthSession {
    pub(crate) fn new(parts: &SessionParts<'_>) -> Self {
        let parts = Parts {
            secsign_id: String::from(parts.secsign_id),
            auth_session_id: String::from(parts.auth_session_id),
            request_id: Zeroizing::new(String::from(parts.request_id)),
            service_name: String::from(parts.service_name),
            service_address: String::from(parts.service_address),
            server: String::from(parts.server),
            created_at_ms: parts.created_at_ms,
        };
        Self {
            parts: Arc::new(parts),
        }
    }

    /// The SecSign ID that the session was opened for, normalised. Not proof of anybody's approval.
    #[must_use]
    pub fn secsign_id(&self) -> &str {
        &self.parts.secsign_id
    }

    /// The number of the session: a signed 64-bit integer as text.
    #[must_use]
    pub fn auth_session_id(&self) -> &str {
        &self.parts.auth_session_id
    }

    /// The name of the service that opened it.
    #[must_use]
    pub fn service_name(&self) -> &str {
        &self.parts.service_name
    }

    /// The address of the service that opened it.
    #[must_use]
    pub fn service_address(&self) -> &str {
        &self.parts.service_address
    }

    /// When it was opened, in Unix milliseconds of this service's clock.
    #[must_use]
    pub fn created_at_ms(&self) -> i64 {
        self.parts.created_at_ms
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.parts.request_id
    }

    pub(crate) fn server(&self) -> &str {
        &self.parts.server
    }
}

impl fmt::Debug for AuthSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthSession([redacted])")
    }
}

/// A login that has begun: what to show, and what to keep.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// The session, to be kept on the server or sealed.
    pub session: AuthSession,
    /// The symbol that the user must pick on the phone; absent for sessions that are only confirmed.
    pub access_pass: Option<AccessPass>,
}

/// The picture that the user compares with those on the phone: a PNG, checked down to its checksums.
///
/// Real ones are 88 by 88 pixels and about 2 KiB (sample replies of the vendor).
#[derive(Clone, PartialEq, Eq)]
pub struct AccessPass {
    png: Vec<u8>,
    width: u32,
    height: u32,
}

impl AccessPass {
    /// Checks the bytes of a PNG.
    ///
    /// # Errors
    /// `INVALID_ACCESS_PASS` unless it is one whole PNG of at most 32 KiB and 512 by 512 pixels, with sound chunks and nothing
    /// after its end. The compressed pixels are not decoded.
    pub fn from_png(png: Vec<u8>) -> Result<Self> {
        let (width, height) = access_pass::check(&png)?;
        Ok(Self { png, width, height })
    }

    /// Checks a picture in standard base64 with padding, as replies carry it.
    ///
    /// # Errors
    /// `INVALID_ACCESS_PASS`, as [`from_png`](Self::from_png).
    pub fn from_base64(text: &str) -> Result<Self> {
        Self::from_png(access_pass::decode(text)?)
    }

    /// The bytes of the PNG.
    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// A `data:` URI for the `src` of an `img`: only letters, digits and `+/=,;:` after checked content, so it cannot leave the
    /// attribute.
    #[must_use]
    pub fn data_uri(&self) -> String {
        let mut uri = String::from("data:image/png;base64,");
        uri.push_str(&access_pass::encode(&self.png));
        uri
    }

    /// The width, in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The height, in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }
}

impl fmt::Debug for AccessPass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessPass({} x {})", self.width, self.height)
    }
}
