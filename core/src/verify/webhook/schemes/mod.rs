//! The scheme table: one row per provider, in families.

mod body_only;
mod in_body;
mod query;
mod standard;
mod timestamped;
mod token_public_key;
mod url_bound;

use super::row::Row;

/// The rows of a family, in a build without `catalogue` without what only people read.
const fn kept<const N: usize>(mut rows: [Row<'static>; N]) -> [Row<'static>; N] {
    let mut at = 0;
    while at < N && cfg!(not(feature = "catalogue")) {
        rows[at].title = "";
        rows[at].source = "";
        rows[at].weakness = "";
        at += 1;
    }
    rows
}

/// Every row.
pub(crate) fn all() -> impl Iterator<Item = &'static Row<'static>> {
    [
        standard::ROWS,
        timestamped::ROWS,
        body_only::ROWS,
        url_bound::ROWS,
        query::ROWS,
        in_body::ROWS,
        token_public_key::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// The row of an id.
pub(crate) fn find(id: &str) -> Option<&'static Row<'static>> {
    all().find(|row| row.id == id)
}
