//! A signature that cannot be read. Only its length is looked at: comparing a part of it with the MAC would let a
//! sender guess the MAC byte by byte.

use super::{Certainty::Likely, Search, causes::CauseKind};
use crate::verify::webhook::{
    context::Request,
    custom, header,
    params::Params,
    row::{Digest, Place, Row, SignatureEncoding, names},
    url,
};
use alloc::{
    borrow::{Cow, ToOwned},
    vec::Vec,
};

/// What is wrong with it, as far as its length tells.
pub(super) fn malformed(search: &mut Search<'_>) {
    let row = search.plan.row();
    let request = search.request;
    let found = found(&row, &request);
    for (subject, text) in &found {
        let text = bare(&row, text);
        if row.id == "vonage-signature" && is_md5(text) {
            search.add(CauseKind::SignatureMd5, Likely, subject);
            return;
        }
        if is_sha384(&row, text) {
            search
                .add(CauseKind::SignatureOtherHash, Likely, subject)
                .fits = "sha384".to_owned();
            return;
        }
        let full = length(&row).unwrap_or_default();
        if is_text(text) && (4..full).contains(&text.len()) {
            let cause = search.add(CauseKind::SignatureTruncated, Likely, subject);
            // As of a body: what is missing is less than nothing.
            cause.amount = text.len() as i64 - full as i64;
            return;
        }
    }
    let subject = found.first().map_or(place(&row), |(subject, _)| subject);
    search.prove(CauseKind::SignatureMalformed, subject);
}

/// Where a scheme has its signature, for people.
fn place<'a>(row: &Row<'a>) -> &'a str {
    match row.place {
        Place::Header => names(row.headers.signature).next().unwrap_or_default(),
        Place::Parameter(name) => name,
        Place::PathSegment => "signature in the path",
        Place::Mailgun | Place::AdyenItems => "signature in the body",
    }
}

/// The texts that stand where the scheme has signatures, with the names of their headers or parameters.
fn found<'a>(row: &Row<'a>, request: &Request<'a>) -> Vec<(&'a str, Cow<'a, [u8]>)> {
    let text: Option<Cow<'a, [u8]>> = match row.place {
        Place::Header => {
            let alias = row.alias.map_or("", |alias| alias.signature);
            let all = names(row.headers.signature).chain(names(alias));
            let value = |name: &'a str| {
                let value = header::find(request.headers, name).ok()??;
                Some((name, Cow::Borrowed(value)))
            };
            return all.filter_map(value).collect();
        }
        Place::Parameter(name) => {
            let query = request.query.or_else(|| request.url.and_then(url::query));
            let params = query.and_then(|query| Params::parse(query.as_bytes()).ok());
            let value = params.as_ref().and_then(|params| params.find(name).ok()?);
            value.map(|value| Cow::Owned(value.to_owned()))
        }
        Place::PathSegment => {
            let segment = request.url.and_then(url::first_segment);
            segment.map(|(segment, _)| Cow::Borrowed(segment.as_bytes()))
        }
        Place::Mailgun => {
            let fields = custom::mailgun(request.body).ok();
            fields.map(|fields| fields.signature)
        }
        Place::AdyenItems => None,
    };
    text.into_iter().map(|text| (place(row), text)).collect()
}

/// The last signature of a text, without what stands before it; nothing if something else does.
fn bare<'t>(row: &Row<'_>, text: &'t [u8]) -> &'t [u8] {
    let mut elements = text.rsplit(|byte| row.separator.as_bytes().contains(byte));
    let last = elements.next().unwrap_or(text).trim_ascii();
    last.strip_prefix(row.prefix.as_bytes()).unwrap_or_default()
}

fn is_text(text: &[u8]) -> bool {
    text.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte))
}

/// MD5 is what Vonage signs with until somebody sets another hash.
fn is_md5(text: &[u8]) -> bool {
    text.len() == 32 && text.iter().all(u8::is_ascii_hexdigit)
}

/// A hash that no scheme here has, and some senders can be set to.
fn is_sha384(row: &Row<'_>, text: &[u8]) -> bool {
    let is_hex = text.iter().all(u8::is_ascii_hexdigit);
    matches!(row.digest, Digest::Hmac | Digest::Hash)
        && is_text(text)
        && match row.encoding {
            SignatureEncoding::Hex => is_hex && text.len() == 96,
            // In hex as long a text is SHA-256.
            _ => !is_hex && text.len() == 64,
        }
}

/// How long a signature of the scheme is at least, in characters, if that is known.
fn length(row: &Row<'_>) -> Option<usize> {
    let bytes = match row.digest {
        Digest::Hmac | Digest::Hash => row.hash.iter().map(|hash| hash.length()).min()?,
        Digest::Ed25519 => 64,
        Digest::Token | Digest::EcdsaP256 | Digest::RsaSha256 => return None,
    };
    Some(match row.encoding {
        SignatureEncoding::Hex => 2 * bytes,
        SignatureEncoding::Base64 | SignatureEncoding::Base64UrlPadded => bytes.div_ceil(3) * 4,
        SignatureEncoding::Base64Url => (bytes * 4).div_ceil(3),
    })
}
