//! A session as bytes, for the sealed token.

use super::{AuthSession, SessionParts};
use crate::{
    error::{Error, ErrorCode, Result},
    proto::{ident, response},
};
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// The form of [`AuthSession::to_bytes`]; a new one gets a new number.
const BYTES_VERSION: u8 = 1;

impl AuthSession {
    /// The session as bytes, for sealing only: they hold the whole handle.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let texts = self.texts();
        // Room for all of it, so that no moved copy of the request id stays behind.
        let mut bytes =
            Vec::with_capacity(9 + texts.iter().map(|text| 2 + text.len()).sum::<usize>());
        bytes.push(BYTES_VERSION);
        bytes.extend_from_slice(&self.created_at_ms().to_be_bytes());
        for text in texts {
            // No text is longer: origins are at most 266 bytes, the others 255.
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
        let (&version, rest) = bytes.split_first()?;
        let (created, mut rest) = rest.split_first_chunk()?;
        let mut texts = [""; 6];
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
            server,
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
                server,
                created_at_ms,
            })
        })
    }

    fn texts(&self) -> [&str; 6] {
        [
            &self.parts.secsign_id,
            &self.parts.auth_session_id,
            &self.parts.request_id,
            &self.parts.service_name,
            &self.parts.service_address,
            &self.parts.server,
        ]
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
            server: "https://id.example",
            created_at_ms: 1_700_000_000_000,
        })
    }

    #[test]
    fn bytes_come_back_whole() {
        let bytes = session().to_bytes();
        let back = AuthSession::from_bytes(&bytes).unwrap();
        assert_eq!(back.texts(), session().texts());
        assert_eq!(back.created_at_ms(), 1_700_000_000_000);
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
        for (at, value) in [(0, 2), (9, 255), (11, b'A'), (11, 0xff), (18, b'x')] {
            let mut changed = bytes.to_vec();
            changed[at] = value;
            assert!(
                AuthSession::from_bytes(&changed).is_err(),
                "byte {at} is {value}"
            );
        }
    }
}
