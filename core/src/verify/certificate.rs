//! Signatures over a hash, by the key of a certificate that the caller trusts.
//!
//! The chain is not built, and revocation is not asked for: both need trust anchors and a network. Whoever hands a
//! certificate in vouches for it. What is checked here: its form, its time of validity, and the signature.

use crate::error::{Error, ErrorCode, Result};
use alloc::{format, string::String, vec::Vec};
use x509_cert::{
    Certificate as X509,
    der::{Decode as _, Encode as _},
    spki::SubjectPublicKeyInfoRef,
};

/// The hash that was signed; its digest is what is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignedHash {
    Sha256,
    Sha384,
    Sha512,
}

/// What is needed of a certificate.
pub(crate) struct Certificate {
    /// The serial number, lower-case hex.
    pub(crate) serial: String,
    not_before_ms: i64,
    not_after_ms: i64,
    key: Key,
}

enum Key {
    #[cfg(feature = "rsa")]
    Rsa(rsa::PublicKey),
    #[cfg(feature = "ecdsa")]
    P256(p256::ecdsa::VerifyingKey),
}

/// Reads one certificate in DER; its public key comes as a `SubjectPublicKeyInfo` in DER.
fn split(der: &[u8]) -> x509_cert::der::Result<(X509, Vec<u8>)> {
    let certificate = X509::from_der(der)?;
    let spki = certificate
        .tbs_certificate()
        .subject_public_key_info()
        .to_der()?;
    Ok((certificate, spki))
}

/// The RSA key of a certificate in DER, from 2048 bits, for signatures of PKCS#1 v1.5. The certificate itself is not judged.
#[cfg(feature = "rsa")]
pub(crate) fn rsa_key(der: &[u8]) -> Option<rsa::PublicKey> {
    let (_, spki) = split(der).ok()?;
    match Key::read(&SubjectPublicKeyInfoRef::from_der(&spki).ok()?) {
        Ok(Key::Rsa(key)) => Some(key),
        _ => None,
    }
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// `INVALID_INPUT` for something else; `UNSUPPORTED` for keys other than RSA from 2048 bits for PKCS#1 v1.5, and P-256.
    pub(crate) fn read(der: &[u8]) -> Result<Self> {
        let malformed =
            |_| Error::with_detail(ErrorCode::InvalidInput, "not an X.509 certificate in DER");
        let (certificate, spki) = split(der).map_err(malformed)?;
        let fields = certificate.tbs_certificate();
        let validity = fields.validity();
        let millis = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX)
        };
        Ok(Self {
            serial: fields
                .serial_number()
                .as_bytes()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            not_before_ms: millis(validity.not_before),
            // The last second of validity belongs to it (RFC 5280, 4.1.2.5).
            not_after_ms: millis(validity.not_after).saturating_add(999),
            key: Key::read(&SubjectPublicKeyInfoRef::from_der(&spki).map_err(malformed)?)?,
        })
    }

    /// Whether the certificate is in its time of validity.
    pub(crate) fn is_valid_at(&self, now_ms: i64) -> bool {
        (self.not_before_ms..=self.not_after_ms).contains(&now_ms)
    }

    /// Whether `signature` is one of this key over `digest`. RSA: PKCS#1 v1.5. P-256: DER, or r and s in 32 bytes each.
    pub(crate) fn verifies(&self, hash: SignedHash, digest: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            #[cfg(feature = "rsa")]
            Key::Rsa(key) => {
                use rsa::sha2::{Sha256, Sha384, Sha512};
                match hash {
                    SignedHash::Sha256 => key.pkcs1v15_verify_prehash::<Sha256>(digest, signature),
                    SignedHash::Sha384 => key.pkcs1v15_verify_prehash::<Sha384>(digest, signature),
                    SignedHash::Sha512 => key.pkcs1v15_verify_prehash::<Sha512>(digest, signature),
                }
                .is_ok()
            }
            #[cfg(feature = "ecdsa")]
            Key::P256(key) => {
                use p256::ecdsa::{Signature, signature::hazmat::PrehashVerifier as _};
                if digest.len() != hash.len() {
                    return false;
                }
                Signature::from_der(signature)
                    .or_else(|_| Signature::from_slice(signature))
                    .is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
            }
        }
    }
}

impl SignedHash {
    /// Length of the digest, in bytes. For RSA, the padding tells it.
    #[cfg(feature = "ecdsa")]
    fn len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Key {
    fn read(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<Self> {
        // The other name that the crate reads, that of RSASSA-PSS, forbids the signatures that are verified here (RFC 4055, 1.2).
        #[cfg(feature = "rsa")]
        if spki.algorithm.oid == rsa::pkcs1::ALGORITHM_OID {
            use rsa::traits::PublicKeyParts as _;
            if let Ok(key) = rsa::PublicKey::try_from(spki.clone()) {
                if key.size() >= crate::limits::RSA_MODULUS_MIN {
                    return Ok(Self::Rsa(key));
                }
            }
        }
        #[cfg(feature = "ecdsa")]
        if let Ok(key) = p256::ecdsa::VerifyingKey::try_from(spki.clone()) {
            return Ok(Self::P256(key));
        }
        Err(Error::with_detail(
            ErrorCode::Unsupported,
            "the certificate's key is not RSA from 2048 bits for PKCS#1 v1.5, or P-256",
        ))
    }
}
