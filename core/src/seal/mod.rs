//! Sealed tokens: XChaCha20-Poly1305 over bytes that only this service may read again.
//!
//! `base64url(version ‖ length of key id ‖ key id ‖ expiry, 8 bytes ‖ nonce, 24 bytes ‖ ciphertext and tag)`. Everything
//! before the ciphertext, and the context that is not sent along, is authenticated with it.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::SEALED_TOKEN_MAX,
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use zeroize::Zeroizing;

/// The form of the token; another form gets another number.
const VERSION: u8 = 1;
/// Random, so that a nonce never comes twice under one key.
pub(crate) const NONCE_LENGTH: usize = 24;
const TAG_LENGTH: usize = 16;

/// A prepared key, wiped when dropped.
pub(crate) struct Cipher(XChaCha20Poly1305);

impl Cipher {
    pub(crate) fn new(key: &[u8]) -> Result<Self> {
        let key: &Key = key
            .try_into()
            .map_err(|_| Error::with_detail(ErrorCode::InvalidSecret, "a seal key has 32 bytes"))?;
        Ok(Self(XChaCha20Poly1305::new(key)))
    }
}

/// The parts of a token that can be read without any key; nothing in them is to be believed before [`open`].
pub(crate) struct Token {
    bytes: Vec<u8>,
    key_id_end: usize,
}

impl Token {
    /// Reads the outer form. Every fault gives the same error.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(unknown)
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > SEALED_TOKEN_MAX {
            return None;
        }
        let bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
        let [version, key_id_length, ..] = *bytes.as_slice() else {
            return None;
        };
        let key_id_end = 2 + usize::from(key_id_length);
        let long_enough = bytes.len() >= key_id_end + 8 + NONCE_LENGTH + TAG_LENGTH;
        (version == VERSION && long_enough).then_some(Self { bytes, key_id_end })
    }

    pub(crate) fn key_id(&self) -> &[u8] {
        self.bytes.get(2..self.key_id_end).unwrap_or_default()
    }
}

/// Seals `plain`; the token can be opened up to and including `expires_ms`.
pub(crate) fn seal(
    key_id: &str,
    cipher: &Cipher,
    plain: &[u8],
    context: &[&[u8]],
    expires_ms: i64,
    nonce: &[u8; NONCE_LENGTH],
) -> Result<String> {
    let key_id_length = u8::try_from(key_id.len())
        .map_err(|_| Error::with_detail(ErrorCode::InvalidConfig, "a key id of 1 to 255 bytes"))?;
    let header = [
        &[VERSION, key_id_length][..],
        key_id.as_bytes(),
        &expires_ms.to_be_bytes(),
        nonce,
    ]
    .concat();
    let mut sealed = Zeroizing::new(Vec::with_capacity(plain.len() + TAG_LENGTH));
    sealed.extend_from_slice(plain);
    cipher
        .0
        .encrypt_in_place(
            &XNonce::from(*nonce),
            &associated(&header, context),
            &mut *sealed,
        )
        .map_err(|_| Error::new(ErrorCode::Internal))?;
    let token = Base64UrlUnpadded::encode_string(&[header.as_slice(), &sealed].concat());
    if token.len() > SEALED_TOKEN_MAX {
        return Err(Error::with_detail(
            ErrorCode::TooLarge,
            "what is to be sealed",
        ));
    }
    Ok(token)
}

/// Opens a token. The expiry is looked at last, so that only whoever holds a true token learns that it is over.
pub(crate) fn open(
    token: &Token,
    cipher: &Cipher,
    context: &[&[u8]],
    now_ms: i64,
) -> Result<Zeroizing<Vec<u8>>> {
    let (header, sealed) = token
        .bytes
        .split_at_checked(token.key_id_end + 8 + NONCE_LENGTH)
        .ok_or_else(unknown)?;
    let (expires, nonce) = header
        .get(token.key_id_end..)
        .and_then(|rest| rest.split_first_chunk::<8>())
        .ok_or_else(unknown)?;
    let nonce: &XNonce = nonce.try_into().map_err(|_| unknown())?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    cipher
        .0
        .decrypt_in_place(nonce, &associated(header, context), &mut *plain)
        .map_err(|_| unknown())?;
    if now_ms > i64::from_be_bytes(*expires) {
        return Err(Error::new(ErrorCode::HandleExpired));
    }
    Ok(plain)
}

/// The header and the context, each behind its length, so that no two contexts give the same bytes.
fn associated(header: &[u8], context: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in core::iter::once(&header).chain(context) {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

fn unknown() -> Error {
    Error::new(ErrorCode::UnknownHandle)
}
