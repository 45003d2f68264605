//! The signed bytes of a request, as a list of parts that are never joined.

use super::{engine::Context, params::Params, plan::PARTS_MAX, template::Part, url};
use crate::{
    error::{Error, ErrorCode, Result},
    verify::mac::{self, Hash},
};
use alloc::{borrow::Cow, string::ToString as _, vec::Vec};

/// A piece of the signed bytes. Those that depend on the key, or on how the URL is spelt, are filled in later.
#[derive(Debug, Clone)]
pub(crate) enum Piece<'a> {
    Bytes(Cow<'a, [u8]>),
    Secret,
    Companion,
    /// The URL in the spelling that is tried.
    Url,
    Sorted(Vec<Piece<'a>>),
}

impl<'a> Piece<'a> {
    fn borrowed(bytes: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self::Bytes(Cow::Borrowed(bytes.as_ref()))
    }
}

/// The pieces of the signed bytes.
///
/// # Errors
/// `MISSING_HEADER`, `MISSING_PARAMETER`, `MISSING_CONTEXT`, `AMBIGUOUS_INPUT`, `INVALID_ENCODING`.
pub(crate) fn pieces<'a>(context: &Context<'a>) -> Result<Vec<Piece<'a>>> {
    let mut pieces = Vec::with_capacity(context.plan.parts.len());
    for part in &context.plan.parts {
        pieces.push(piece(context, part)?);
    }
    Ok(pieces)
}

fn piece<'a>(context: &Context<'a>, part: &'a Part) -> Result<Piece<'a>> {
    let request = context.request;
    let url = request.url.unwrap_or_default();
    let owned = |bytes: Vec<u8>| Piece::Bytes(Cow::Owned(bytes));
    Ok(match part {
        Part::Literal(text) => Piece::borrowed(text),
        Part::Id => Piece::Bytes(context.id.clone()),
        Part::Timestamp => Piece::Bytes(context.timestamp.clone()),
        Part::Body => Piece::borrowed(request.body),
        Part::BodySha256 => owned(mac::digest(Hash::Sha256, &[request.body]).to_vec()),
        Part::BodyCrc32 => owned(crc32fast::hash(request.body).to_string().into_bytes()),
        Part::Method => Piece::borrowed(request.method.unwrap_or_default()),
        Part::Url => Piece::Url,
        Part::UrlWithoutQuery => Piece::borrowed(url::without_query(url)),
        Part::UrlPath => Piece::borrowed(url::path(url)),
        Part::UrlCall => Piece::borrowed(url::call(url)),
        Part::UrlRest => Piece::borrowed(url::first_segment(url).map_or("", |(_, rest)| rest)),
        Part::Query => owned(params(context)?.join(&context.row.pairs, context.signature_name())?),
        Part::RawQuery => owned(params(context)?.raw_without(context.signature_name())),
        Part::Parameter(name) => owned(params(context)?.require(name)?.to_vec()),
        Part::Form(Some(hash)) if body_hash(url, hash)?.is_some() => Piece::borrowed(""),
        Part::Form(_) => owned(Params::parse(request.body)?.join(&context.row.pairs, "")?),
        Part::Header(name) => {
            let value = super::header::find(request.headers, name)?;
            let value = value.ok_or_else(|| super::header::missing(name))?;
            if !value
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            {
                return Err(Error::with_detail(ErrorCode::MalformedHeader, name.clone()));
            }
            Piece::borrowed(value)
        }
        Part::Secret => Piece::Secret,
        Part::Companion => Piece::Companion,
        Part::Sorted(parts) => Piece::Sorted(
            parts
                .iter()
                .map(|part| piece(context, part))
                .collect::<Result<_>>()?,
        ),
        // The items are signed one by one, see `custom`.
        Part::Items => Piece::borrowed(""),
    })
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

/// What fills the pieces that are not in the request itself.
#[derive(Clone, Copy)]
pub(crate) struct Fill<'a> {
    pub(crate) secret: &'a [u8],
    pub(crate) companion: &'a [u8],
    pub(crate) url: &'a str,
}

/// The pieces as slices; calls `use_parts` with them.
pub(crate) fn with_parts<R>(
    pieces: &[Piece<'_>],
    fill: Fill<'_>,
    use_parts: impl FnOnce(&[&[u8]]) -> R,
) -> R {
    let mut parts: [&[u8]; PARTS_MAX] = [&[]; PARTS_MAX];
    let mut count = 0;
    let mut push = |bytes| {
        // A plan has no more parts than fit.
        if let Some(place) = parts.get_mut(count) {
            *place = bytes;
            count += 1;
        }
    };
    let bytes = |piece| match piece {
        &Piece::Secret => fill.secret,
        &Piece::Companion => fill.companion,
        &Piece::Url => fill.url.as_bytes(),
        Piece::Bytes(bytes) => bytes,
        Piece::Sorted(_) => &[],
    };
    for piece in pieces {
        if let Piece::Sorted(texts) = piece {
            let mut texts: Vec<&[u8]> = texts.iter().map(bytes).collect();
            texts.sort_unstable();
            texts.into_iter().for_each(&mut push);
        } else {
            push(bytes(piece));
        }
    }
    use_parts(parts.get(..count).unwrap_or_default())
}
