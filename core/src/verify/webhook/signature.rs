//! From the text of a signature header to candidate signatures.

use super::{
    header::too_many,
    row::{Digest, Row, TimeAt},
    text,
};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::{WEBHOOK_PUBLIC_SIGNATURES_MAX, WEBHOOK_SIGNATURES_MAX},
    verify::small::{Bytes, Few},
};

/// A candidate signature of a request.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) bytes: Bytes,
    /// The digest that it was made with: the scheme's own, or Ed25519 under the row's `ed25519_prefix`.
    pub(crate) digest: Digest,
}

/// Which kinds of key the verifier holds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kinds {
    pub(crate) main: bool,
    pub(crate) ed25519: bool,
}

/// What the signature headers said so far.
struct Reading<'r, 'a> {
    row: &'r Row<'r>,
    kinds: Kinds,
    signatures: &'r mut Few<Signature>,
    /// The time, where it stands in the same header.
    time: Option<&'a [u8]>,
    malformed: bool,
    /// Elements so far, of any kind: all cost time.
    count: usize,
    /// Those of them that a public key has to be tried with.
    public: usize,
}

/// Reads all signature texts of a request into a list that is still empty, and gives the time that stands among them. An
/// element that cannot be read does not hide a sound one.
///
/// # Errors
/// `MALFORMED_HEADER` for too many elements or a missing time, `AMBIGUOUS_INPUT` for a second time,
/// `MALFORMED_SIGNATURE` when no element can be read, `NO_SUPPORTED_SIGNATURE` when all are of other versions.
pub(crate) fn read<'a>(
    row: &Row<'_>,
    texts: &Few<&'a [u8]>,
    kinds: Kinds,
    signatures: &mut Few<Signature>,
) -> Result<Option<&'a [u8]>> {
    let mut reading = Reading {
        row,
        kinds,
        signatures,
        time: None,
        malformed: false,
        count: 0,
        public: 0,
    };
    let separator = row.separator.bytes().next();
    for text in texts.iter() {
        let Some(separator) = separator else {
            reading.element(text)?;
            continue;
        };
        let mut rest = Some(*text);
        while let Some(text) = rest {
            let element;
            (element, rest) = match memchr::memchr(separator, text) {
                Some(at) => (&text[..at], Some(&text[at + 1..])),
                None => (text, None),
            };
            let element = element.trim_ascii_start();
            if element.is_empty() {
                continue;
            }
            reading.element(element)?;
        }
    }
    if matches!(row.time, TimeAt::Label(_)) && reading.time.is_none() {
        return Err(Error::with_detail(
            ErrorCode::MalformedHeader,
            "no time in the signature header",
        ));
    }
    if !reading.signatures.is_empty() {
        return Ok(reading.time);
    }
    Err(Error::new(if reading.malformed {
        ErrorCode::MalformedSignature
    } else {
        ErrorCode::NoSupportedSignature
    }))
}

impl<'a> Reading<'_, 'a> {
    fn element(&mut self, element: &'a [u8]) -> Result<()> {
        self.count += 1;
        if self.count > WEBHOOK_SIGNATURES_MAX {
            return Err(too_many());
        }
        let Self { row, kinds, .. } = *self;
        if let TimeAt::Label(label) = row.time {
            if let Some(time) = after(element, label) {
                return match self.time.replace(time) {
                    None => Ok(()),
                    Some(_) => Err(Error::with_detail(
                        ErrorCode::AmbiguousInput,
                        "two times in the signature header",
                    )),
                };
            }
        }
        let (digest, wanted, text) = if let Some(text) = after(element, row.prefix) {
            (row.digest, kinds.main, text)
        } else if let Some(text) =
            after(element, row.ed25519_prefix).filter(|_| !row.ed25519_prefix.is_empty())
        {
            (Digest::Ed25519, kinds.ed25519, text)
        } else {
            self.malformed |= !has_label(row.prefix, element);
            return Ok(());
        };
        if !wanted {
            return Ok(());
        }
        // Decoded where it stays: bytes that are moved just after they were written are slow to read.
        let bytes = Bytes::new();
        let signature = self.signatures.push(Signature { bytes, digest });
        if !decode(&mut signature.bytes, row, digest, text) {
            self.signatures.pop();
            self.malformed = true;
            return Ok(());
        }
        if matches!(
            digest,
            Digest::Ed25519 | Digest::EcdsaP256 | Digest::RsaSha256
        ) {
            self.public += 1;
            if self.public > WEBHOOK_PUBLIC_SIGNATURES_MAX {
                return Err(too_many());
            }
        }
        Ok(())
    }
}

/// What follows a prefix.
#[inline]
fn after<'a>(text: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    if prefix.is_empty() {
        // The C library's comparison of nothing takes as long as two blocks of SHA-1: an empty text points nowhere, and it looks there
        // with a mask over all, which the processor has to work out by hand.
        return Some(text);
    }
    text.strip_prefix(prefix.as_bytes())
}

/// Decodes a signature; whether it is one of that digest.
fn decode(bytes: &mut Bytes, row: &Row<'_>, digest: Digest, text: &[u8]) -> bool {
    if digest == Digest::Token {
        bytes.room(text.len()).copy_from_slice(text);
        return true;
    }
    if !text::decode_into(bytes, text, row.encoding) {
        return false;
    }
    match digest {
        Digest::Hmac | Digest::Hash => row.hash.iter().any(|hash| hash.length() == bytes.len()),
        Digest::Ed25519 => bytes.len() == 64,
        Digest::Token | Digest::EcdsaP256 | Digest::RsaSha256 => true,
    }
}

/// Whether an element has a label as the scheme's own prefix has one, only another: a version of its own.
fn has_label(prefix: &str, element: &[u8]) -> bool {
    let Some(mark) = prefix.bytes().last() else {
        return false;
    };
    let label = element
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    (1..=16).contains(&label) && element.get(label) == Some(&mark) && element.len() > label + 1
}
