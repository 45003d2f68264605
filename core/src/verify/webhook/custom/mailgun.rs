//! Mailgun's three fields.

use super::{json, missing, multipart};
use crate::{
    error::{Error, Result},
    verify::webhook::params::Params,
};
use alloc::borrow::Cow;

/// The three fields of a Mailgun event.
#[derive(Debug)]
pub(crate) struct Mailgun<'a> {
    pub(crate) timestamp: Cow<'a, [u8]>,
    pub(crate) token: Cow<'a, [u8]>,
    pub(crate) signature: Cow<'a, [u8]>,
}

/// Reads the fields from `signature` of a JSON body, or from a form: mail that was received comes as one, in parts where something is
/// attached.
///
/// # Errors
/// `MALFORMED_BODY`, `MISSING_PARAMETER`, `AMBIGUOUS_INPUT`, `TOO_LARGE`.
pub(crate) fn mailgun(body: &[u8]) -> Result<Mailgun<'_>> {
    if body.trim_ascii_start().starts_with(b"{") {
        let json = json(body)?;
        let signature = json.get("signature").ok_or_else(|| missing("signature"))?;
        let field = |name: &str| {
            let value = signature.get(name).ok_or_else(|| missing(name))?;
            let text = value
                .text()
                .or(value.number())
                .ok_or_else(|| missing(name))?;
            Ok::<_, Error>(Cow::Owned(text.as_bytes().to_vec()))
        };
        Ok(Mailgun {
            timestamp: field("timestamp")?,
            token: field("token")?,
            signature: field("signature")?,
        })
    } else if body.starts_with(b"--") {
        let [timestamp, token, signature] =
            multipart::fields(body, ["timestamp", "token", "signature"])?;
        Ok(Mailgun {
            timestamp: Cow::Borrowed(timestamp),
            token: Cow::Borrowed(token),
            signature: Cow::Borrowed(signature),
        })
    } else {
        let form = Params::parse(body)?;
        let field = |name| Ok::<_, Error>(Cow::Owned(form.require(name)?.to_vec()));
        Ok(Mailgun {
            timestamp: field("timestamp")?,
            token: field("token")?,
            signature: field("signature")?,
        })
    }
}
