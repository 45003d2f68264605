//! An AuthSession and its access pass.

use crate::{
    error::{Error, ErrorCode, Result},
    proto::{access_pass, ident, response},
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Encoding};
use core::fmt;
use zeroize::Zeroizing;

/// The form of [`AuthSession::to_bytes`]; a new one gets a new number.
const BYTES_VERSION: u8 = 1;

/// A session that this service opened at an ID server.
///
/// Its session number and request id are a bearer handle, and no answer of a server says for which service a user approved. So
/// there is no constructor: a session comes from a [`Login`](super::Login) that was begun here, or from a sealed token
/// that was made here. Keep it on the server, or sealed; never give its parts to a browser.
#[derive(Clone)]
pub struct AuthSession {
    secsign_id: String,
    auth_session_id: String,
    request_id: Zeroizing<String>,
    service_name: String,
    service_address: String,
    host: u8,
    created_at_ms: i64,
}

/// The parts of a session, named so that no two texts can be mixed up.
pub(crate) struct SessionParts<'a> {
    pub(crate) secsign_id: &'a str,
    pub(crate) auth_session_id: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) service_name: &'a str,
    pub(crate) service_address: &'a str,
    /// Which of the service's hosts opened it.
    pub(crate) host: u8,
    pub(crate) created_at_ms: i64,
}

impl AuthSession {
    pub(crate) fn new(parts: &SessionParts<'_>) -> Self {
        Self {
            secsign_id: String::from(parts.secsign_id),
            auth_session_id: String::from(parts.auth_session_id),
            request_id: Zeroizing::new(String::from(parts.request_id)),
            service_name: String::from(parts.service_name),
            service_address: String::from(parts.service_address),
            host: parts.host,
            created_at_ms: parts.created_at_ms,
        }
    }

    /// The SecSign ID that the session was opened for, normalised. Not proof of anybody's approval.
    #[must_use]
    pub fn secsign_id(&self) -> &str {
        &self.secsign_id
    }

    /// The number of the session: a signed 64-bit integer as text.
    #[must_use]
    pub fn auth_session_id(&self) -> &str {
        &self.auth_session_id
    }

    /// The name of the service that opened it.
    #[must_use]
    pub fn service_name(&self) -> &str {
        &self.service_name
    }

    /// The address of the service that opened it.
    #[must_use]
    pub fn service_address(&self) -> &str {
        &self.service_address
    }

    /// When it was opened, in Unix milliseconds of this service's clock.
    #[must_use]
    pub fn created_at_ms(&self) -> i64 {
        self.created_at_ms
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    pub(crate) fn host(&self) -> usize {
        usize::from(self.host)
    }

    /// The session as bytes, for sealing only: they hold the whole handle.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let texts = self.texts();
        // Room for all of it, so that no moved copy of the request id stays behind.
        let mut bytes =
            Vec::with_capacity(10 + texts.iter().map(|text| 2 + text.len()).sum::<usize>());
        bytes.push(BYTES_VERSION);
        bytes.push(self.host);
        bytes.extend_from_slice(&self.created_at_ms.to_be_bytes());
        for text in texts {
            // Every text was checked to be at most 255 bytes long.
            bytes.extend_from_slice(&(text.len() as u16).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        Zeroizing::new(bytes)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// `UNKNOWN_HANDLE` for another version or any other bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::read(bytes).ok_or_else(|| Error::new(ErrorCode::UnknownHandle))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (&[version, host], rest) = bytes.split_first_chunk()?;
        let (created, mut rest) = rest.split_first_chunk()?;
        let mut texts = [""; 5];
        for text in &mut texts {
            let (length, tail) = rest.split_first_chunk()?;
            let (content, tail) =
                tail.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            *text = core::str::from_utf8(content).ok()?;
            rest = tail;
        }
        let [
            secsign_id,
            auth_session_id,
            request_id,
            service_name,
            service_address,
        ] = texts;
        let sound = version == BYTES_VERSION
            && rest.is_empty()
            && ident::normalize(secsign_id).is_ok_and(|normal| normal == secsign_id)
            && response::is_auth_session_id(auth_session_id)
            && response::is_request_id(request_id);
        let created_at_ms = i64::from_be_bytes(*created);
        sound.then(|| {
            Self::new(&SessionParts {
                secsign_id,
                auth_session_id,
                request_id,
                service_name,
                service_address,
                host,
                created_at_ms,
            })
        })
    }

    fn texts(&self) -> [&str; 5] {
        [
            &self.secsign_id,
            &self.auth_session_id,
            &self.request_id,
            &self.service_name,
            &self.service_address,
        ]
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
        uri.push_str(&Base64::encode_string(&self.png));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> AuthSession {
        AuthSession::new(&SessionParts {
            secsign_id: "alice",
            auth_session_id: "-42",
            request_id: "AB12",
            service_name: "Smith & Sons",
            service_address: "https://www.example.com/",
            host: 1,
            created_at_ms: 1_700_000_000_000,
        })
    }

    #[test]
    fn bytes_come_back_whole() {
        let bytes = session().to_bytes();
        let back = AuthSession::from_bytes(&bytes).unwrap();
        assert_eq!(back.texts(), session().texts());
        assert_eq!((back.host(), back.created_at_ms()), (1, 1_700_000_000_000));
        assert_eq!(back.to_bytes(), bytes);
    }

    #[test]
    fn other_bytes_are_no_session() {
        let bytes = session().to_bytes();
        for length in 0..bytes.len() {
            assert!(
                AuthSession::from_bytes(&bytes[..length]).is_err(),
                "cut at {length}"
            );
        }
        assert!(
            AuthSession::from_bytes(&[&bytes[..], &[0]].concat()).is_err(),
            "one more"
        );
        for (at, value) in [(0, 2), (10, 255), (12, b'A'), (12, 0xff), (19, b'x')] {
            let mut changed = bytes.to_vec();
            changed[at] = value;
            assert!(
                AuthSession::from_bytes(&changed).is_err(),
                "byte {at} is {value}"
            );
        }
    }
}
