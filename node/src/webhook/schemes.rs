//! The table of schemes.

use countermark::facade;
use napi_derive::napi;

#[napi(object, object_from_js = false)]
pub struct SchemeInfo {
    pub id: String,
    pub title: String,
    pub source: String,
    pub weakness: String,
    pub signature_headers: Vec<String>,
    pub signed: String,
    pub covers: Vec<&'static str>,
    pub digest: &'static str,
    pub key: &'static str,
    pub max_age_s: Option<u32>,
    pub max_future_s: Option<u32>,
}

#[napi(catch_unwind)]
pub fn list_schemes() -> Vec<SchemeInfo> {
    facade::list_schemes()
        .into_iter()
        .map(|scheme| SchemeInfo {
            id: scheme.id,
            title: scheme.title,
            source: scheme.source,
            weakness: scheme.weakness,
            signature_headers: scheme.signature_headers,
            signed: scheme.signed,
            covers: scheme.covers.iter().map(|part| part.name()).collect(),
            digest: scheme.digest.name(),
            key: scheme.key.name(),
            max_age_s: scheme.max_age_s,
            max_future_s: scheme.max_future_s,
        })
        .collect()
}
