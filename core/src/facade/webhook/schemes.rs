//! The table, for people and tools.

use super::{Covered, Digest, KeyEncoding};
use crate::verify::webhook::{
    plan::Plan,
    row::{Row, TimeAt, names},
    schemes,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// What the table says about a scheme, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeInfo {
    /// The id.
    pub id: String,
    /// The name for people.
    pub title: String,
    /// Where the facts come from.
    pub source: String,
    /// A weakness of the scheme that no verifier can mend; may be empty.
    pub weakness: String,
    /// The headers with signatures.
    pub signature_headers: Vec<String>,
    /// The signed bytes as a template.
    pub signed: String,
    /// What the signature covers.
    pub covers: Vec<Covered>,
    /// What the signature is.
    pub digest: Digest,
    /// How keys are written.
    pub key: KeyEncoding,
    /// Oldest accepted time in seconds; `None` for a scheme without signed time.
    pub max_age_s: Option<u32>,
    /// Newest accepted time in seconds ahead of the clock; `None` for a scheme without signed time.
    pub max_future_s: Option<u32>,
}

/// Every scheme of the table.
#[must_use]
pub fn list_schemes() -> Vec<SchemeInfo> {
    schemes::all()
        .filter_map(|row| Some(scheme_info(row, &Plan::of_table(row.id).ok()?)))
        .collect()
}

fn scheme_info(row: &Row<'_>, plan: &Plan) -> SchemeInfo {
    let timed = row.time != TimeAt::None;
    SchemeInfo {
        id: row.id.to_owned(),
        title: row.title.to_owned(),
        source: row.source.to_owned(),
        weakness: row.weakness.to_owned(),
        signature_headers: names(row.headers.signature)
            .map(ToOwned::to_owned)
            .collect(),
        signed: row.signed.to_owned(),
        covers: plan.covers.clone(),
        digest: row.digest,
        key: row.key,
        max_age_s: timed.then_some(row.max_age_s),
        max_future_s: timed.then_some(row.max_future_s),
    }
}
