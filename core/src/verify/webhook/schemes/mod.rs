//! The scheme table: one row per provider, in families.

mod body_only;
#[cfg(any(test, not(feature = "catalogue")))]
mod compact;
mod in_body;
mod query;
mod standard;
mod timestamped;
mod token_public_key;
mod url_bound;

use super::row::Row;

/// The rows of each family.
const FAMILIES: [&[Row<'static>]; 7] = [
    standard::ROWS,
    timestamped::ROWS,
    body_only::ROWS,
    url_bound::ROWS,
    query::ROWS,
    in_body::ROWS,
    token_public_key::ROWS,
];

/// Every row.
pub(crate) fn all() -> impl Iterator<Item = &'static Row<'static>> {
    FAMILIES.into_iter().flatten()
}

/// The row of an id.
#[cfg(feature = "catalogue")]
pub(crate) fn find(id: &str) -> Option<Row<'static>> {
    all().find(|row| row.id == id).copied()
}

/// The row of an id, without what only people read.
#[cfg(not(feature = "catalogue"))]
pub(crate) fn find(id: &str) -> Option<Row<'static>> {
    compact::find(id)
}
