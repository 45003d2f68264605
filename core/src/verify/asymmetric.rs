//! Public-key signatures: beside [`mac`](super::mac) the only place that calls signature code.
//!
//! Each algorithm is behind a feature of its own; without it a key cannot be made, and the error is `UNSUPPORTED`.

use crate::error::{Error, ErrorCode, Result};
use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "rsa")]
type Sha256 = sha2::Sha256;

/// A key that verifies.
pub(crate) enum PublicKey {
    #[cfg(feature = "ed25519")]
    Ed25519(ed25519_dalek::VerifyingKey),
    #[cfg(feature = "ecdsa")]
    P256(p256::ecdsa::VerifyingKey),
    #[cfg(feature = "rsa")]
    Rsa(alloc::boxed::Box<rsa::pkcs1v15::VerifyingKey<Sha256>>),
    /// Keeps the type inhabited in a build without any algorithm; never made.
    #[allow(dead_code)]
    None,
}

/// A key that signs.
pub(crate) enum PrivateKey {
    #[cfg(feature = "ed25519")]
    Ed25519(alloc::boxed::Box<ed25519_dalek::SigningKey>),
    #[cfg(feature = "ecdsa")]
    P256(p256::ecdsa::SigningKey),
    #[cfg(feature = "rsa")]
    Rsa(alloc::boxed::Box<rsa::pkcs1v15::SigningKey<Sha256>>),
    /// As in [`PublicKey`].
    #[allow(dead_code)]
    None,
}

#[cfg_attr(
    all(feature = "ed25519", feature = "ecdsa", feature = "rsa"),
    allow(dead_code)
)]
fn unsupported(what: &'static str) -> Error {
    Error::with_detail(ErrorCode::Unsupported, what)
}

#[cfg_attr(
    not(any(feature = "ed25519", feature = "ecdsa", feature = "rsa")),
    allow(dead_code)
)]
fn invalid(what: &'static str) -> Error {
    Error::with_detail(ErrorCode::InvalidSecret, what)
}

impl PublicKey {
    /// From the 32 bytes of an Ed25519 public key. Keys of small order are refused: under them one signature fits
    /// many messages.
    #[cfg(feature = "ed25519")]
    pub(crate) fn ed25519(bytes: &[u8]) -> Result<Self> {
        let bytes = bytes
            .try_into()
            .map_err(|_| invalid("an Ed25519 public key has 32 bytes"))?;
        match ed25519_dalek::VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() => Ok(Self::Ed25519(key)),
            _ => Err(invalid("not an Ed25519 public key")),
        }
    }

    #[cfg(not(feature = "ed25519"))]
    pub(crate) fn ed25519(_: &[u8]) -> Result<Self> {
        Err(unsupported("feature ed25519"))
    }

    /// From a P-256 SubjectPublicKeyInfo in DER.
    #[cfg(feature = "ecdsa")]
    pub(crate) fn p256(der: &[u8]) -> Result<Self> {
        use p256::pkcs8::DecodePublicKey as _;
        p256::ecdsa::VerifyingKey::from_public_key_der(der)
            .map(Self::P256)
            .map_err(|_| invalid("not a P-256 public key"))
    }

    #[cfg(not(feature = "ecdsa"))]
    pub(crate) fn p256(_: &[u8]) -> Result<Self> {
        Err(unsupported("feature ecdsa"))
    }

    /// The RSA key of an X.509 certificate in DER. The certificate itself is not judged: the caller trusts it.
    #[cfg(feature = "rsa")]
    pub(crate) fn rsa_certificate(der: &[u8]) -> Result<Self> {
        let key = super::certificate::rsa_key(der).ok_or(invalid(
            "not an X.509 certificate with an RSA key of 2048 bit or more",
        ))?;
        Ok(Self::Rsa(alloc::boxed::Box::new(
            rsa::pkcs1v15::VerifyingKey::new(key),
        )))
    }

    #[cfg(not(feature = "rsa"))]
    pub(crate) fn rsa_certificate(_: &[u8]) -> Result<Self> {
        Err(unsupported("feature rsa"))
    }

    /// Whether the signature is one of the message. Ed25519 is checked strictly (RFC 8032 with canonical `S`
    /// and no small-order points); ECDSA signatures are in DER.
    #[cfg_attr(
        not(any(feature = "ed25519", feature = "ecdsa", feature = "rsa")),
        allow(unused_variables)
    )]
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            #[cfg(feature = "ed25519")]
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            #[cfg(feature = "ecdsa")]
            Self::P256(key) => {
                use p256::ecdsa::signature::Verifier as _;
                p256::ecdsa::Signature::from_der(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            #[cfg(feature = "rsa")]
            Self::Rsa(key) => {
                use rsa::signature::Verifier as _;
                rsa::pkcs1v15::Signature::try_from(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Self::None => false,
        }
    }
}

impl PrivateKey {
    /// From a 32-byte seed, or from seed and public key together, which must fit.
    #[cfg(feature = "ed25519")]
    // Inlined, it brings the texts of its errors along, 5 kB of WebAssembly.
    #[inline(never)]
    pub(crate) fn ed25519(bytes: &[u8]) -> Result<Self> {
        use ed25519_dalek::SigningKey;
        let key = if let Ok(seed) = <&[u8; 32]>::try_from(bytes) {
            SigningKey::from_bytes(seed)
        } else {
            <&[u8; 64]>::try_from(bytes)
                .ok()
                .and_then(|pair| SigningKey::from_keypair_bytes(pair).ok())
                .ok_or(invalid("not an Ed25519 seed or key pair"))?
        };
        Ok(Self::Ed25519(alloc::boxed::Box::new(key)))
    }

    #[cfg(not(feature = "ed25519"))]
    pub(crate) fn ed25519(_: &[u8]) -> Result<Self> {
        Err(unsupported("feature ed25519"))
    }

    /// From a P-256 private key as PKCS#8 in DER.
    #[cfg(feature = "ecdsa")]
    // As above.
    #[inline(never)]
    pub(crate) fn p256(der: &[u8]) -> Result<Self> {
        use p256::pkcs8::DecodePrivateKey as _;
        p256::ecdsa::SigningKey::from_pkcs8_der(der)
            .map(Self::P256)
            .map_err(|_| invalid("not a P-256 private key"))
    }

    #[cfg(not(feature = "ecdsa"))]
    pub(crate) fn p256(_: &[u8]) -> Result<Self> {
        Err(unsupported("feature ecdsa"))
    }

    /// From an RSA private key as PKCS#8 in DER.
    #[cfg(feature = "rsa")]
    pub(crate) fn rsa(der: &[u8]) -> Result<Self> {
        use rsa::{pkcs8::DecodePrivateKey as _, traits::PublicKeyParts as _};
        match rsa::PrivateKey::from_pkcs8_der(der) {
            Ok(key) if key.size() >= crate::limits::RSA_MODULUS_MIN => Ok(Self::Rsa(
                alloc::boxed::Box::new(rsa::pkcs1v15::SigningKey::new(key)),
            )),
            _ => Err(invalid("not an RSA private key of 2048 bit or more")),
        }
    }

    #[cfg(not(feature = "rsa"))]
    pub(crate) fn rsa(_: &[u8]) -> Result<Self> {
        Err(unsupported("feature rsa"))
    }

    /// The signature of the joined parts, without randomness: Ed25519 and PKCS#1 v1.5 need none, ECDSA follows
    /// RFC 6979.
    ///
    /// # Errors
    /// `INVALID_SECRET` when the key cannot sign.
    #[cfg_attr(
        not(any(feature = "ed25519", feature = "ecdsa", feature = "rsa")),
        allow(unused_variables)
    )]
    pub(crate) fn sign(&self, parts: &[&[u8]]) -> Result<Vec<u8>> {
        match self {
            #[cfg(feature = "ed25519")]
            Self::Ed25519(key) => {
                use ed25519_dalek::Signer as _;
                Ok(key.sign(&parts.concat()).to_bytes().to_vec())
            }
            #[cfg(feature = "ecdsa")]
            Self::P256(key) => {
                use p256::ecdsa::signature::Signer as _;
                let signature: p256::ecdsa::Signature = key
                    .try_sign(&parts.concat())
                    .map_err(|_| invalid("the key cannot sign"))?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            #[cfg(feature = "rsa")]
            Self::Rsa(key) => {
                use rsa::signature::{SignatureEncoding as _, Signer as _};
                let signature = key
                    .try_sign(&parts.concat())
                    .map_err(|_| invalid("the key cannot sign"))?;
                Ok(signature.to_vec())
            }
            Self::None => Err(unsupported("this build signs with secrets only")),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey")
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
