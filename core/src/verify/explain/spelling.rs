//! The parts of a URL in other spellings.

use super::causes::CauseKind;
use alloc::{borrow::ToOwned, string::String};

/// A change of a URL, and what would fit: a scheme, a port, the header that has the host, an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) kind: CauseKind,
    pub(super) fits: String,
}

/// A part of a URL, and how it differs from the one that was passed.
pub(super) type Spelling = (String, Option<Change>);

pub(super) fn same(text: &str) -> Spelling {
    (text.to_owned(), None)
}

pub(super) fn change(text: impl Into<String>, kind: CauseKind, fits: &str) -> Spelling {
    let fits = fits.to_owned();
    (text.into(), Some(Change { kind, fits }))
}
