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
