//! A row made ready for use, from the table or from the caller's description.

use super::{
    border::{Border, borders_are_open, has_free_parts, not_in_id, sorts_time},
    covered::{Covered, covers},
    row::{Digest, Headers, Place, Row, SignatureEncoding, TimeAt, TimeUnit, UrlForm, names},
    spec::SchemeSpec,
    template::{self, Part},
};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_PARTS_MAX,
    verify::mac::Hash,
};
use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};
use core::ops::Deref;

#[derive(Debug)]
enum Source {
    Table(Box<Row<'static>>),
    #[cfg(feature = "custom")]
    Own(Box<SchemeSpec>),
}

/// A row of the table, or one made from the caller's description.
#[derive(Debug)]
pub(crate) enum RowRef<'a> {
    Table(&'a Row<'a>),
    #[cfg(feature = "custom")]
    Own(Box<Row<'a>>),
}

impl<'a> Deref for RowRef<'a> {
    type Target = Row<'a>;

    fn deref(&self) -> &Row<'a> {
        match self {
            Self::Table(row) => row,
            #[cfg(feature = "custom")]
            Self::Own(row) => row,
        }
    }
}

/// One thing in which a sender may differ from its scheme.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Encoding(SignatureEncoding),
    Hash(Hash),
    Unit(TimeUnit),
    NoPrefix,
}

/// A scheme that is ready to use.
#[derive(Debug)]
pub(crate) struct Plan {
    source: Source,
    pub(crate) parts: Vec<Part>,
    pub(crate) covers: Vec<Covered>,
    /// Whether there may be several signature headers.
    pub(crate) lists_headers: bool,
    /// Whether some part must be made, see [`super::content::make`].
    pub(crate) makes: bool,
    /// Whether some part names fields of its own.
    pub(crate) names_fields: bool,
    /// For each byte, not zero if a message id may not hold it, if the scheme signs one.
    pub(crate) not_in_id: Option<[u8; 256]>,
    /// The caller's own scheme has several parts that may hold any byte.
    pub(crate) has_free_parts: bool,
    /// The time must have its usual length, since nothing separates it from its neighbours.
    pub(crate) fixed_time: bool,
    /// The time stands in a sorted list, where it may change places with a neighbour: a copy may come at another time.
    pub(crate) time_may_swap: bool,
    /// The time is a parameter that the signature of the URL covers: of no other query.
    pub(crate) reads_time_of_url: bool,
    pub(crate) needs_url: bool,
    pub(crate) needs_query: bool,
    pub(crate) needs_method: bool,
}

impl Plan {
    /// The scheme of the table.
    ///
    /// # Errors
    /// `UNKNOWN_SCHEME`.
    pub(crate) fn of_table(id: &str) -> Result<Self> {
        let row = super::schemes::find(id).ok_or(Error::new(ErrorCode::UnknownScheme))?;
        Self::new(Source::Table(Box::new(row)))
    }

    /// The scheme that the caller describes.
    ///
    /// # Errors
    /// `INVALID_CONFIG`.
    #[cfg(feature = "custom")]
    pub(crate) fn of_spec(spec: SchemeSpec) -> Result<Self> {
        spec.check()?;
        Self::new(Source::Own(Box::new(spec)))
    }

    /// As above, in a build that has only the table.
    ///
    /// # Errors
    /// `UNSUPPORTED`.
    #[cfg(not(feature = "custom"))]
    pub(crate) fn of_spec(_: SchemeSpec) -> Result<Self> {
        Err(Error::with_detail(ErrorCode::Unsupported, "feature custom"))
    }

    /// The same scheme, but for one thing: for explanations only.
    ///
    /// # Errors
    /// `INVALID_CONFIG`.
    pub(crate) fn with(&self, change: Change) -> Result<Self> {
        let mut row = match &self.source {
            Source::Table(row) => **row,
            #[cfg(feature = "custom")]
            Source::Own(spec) => {
                let mut spec = spec.clone();
                match change {
                    Change::Encoding(encoding) => spec.encoding = encoding,
                    Change::Unit(unit) => spec.time_unit = unit,
                    Change::Hash(hash) => spec.hash = hash.into(),
                    Change::NoPrefix => spec.prefix.clear(),
                }
                return Self::new(Source::Own(spec));
            }
        };
        match change {
            Change::Encoding(encoding) => row.encoding = encoding,
            Change::Unit(unit) => row.unit = unit,
            Change::Hash(Hash::Sha1) => row.hash = &[Hash::Sha1],
            Change::Hash(Hash::Sha256) => row.hash = &[Hash::Sha256],
            Change::Hash(Hash::Sha512) => row.hash = &[Hash::Sha512],
            Change::NoPrefix => row.prefix = "",
        }
        Self::new(Source::Table(Box::new(row)))
    }

    /// The row.
    #[inline]
    pub(crate) fn row(&self) -> RowRef<'_> {
        match &self.source {
            Source::Table(row) => RowRef::Table(row),
            #[cfg(feature = "custom")]
            Source::Own(spec) => RowRef::Own(Box::new(spec.row())),
        }
    }

    /// Whether the caller described the scheme.
    pub(crate) fn is_own(&self) -> bool {
        match self.source {
            Source::Table(_) => false,
            #[cfg(feature = "custom")]
            Source::Own(_) => true,
        }
    }

    /// The names of all headers that a verifier looks at, each once; for `#` see [`super::row::Headers::signature`].
    pub(crate) fn header_names(&self) -> Vec<String> {
        let row = self.row();
        let mut all: Vec<String> = Vec::new();
        let mut add = |name: &str| {
            if !name.is_empty() && !all.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                all.push(name.to_owned());
            }
        };
        for headers in core::iter::once(row.headers).chain(row.alias) {
            names(headers.signature).for_each(&mut add);
            add(headers.time);
            add(headers.id);
        }
        row.expect.iter().for_each(|expect| add(expect.header));
        names(row.topic).for_each(&mut add);
        for part in self.parts.iter().flat_map(Part::flat) {
            if let Part::Header(name) = part {
                add(name);
            }
        }
        all
    }

    /// Whether one HMAC over the body, with other bytes before and after it, is all that the body is needed for.
    pub(crate) fn bears_outside_mac(&self) -> bool {
        let row = self.row();
        let bodies = self.parts.iter().filter(|part| **part == Part::Body);
        let needs_more = |part: &Part| {
            matches!(
                part,
                Part::BodySha256
                    | Part::BodyCrc32
                    | Part::Form(_)
                    | Part::Secret
                    | Part::Companion
                    | Part::Sorted(_)
                    | Part::Items
            )
        };
        row.digest == Digest::Hmac
            && row.hash.len() == 1
            && row.url == UrlForm::Exact
            && !matches!(row.time, TimeAt::Json(_))
            && !matches!(row.place, Place::Mailgun | Place::AdyenItems)
            && bodies.count() == 1
            && !self.parts.iter().any(needs_more)
    }

    fn new(source: Source) -> Result<Self> {
        let mut plan = Self {
            source,
            parts: Vec::new(),
            covers: Vec::new(),
            lists_headers: false,
            makes: false,
            names_fields: false,
            not_in_id: None,
            has_free_parts: false,
            fixed_time: false,
            time_may_swap: false,
            reads_time_of_url: false,
            needs_url: false,
            needs_query: false,
            needs_method: false,
        };
        let row = plan.row();
        let parts = template::parse(row.signed)?;
        let flat = || parts.iter().flat_map(Part::flat);
        if flat().count() > WEBHOOK_PARTS_MAX {
            return Err(Error::with_detail(
                ErrorCode::InvalidConfig,
                "too many signed parts",
            ));
        }
        let needs_query = flat().any(Part::needs_query)
            || matches!(row.place, Place::Parameter(_))
            || matches!(row.time, TimeAt::Parameter(_));
        let needs_url = flat().any(Part::needs_url) || row.place == Place::PathSegment;
        let reads_time_of_url =
            matches!(row.time, TimeAt::Parameter(_)) && flat().any(|part| *part == Part::Url);
        let needs_method = flat().any(|part| *part == Part::Method);
        let makes = flat().any(Part::is_made);
        let names_fields = row.place == Place::Mailgun || flat().any(|part| part.needs_query());
        let covers = covers(flat(), row.time);
        let time_may_swap = sorts_time(&parts);
        let fixed_time = time_may_swap || borders_are_open(&parts);
        let lists = |headers: Headers<'_>| headers.signature.contains([',', '#']);
        let lists_headers = lists(row.headers) || row.alias.is_some_and(lists);
        let id = parts.iter().position(|part| *part == Part::Id);
        let border = if plan.is_own() {
            Border::of_own
        } else {
            Border::around
        };
        plan.not_in_id = id.map(|at| not_in_id(border(&parts, at)));
        // The rows of the table sign what their senders do.
        plan.has_free_parts = plan.is_own() && has_free_parts(&parts);
        plan.parts = parts;
        plan.covers = covers;
        plan.lists_headers = lists_headers;
        plan.makes = makes;
        plan.names_fields = names_fields;
        plan.fixed_time = fixed_time;
        plan.time_may_swap = time_may_swap;
        plan.reads_time_of_url = reads_time_of_url;
        plan.needs_url = needs_url;
        plan.needs_query = needs_query;
        plan.needs_method = needs_method;
        Ok(plan)
    }
}
