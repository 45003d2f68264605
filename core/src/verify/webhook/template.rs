//! The template of the signed bytes: literal text with `{parts}`.
//!
//! | part | bytes |
//! |---|---|
//! | `{id}` | the text of the id header |
//! | `{timestamp}` | the text of the time as received |
//! | `{body}` | the raw body |
//! | `{body:sha256}`, `{body:crc32}` | its raw SHA-256, its CRC-32 in decimal |
//! | `{method}` | the method |
//! | `{url}`, `{url:no-query}`, `{url:path}`, `{url:call}`, `{url:rest}` | the URL; without query; its path; the last segment of the path; path and query after the first segment |
//! | `{query}`, `{form}` | the pairs of the query, of the form in the body, joined by the rule of the scheme |
//! | `{form:NAME}` | as `{form}`, unless the URL has the query parameter NAME, which must then be the SHA-256 of the body in hex |
//! | `{query:raw}` | the query as received, without the signature |
//! | `{param:NAME}`, `{header:NAME}` | a decoded query parameter, a header |
//! | `{secret}` | the secret, for plain hashes |
//! | `{key:id}`, `{key:salt}` | what stands before or after the colon of a key with two parts |
//! | `{sorted:A,B,C}` | the parts A, B, C in byte order |
//! | `{items}` | the signed items of the body; for rows of the table only |

use crate::error::{Error, ErrorCode, Result};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// One part of the signed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Id,
    Timestamp,
    Body,
    BodySha256,
    BodyCrc32,
    Method,
    Url,
    UrlWithoutQuery,
    UrlPath,
    UrlCall,
    UrlRest,
    Query,
    RawQuery,
    /// The form, unless the URL has this parameter.
    Form(Option<String>),
    Parameter(String),
    Header(String),
    Secret,
    /// The second half of a key of two parts.
    Companion,
    Sorted(Vec<Part>),
    Items,
}

impl Part {
    /// Whether the part needs the URL of the request.
    pub(crate) fn needs_url(&self) -> bool {
        matches!(
            self,
            Self::Url | Self::UrlWithoutQuery | Self::UrlPath | Self::UrlCall | Self::UrlRest
        )
    }

    /// Whether the part holds what stands before the path of the URL.
    pub(crate) fn needs_origin(&self) -> bool {
        matches!(self, Self::Url | Self::UrlWithoutQuery)
    }

    /// Whether the part does not stand in the request as it is signed.
    pub(crate) fn is_made(&self) -> bool {
        matches!(
            self,
            Self::BodySha256
                | Self::BodyCrc32
                | Self::Query
                | Self::RawQuery
                | Self::Form(_)
                | Self::Parameter(_)
                | Self::Header(_)
        )
    }

    /// The part, or those that are sorted in it.
    pub(crate) fn flat(&self) -> &[Self] {
        match self {
            Self::Sorted(parts) => parts,
            part => core::slice::from_ref(part),
        }
    }

    /// Whether the part needs the query parameters.
    pub(crate) fn needs_query(&self) -> bool {
        match self {
            Self::Query | Self::RawQuery | Self::Parameter(_) => true,
            Self::Sorted(parts) => parts.iter().any(Self::needs_query),
            _ => false,
        }
    }
}

/// Reads a template. Braces stand for parts only.
///
/// # Errors
/// `INVALID_CONFIG` for an unknown part or a brace without its other one.
pub(crate) fn parse(template: &str) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let at = rest.find(['{', '}']).unwrap_or(rest.len());
        let (literal, tail) = rest.split_at(at);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal.to_owned()));
        }
        rest = match tail.strip_prefix('{') {
            Some(inner) => {
                let (name, after) = inner.split_once('}').ok_or(bad("a brace is not closed"))?;
                parts.push(part(name)?);
                after
            }
            None if tail.is_empty() => tail,
            None => return Err(bad("a brace is not opened")),
        };
    }
    Ok(parts)
}

fn part(name: &str) -> Result<Part> {
    let (kind, argument) = name.split_once(':').unwrap_or((name, ""));
    Ok(match (kind, argument) {
        ("id", "") => Part::Id,
        ("timestamp", "") => Part::Timestamp,
        ("body", "") => Part::Body,
        ("body", "sha256") => Part::BodySha256,
        ("body", "crc32") => Part::BodyCrc32,
        ("method", "") => Part::Method,
        ("url", "") => Part::Url,
        ("url", "no-query") => Part::UrlWithoutQuery,
        ("url", "path") => Part::UrlPath,
        ("url", "call") => Part::UrlCall,
        ("url", "rest") => Part::UrlRest,
        ("query", "") => Part::Query,
        ("query", "raw") => Part::RawQuery,
        ("form", "") => Part::Form(None),
        ("form", name) => Part::Form(Some(name.to_owned())),
        ("param", name) if !name.is_empty() => Part::Parameter(name.to_owned()),
        ("header", name) if !name.is_empty() => Part::Header(name.to_owned()),
        ("secret", "") => Part::Secret,
        ("key", "id" | "salt") => Part::Companion,
        ("items", "") => Part::Items,
        ("sorted", list) if !list.is_empty() => {
            Part::Sorted(list.split(',').map(simple).collect::<Result<_>>()?)
        }
        _ => return Err(bad("unknown part")),
    })
}

fn simple(name: &str) -> Result<Part> {
    match part(name)? {
        part @ (Part::Secret
        | Part::Timestamp
        | Part::Id
        | Part::Parameter(_)
        | Part::Header(_)) => Ok(part),
        _ => Err(bad("only short texts can be sorted")),
    }
}

fn bad(what: &'static str) -> Error {
    Error::with_detail(
        ErrorCode::InvalidConfig,
        ["template of the signed bytes: ", what].concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_literals_and_parts() {
        let parts = parse("v0:{timestamp}:{body}").unwrap();
        assert_eq!(
            parts,
            [
                Part::Literal("v0:".into()),
                Part::Timestamp,
                Part::Literal(":".into()),
                Part::Body
            ]
        );
        assert_eq!(
            parse("{sorted:secret,param:nonce}").unwrap(),
            [Part::Sorted(alloc::vec![
                Part::Secret,
                Part::Parameter("nonce".into())
            ])]
        );
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for template in [
            "{",
            "}",
            "{body",
            "body}",
            "{Body}",
            "{body:md5}",
            "{}",
            "{param:}",
            "{sorted:body}",
            "{{body}}",
        ] {
            assert_eq!(
                parse(template).map_err(|e| e.code()),
                Err(ErrorCode::InvalidConfig),
                "{template}"
            );
        }
    }

    #[test]
    fn every_row_of_the_table_has_a_template() {
        for row in super::super::schemes::all() {
            assert!(parse(row.signed).is_ok(), "{}", row.id);
        }
    }
}
