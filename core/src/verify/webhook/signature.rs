//! From the text of a signature header to candidate signatures.

use super::{
    row::{Digest, Row, TimeAt},
    small::{Bytes, Few},
    text,
};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_SIGNATURES_MAX,
};

/// The candidate signatures of a request, by the kind of key that can verify them.
#[derive(Debug, Default)]
pub(crate) struct Signatures {
    /// Those of the scheme's own digest.
    pub(crate) main: Few<Bytes>,
    /// Those under the row's `ed25519_prefix`.
    pub(crate) ed25519: Few<Bytes>,
}

/// Which kinds of key the verifier holds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kinds {
    pub(crate) main: bool,
    pub(crate) ed25519: bool,
}

/// What a signature header says.
#[derive(Debug, Default)]
pub(crate) struct Reading<'a> {
    pub(crate) signatures: Signatures,
    /// The time, where it stands in the same header.
    pub(crate) time: Option<&'a [u8]>,
    malformed: bool,
}

/// Reads all signature texts of a request. An element that cannot be read does not hide a sound one.
///
/// # Errors
/// `MALFORMED_HEADER` for too many elements or a missing time, `AMBIGUOUS_INPUT` for a second time,
/// `MALFORMED_SIGNATURE` when no element can be read, `NO_SUPPORTED_SIGNATURE` when all are of other versions.
pub(crate) fn read<'a>(row: &Row<'_>, texts: &Few<&'a [u8]>, kinds: Kinds) -> Result<Reading<'a>> {
    let mut reading = Reading::default();
    let mut count = 0;
    for text in texts.iter() {
        match row.separator.bytes().next() {
            None => reading.element(row, text, kinds)?,
            Some(separator) => {
                for element in text
                    .split(|&byte| byte == separator)
                    .map(<[u8]>::trim_ascii_start)
                {
                    count += usize::from(!element.is_empty());
                    if count > WEBHOOK_SIGNATURES_MAX {
                        return Err(Error::with_detail(
                            ErrorCode::MalformedHeader,
                            "too many signatures",
                        ));
                    }
                    if !element.is_empty() {
                        reading.element(row, element, kinds)?;
                    }
                }
            }
        }
    }
    if matches!(row.time, TimeAt::Label(_)) && reading.time.is_none() {
        return Err(Error::with_detail(
            ErrorCode::MalformedHeader,
            "no time in the signature header",
        ));
    }
    match &reading {
        Reading { signatures, .. }
            if !signatures.main.is_empty() || !signatures.ed25519.is_empty() =>
        {
            Ok(reading)
        }
        Reading {
            malformed: true, ..
        } => Err(Error::new(ErrorCode::MalformedSignature)),
        _ => Err(Error::new(ErrorCode::NoSupportedSignature)),
    }
}

impl<'a> Reading<'a> {
    fn element(&mut self, row: &Row<'_>, element: &'a [u8], kinds: Kinds) -> Result<()> {
        if let TimeAt::Label(label) = row.time {
            if let Some(time) = element.strip_prefix(label.as_bytes()) {
                return match self.time.replace(time) {
                    None => Ok(()),
                    Some(_) => Err(Error::with_detail(
                        ErrorCode::AmbiguousInput,
                        "two times in the signature header",
                    )),
                };
            }
        }
        let (list, decoded) = if let Some(text) = element.strip_prefix(row.prefix.as_bytes()) {
            if !kinds.main {
                return Ok(());
            }
            (&mut self.signatures.main, decode(row, row.digest, text))
        } else if !row.ed25519_prefix.is_empty()
            && element.starts_with(row.ed25519_prefix.as_bytes())
        {
            if !kinds.ed25519 {
                return Ok(());
            }
            let text = element.get(row.ed25519_prefix.len()..).unwrap_or_default();
            (
                &mut self.signatures.ed25519,
                decode(row, Digest::Ed25519, text),
            )
        } else {
            self.malformed |= !has_label(row.prefix, element);
            return Ok(());
        };
        match decoded {
            Some(bytes) => list.push(bytes),
            None => self.malformed = true,
        }
        Ok(())
    }
}

fn decode(row: &Row<'_>, digest: Digest, text: &[u8]) -> Option<Bytes> {
    if digest == Digest::Token {
        return Some(Bytes::from(text));
    }
    let bytes = text::decode(text, row.encoding)?;
    let fits = match digest {
        Digest::Hmac | Digest::Hash => row.hash.iter().any(|hash| hash.length() == bytes.len()),
        Digest::Ed25519 => bytes.len() == 64,
        Digest::Token | Digest::EcdsaP256 | Digest::RsaSha256 => true,
    };
    fits.then_some(bytes)
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
