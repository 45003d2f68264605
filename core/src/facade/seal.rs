//! Sealed sessions: what a page may hold of a login.

use super::AuthSession;
use crate::{
    error::{Error, ErrorCode, Result},
    limits::AUTH_SESSION_USABLE_MS,
    seal::{self, Cipher, Token},
    secret::Secret,
    verify::keys::{Key, KeyRing},
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// What the tokens are for. A key that seals other things too opens none of them here.
const PURPOSE: &[u8] = b"countermark.auth-session";

/// A key that seals sessions.
#[derive(Debug)]
pub struct SealKey {
    /// The name of the key, 1 to 255 bytes. It is readable in every token.
    pub id: String,
    /// 32 random bytes.
    pub secret: Secret,
    /// First millisecond in which the key is used (Unix time). Absent: always.
    pub not_before_ms: Option<i64>,
    /// Last millisecond in which the key is used (Unix time). Absent: always.
    pub not_after_ms: Option<i64>,
}

/// Turns a session into an opaque token for one visitor, and back. Immutable; may be shared between threads.
///
/// The token is bound to the visitor (`binding`), to the service's name and address, and to its time. A handle that was
/// obtained at another service, or by another visitor, cannot be brought in through it. It can be opened many times: what
/// may happen once, the use of an approval, goes through the store, see [`Login::on_store`](super::Login::on_store).
pub struct Sealer {
    keys: KeyRing<Cipher>,
    service_name: String,
    service_address: String,
}

impl Sealer {
    /// The first key that is valid seals, all of them open. To rotate, put the new key first and keep the old one for the
    /// life of a session.
    ///
    /// # Errors
    /// `INVALID_SECRET` for a key that has not 32 bytes; `INVALID_CONFIG` for no key, more than 16, or ids that are empty,
    /// too long or not unique.
    pub fn new(keys: Vec<SealKey>, service_name: &str, service_address: &str) -> Result<Self> {
        let mut prepared = Vec::with_capacity(keys.len());
        for key in keys {
            if key.id.len() > usize::from(u8::MAX) {
                return Err(Error::with_detail(
                    ErrorCode::InvalidConfig,
                    "a key id of 1 to 255 bytes",
                ));
            }
            prepared.push(Key {
                material: Cipher::new(key.secret.expose())?,
                id: key.id,
                not_before_ms: key.not_before_ms,
                not_after_ms: key.not_after_ms,
            });
        }
        Ok(Self {
            keys: KeyRing::new(prepared)?,
            service_name: String::from(service_name),
            service_address: String::from(service_address),
        })
    }

    /// Seals a session for one visitor: base64url text without padding, for a form field or a cookie.
    ///
    /// `binding` is what only this visitor's browser has, such as the value of a pre-login cookie that is `HttpOnly`.
    /// `entropy` is 24 fresh random bytes: they are the nonce, and a nonce that comes twice breaks the seal.
    ///
    /// # Errors
    /// `INVALID_INPUT` for other entropy than 24 bytes, an empty binding, or a session of another service;
    /// `HANDLE_EXPIRED` for a session whose time is over; `INVALID_CONFIG` when no key is valid now.
    pub fn seal(
        &self,
        session: &AuthSession,
        binding: &[u8],
        now_ms: i64,
        entropy: &[u8],
    ) -> Result<String> {
        let nonce: &[u8; seal::NONCE_LENGTH] = entropy.try_into().map_err(|_| {
            Error::with_detail(ErrorCode::InvalidInput, "entropy must have 24 bytes")
        })?;
        check_binding(binding)?;
        if session.service_name() != self.service_name
            || session.service_address() != self.service_address
        {
            return Err(Error::with_detail(
                ErrorCode::InvalidInput,
                "a session of another service",
            ));
        }
        let expires_ms = session
            .created_at_ms()
            .saturating_add(AUTH_SESSION_USABLE_MS);
        if now_ms > expires_ms {
            return Err(Error::new(ErrorCode::HandleExpired));
        }
        let key = self.keys.valid_at(now_ms).next().ok_or_else(|| {
            Error::with_detail(ErrorCode::InvalidConfig, "no seal key is valid now")
        })?;
        seal::seal(
            &key.id,
            &key.material,
            &session.to_bytes(),
            &self.context(binding),
            expires_ms,
            nonce,
        )
    }

    /// Opens a token that was sealed here for this visitor.
    ///
    /// # Errors
    /// `HANDLE_EXPIRED` for a true token whose time is over; `UNKNOWN_HANDLE` for everything else, whatever is wrong with it;
    /// `INVALID_INPUT` for an empty binding.
    pub fn open(&self, token: &str, binding: &[u8], now_ms: i64) -> Result<AuthSession> {
        check_binding(binding)?;
        let token = Token::parse(token)?;
        let key = self
            .keys
            .valid_at(now_ms)
            .find(|key| key.id.as_bytes() == token.key_id())
            .ok_or_else(|| Error::new(ErrorCode::UnknownHandle))?;
        AuthSession::from_bytes(&seal::open(
            &token,
            &key.material,
            &self.context(binding),
            now_ms,
        )?)
    }

    fn context<'a>(&'a self, binding: &'a [u8]) -> [&'a [u8]; 4] {
        [
            PURPOSE,
            self.service_name.as_bytes(),
            self.service_address.as_bytes(),
            binding,
        ]
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("keys", &self.keys).finish()
    }
}

fn check_binding(binding: &[u8]) -> Result<()> {
    if binding.is_empty() {
        return Err(Error::with_detail(
            ErrorCode::InvalidInput,
            "a session needs a visitor to be bound to",
        ));
    }
    Ok(())
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
