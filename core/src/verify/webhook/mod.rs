//! Webhooks: one table of schemes, one engine.
//!
//! [`schemes`] is the table, [`row`] what a row can say, [`engine`] and [`proof`] the checks in their order. The signed bytes come from
//! [`template`], [`context`] and [`content`]; [`signature`], [`text`], [`time`], [`header`], [`params`] and [`url`] each read one
//! thing, strictly; [`border`] keeps the signed parts apart, [`anchors`] pairs that nothing separates, and [`covered`] says what they
//! tell of a request.

mod anchors;
mod border;
pub(crate) mod content;
pub(crate) mod context;
pub(crate) mod covered;
pub(crate) mod custom;
pub(crate) mod engine;
pub(crate) mod header;
pub(crate) mod key;
pub(crate) mod params;
pub(crate) mod plan;
pub(crate) mod proof;
pub(crate) mod request;
pub(crate) mod row;
pub(crate) mod schemes;
pub(crate) mod sign;
pub(crate) mod signature;
pub(crate) mod spec;
pub(crate) mod template;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod url;
