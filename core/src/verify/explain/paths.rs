//! What can have happened to the path of a URL.

use super::{
    causes::CauseKind,
    escapes,
    hosts::header_text,
    spelling::{Spelling, change, same},
};
use crate::verify::webhook::header::WebhookHeader;
use alloc::{borrow::ToOwned, format, vec, vec::Vec};

/// Headers that have the path as it arrived: nginx, Traefik, IIS, Symfony and Envoy.
const ORIGINAL_PATHS: [&str; 5] = [
    "X-Original-URI",
    "X-Original-URL",
    "X-Forwarded-Uri",
    "X-Rewrite-URL",
    "X-Envoy-Original-Path",
];

/// The spellings of a path, the first its own.
pub(super) fn spellings(path: &str, headers: &[WebhookHeader<'_>]) -> Vec<Spelling> {
    let other = match path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{path}/"),
    };
    let mut list = vec![same(path), change(other, CauseKind::UrlTrailingSlash, "")];
    list.extend(escapes::in_other_case(path));
    // What stands in no path that was called: something has decoded it.
    let (text, fits) = escapes::add(path, |character| {
        !character.is_ascii_graphic() || "\"<>\\^`{|}".contains(character)
    });
    if text != path {
        list.push(change(text, CauseKind::UrlPathDecoded, &fits));
    }
    let prefix = "X-Forwarded-Prefix";
    if let Some(value) = header_text(headers, prefix) {
        let whole = format!("{}{path}", value.trim_end_matches('/'));
        list.push(change(whole, CauseKind::UrlPath, prefix));
    }
    for name in ORIGINAL_PATHS {
        // Some have the whole URL.
        let value = header_text(headers, name).unwrap_or_default();
        let value = value.split_once("://").map_or(value, |(_, rest)| rest);
        let from_path = value.find('/').and_then(|at| value.get(at..));
        if let Some(whole) = from_path.and_then(|rest| rest.split('?').next()) {
            list.push(change(whole, CauseKind::UrlPath, name));
        }
    }
    list
}
