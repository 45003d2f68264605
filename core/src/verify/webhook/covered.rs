//! What a signature says of a request.

use super::{row::TimeAt, template::Part};
use alloc::vec::Vec;

/// A part of a request that a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Covered {
    /// The message id.
    MessageId,
    /// The time.
    Timestamp,
    /// All bytes of the body.
    Body,
    /// The body's CRC-32 only: whoever has a signature can make another body for it.
    BodyChecksum,
    /// The names and values of the form in the body.
    Form,
    /// Some fields of the body, see the signed fields.
    BodyFields,
    /// The method.
    Method,
    /// The whole URL.
    Url,
    /// The URL without its query.
    UrlWithoutQuery,
    /// The path, or the part of it that names the call.
    Path,
    /// The query parameters that the scheme signs, see the signed fields.
    Query,
    /// A further header.
    Header,
}

impl Covered {
    /// The stable name, such as `message_id`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageId => "message_id",
            Self::Timestamp => "timestamp",
            Self::Body => "body",
            Self::BodyChecksum => "body_checksum",
            Self::Form => "form",
            Self::BodyFields => "body_fields",
            Self::Method => "method",
            Self::Url => "url",
            Self::UrlWithoutQuery => "url_without_query",
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// All that the signed parts, and a time that stands among them, cover.
pub(crate) fn covers<'p>(parts: impl Iterator<Item = &'p Part>, time: TimeAt<'_>) -> Vec<Covered> {
    let mut covers: Vec<Covered> = parts
        .filter_map(|part| match part {
            Part::Id => Some(Covered::MessageId),
            Part::Timestamp => Some(Covered::Timestamp),
            Part::Body | Part::BodySha256 => Some(Covered::Body),
            Part::BodyCrc32 => Some(Covered::BodyChecksum),
            Part::Form(_) => Some(Covered::Form),
            Part::Items => Some(Covered::BodyFields),
            Part::Method => Some(Covered::Method),
            Part::Url => Some(Covered::Url),
            Part::UrlWithoutQuery => Some(Covered::UrlWithoutQuery),
            Part::UrlPath | Part::UrlCall | Part::UrlRest => Some(Covered::Path),
            Part::Query | Part::RawQuery | Part::Parameter(_) => Some(Covered::Query),
            Part::Header(_) => Some(Covered::Header),
            Part::Literal(_) | Part::Secret | Part::Companion | Part::Sorted(_) => None,
        })
        .collect();
    if matches!(time, TimeAt::Parameter(_) | TimeAt::Json(_)) {
        covers.push(Covered::Timestamp);
    }
    covers.sort_unstable();
    covers.dedup();
    covers
}
