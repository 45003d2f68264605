//! The signed bytes of a request, part by part as they stand in it.

use super::{
    border::Border,
    context::Context,
    params::{self, Order, Params},
    row::{PairText, Pairs, Repeats},
    template::Part,
    url,
};
use crate::{
    decimal,
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_PARTS_MAX,
    verify::{
        mac::{self, Hash, Message},
        small::Few,
    },
};
use alloc::{borrow::Cow, vec::Vec};

/// A part of the signed bytes that does not stand in the request as it is signed.
#[derive(Debug)]
pub(crate) enum Made<'a> {
    Text(Cow<'a, [u8]>),
    /// Names and values, one after the other.
    Pairs(Params<'a>, Order),
}

/// What has to be made for the signed bytes, in the order of the parts that need it.
///
/// # Errors
/// `MISSING_HEADER`, `MISSING_PARAMETER`, `MISSING_CONTEXT`, `AMBIGUOUS_INPUT`, `INVALID_ENCODING`.
pub(crate) fn make<'a>(context: &Context<'a>) -> Result<Few<Made<'a>>> {
    let mut made = Few::new();
    let parts = &context.plan.parts;
    for (at, part) in parts.iter().enumerate() {
        let border = match context.plan.is_own() {
            true => Border::of_own(parts, at),
            false => Border::around(parts, at),
        };
        let border = match part {
            Part::Sorted(_) => border.of_sorted(),
            _ => border,
        };
        for part in part.flat() {
            if let Some(part) = make_part(context, part, border)? {
                made.push(part);
            }
        }
    }
    Ok(made)
}

fn make_part<'a>(
    context: &Context<'a>,
    part: &'a Part,
    border: Border,
) -> Result<Option<Made<'a>>> {
    let body = context.request.body;
    let bytes = match part {
        Part::BodySha256 => mac::digest(Hash::Sha256, &[body]).to_vec(),
        Part::BodyCrc32 => decimal::text(crc32(body).into()).into_bytes(),
        Part::Query => params(context)?.join(&context.row.pairs, context.signature_name())?,
        Part::RawQuery => context.raw_query()?,
        Part::Parameter(name) => {
            let value = params(context)?.require(name)?;
            // The rows of the table sign what their senders do.
            if context.plan.is_own() && !value.iter().all(|byte| border.allows(*byte)) {
                return Err(params::holds_separator());
            }
            value.to_vec()
        }
        Part::Form(hash) => return form(context, hash.as_deref()).map(Some),
        Part::Header(name) => {
            let value = super::header::find(context.request.headers, name)?;
            let value = value.ok_or_else(|| super::header::missing(name))?;
            if !value.iter().all(|byte| border.allows(*byte)) {
                return Err(Error::with_detail(ErrorCode::MalformedHeader, name.clone()));
            }
            return Ok(Some(Made::Text(Cow::Borrowed(value))));
        }
        _ => return Ok(None),
    };
    Ok(Some(Made::Text(Cow::Owned(bytes))))
}

#[cfg(feature = "rsa")]
use crc32fast::hash as crc32;

/// CRC-32, bit by bit. The one scheme of the table that asks for it signs with RSA; for a caller's own one the 16 KB of tables that
/// `crc32fast` has are too many in a build that is to be small.
#[cfg(not(feature = "rsa"))]
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

fn form<'a>(context: &Context<'a>, hash: Option<&str>) -> Result<Made<'a>> {
    if let Some(hash) = hash {
        if body_hash(context.request.url.unwrap_or_default(), hash)?.is_some() {
            return Ok(Made::Text(Cow::Borrowed(&[])));
        }
    }
    let form = Params::parse(context.request.body)?;
    match &context.row.pairs {
        rule @ Pairs {
            text: PairText::Decoded,
            start: "",
            equals: "",
            join: "",
            repeats: Repeats::Refuse | Repeats::Arrays | Repeats::Unique,
            ..
        } => {
            let order = form.order(rule, "")?;
            Ok(Made::Pairs(form, order))
        }
        rule => Ok(Made::Text(Cow::Owned(form.join(rule, "")?))),
    }
}

fn params<'c, 'a>(context: &'c Context<'a>) -> Result<&'c Params<'a>> {
    context
        .params
        .as_ref()
        .ok_or(Error::with_detail(ErrorCode::MissingContext, "query"))
}

/// The claimed hash of the body, from the query of the URL.
///
/// # Errors
/// `AMBIGUOUS_INPUT` when it is there twice.
pub(crate) fn body_hash(url: &str, name: &str) -> Result<Option<Vec<u8>>> {
    let Some(query) = url::query(url) else {
        return Ok(None);
    };
    Ok(Params::parse(query.as_bytes())?
        .find(name)?
        .map(<[u8]>::to_vec))
}

/// What fills the parts that are not in the request itself: those that depend on the key, or on how the URL is spelt.
#[derive(Clone, Copy)]
pub(crate) struct Fill<'a> {
    pub(crate) secret: &'a [u8],
    pub(crate) companion: &'a [u8],
    pub(crate) url: &'a str,
}

/// The bytes that a signature is over, part by part as they stand in the request.
#[derive(Clone, Copy)]
pub(crate) struct SignedBytes<'p, 'a> {
    pub(crate) context: &'p Context<'a>,
    /// See [`make`].
    pub(crate) made: &'p Few<Made<'a>>,
    pub(crate) fill: Fill<'p>,
}

impl<'p, 'a> SignedBytes<'p, 'a> {
    /// All parts, for those who need a list.
    pub(crate) fn parts(self) -> Vec<&'p [u8]> {
        let mut parts = Vec::with_capacity(WEBHOOK_PARTS_MAX);
        self.each(|bytes| parts.push(bytes));
        parts
    }

    /// Hands over one part after the other.
    #[inline]
    fn each(self, mut take: impl FnMut(&'p [u8])) {
        let Self {
            context,
            made,
            fill,
        } = self;
        let mut made = made.iter();
        for part in &context.plan.parts {
            match part {
                Part::Sorted(parts) => {
                    let mut texts: Vec<&[u8]> = parts
                        .iter()
                        .map(|part| text(context, part, fill, &mut made))
                        .collect();
                    texts.sort_unstable();
                    texts.into_iter().for_each(&mut take);
                }
                Part::Form(_) => match made.next() {
                    Some(Made::Pairs(form, order)) => {
                        for pair in form.in_order(order) {
                            take(pair.name());
                            take(pair.value());
                        }
                    }
                    Some(Made::Text(text)) => take(text),
                    None => {}
                },
                part => take(text(context, part, fill, &mut made)),
            }
        }
    }
}

impl Message for SignedBytes<'_, '_> {
    #[inline]
    fn each_part(&self, take: impl FnMut(&[u8])) {
        (*self).each(take);
    }
}

/// The bytes of one part; `made` goes on by one where the part was made.
pub(crate) fn text<'p, 'a: 'p>(
    context: &'p Context<'_>,
    part: &'p Part,
    fill: Fill<'p>,
    made: &mut impl Iterator<Item = &'p Made<'a>>,
) -> &'p [u8] {
    let url = context.request.url.unwrap_or_default();
    match part {
        Part::Literal(text) => text.as_bytes(),
        Part::Id => &context.id,
        Part::Timestamp => &context.timestamp,
        Part::Body => context.request.body,
        Part::Method => context.request.method.unwrap_or_default().as_bytes(),
        Part::Url => fill.url.as_bytes(),
        Part::UrlWithoutQuery => url::without_query(url).as_bytes(),
        Part::UrlPath => url::path(url).as_bytes(),
        Part::UrlCall => url::call(url).as_bytes(),
        Part::UrlRest => url::first_segment(url).map_or(&[], |(_, rest)| rest.as_bytes()),
        Part::Secret => fill.secret,
        Part::Companion => fill.companion,
        Part::BodySha256
        | Part::BodyCrc32
        | Part::Query
        | Part::RawQuery
        | Part::Form(_)
        | Part::Parameter(_)
        | Part::Header(_)
        | Part::Sorted(_)
        // The items are signed one by one, see `custom`.
        | Part::Items => match made.next() {
            Some(Made::Text(text)) => text,
            _ => &[],
        },
    }
}

#[cfg(all(test, not(feature = "rsa")))]
mod tests {
    #[test]
    fn crc32_is_that_of_crc32fast() {
        for text in [&b""[..], b"a", b"123456789", &[0xff; 1000]] {
            assert_eq!(super::crc32(text), crc32fast::hash(text));
        }
    }
}
