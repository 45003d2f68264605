//! The table, for people and tools.

use countermark::facade;
use pyo3::prelude::*;

/// What the table says about a scheme, in short.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct SchemeInfo {
    /// The id.
    id: String,
    /// The name for people.
    title: String,
    /// Where the facts come from.
    source: String,
    /// A weakness of the scheme that no verifier can mend; may be empty.
    weakness: String,
    /// The headers with signatures.
    signature_headers: Vec<String>,
    /// The signed bytes as a template.
    signed: String,
    /// What the signature covers.
    covers: Vec<&'static str>,
    /// What the signature is, such as ``hmac``.
    digest: &'static str,
    /// How keys are written.
    key: &'static str,
    /// Oldest accepted time in seconds; `None` for a scheme without signed time.
    max_age_s: Option<u32>,
    /// Newest accepted time in seconds ahead of the clock; `None` for a scheme without signed time.
    max_future_s: Option<u32>,
}

#[pymethods]
impl SchemeInfo {
    fn __repr__(&self) -> String {
        format!("<SchemeInfo {}>", self.id)
    }
}

/// Every scheme of the table.
#[pyfunction]
pub(crate) fn list_schemes() -> Vec<SchemeInfo> {
    let row = |row: facade::SchemeInfo| SchemeInfo {
        id: row.id,
        title: row.title,
        source: row.source,
        weakness: row.weakness,
        signature_headers: row.signature_headers,
        signed: row.signed,
        covers: row.covers.into_iter().map(facade::Covered::name).collect(),
        digest: row.digest.name(),
        key: row.key.name(),
        max_age_s: row.max_age_s,
        max_future_s: row.max_future_s,
    };
    facade::list_schemes().into_iter().map(row).collect()
}
