//! What stands before the path of a URL, as the sender may have called it.

use super::{
    causes::CauseKind,
    spelling::{Change, Spelling, change, same},
};
use crate::verify::webhook::header::{self, WebhookHeader};
use alloc::{format, string::String, vec, vec::Vec};

/// Scheme and authority, with the changes that lead there.
pub(super) type Origin = (String, Vec<Change>);

/// The spellings of an origin, the first that of the URL itself.
pub(super) fn origins(origin: &str, headers: &[WebhookHeader<'_>]) -> Vec<Origin> {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return vec![(String::new(), Vec::new())];
    };
    let authorities = authorities(authority, headers);
    let mut list = Vec::new();
    for (scheme, other_scheme) in schemes(scheme) {
        for (authority, other) in &authorities {
            let changes = other_scheme.iter().chain(other).cloned().collect();
            list.push((format!("{scheme}://{authority}"), changes));
        }
    }
    list
}

/// The origins that a URL without one may have: of its own host, or else of those of headers.
pub(super) fn missing(own: &str, headers: &[WebhookHeader<'_>]) -> Vec<Origin> {
    let mut hosts: Vec<&str> = Vec::new();
    if own.is_empty() {
        for (_, host) in of_headers(headers) {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
    } else {
        hosts.push(own);
    }
    let relative = |host: &str| {
        // A password that stands before the host is not repeated.
        let (_, bare) = host.rsplit_once('@').unwrap_or(("", host));
        ["https", "http"].map(|scheme| {
            let kind = CauseKind::UrlRelative;
            let fits = format!("{scheme}://{bare}");
            (format!("{scheme}://{host}"), vec![Change { kind, fits }])
        })
    };
    hosts.into_iter().flat_map(relative).collect()
}

fn schemes(scheme: &str) -> Vec<Spelling> {
    let other = if scheme == "https" { "http" } else { "https" };
    vec![same(scheme), change(other, CauseKind::UrlScheme, other)]
}

fn authorities(authority: &str, headers: &[WebhookHeader<'_>]) -> Vec<Spelling> {
    let mut list = vec![same(authority)];
    // The colon of a port comes after the bracket of an IPv6 address and after the user part.
    let host = authority.rfind([']', '@']).map_or(0, |at| at + 1);
    let colon = authority
        .get(host..)
        .and_then(|tail| tail.find(':'))
        .map(|at| host + at);
    let bare = colon
        .and_then(|at| authority.get(..at))
        .unwrap_or(authority);
    if bare != authority {
        list.push(change(bare, CauseKind::UrlPort, "none"));
    }
    let forwarded = header_text(headers, "X-Forwarded-Port");
    for port in ["443", "80"].into_iter().chain(forwarded) {
        let with = format!("{bare}:{port}");
        if with != authority && port.bytes().all(|byte| byte.is_ascii_digit()) {
            list.push(change(with, CauseKind::UrlPort, port));
        }
    }
    for (name, host) in of_headers(headers) {
        if host != authority {
            list.push(change(host, CauseKind::UrlHost, name));
        }
    }
    list
}

/// The hosts that headers name, with the names of the headers; a chain of proxies has that of the first one in front.
fn of_headers<'a>(headers: &[WebhookHeader<'a>]) -> Vec<(&'static str, &'a str)> {
    let mut list = Vec::new();
    for name in ["X-Forwarded-Host", "X-Original-Host", "Forwarded", "Host"] {
        let value = header_text(headers, name).unwrap_or_default();
        let host = match name {
            "Forwarded" => of_forwarded(value),
            _ => value.split(',').next(),
        };
        let host = host.map(str::trim).filter(|host| !host.is_empty());
        list.extend(host.map(|host| (name, host)));
    }
    list
}

/// The first host of a value as RFC 7239 has it, such as `for=192.0.2.1;host="a.example:8443";proto=https`.
fn of_forwarded(value: &str) -> Option<&str> {
    value.split([',', ';']).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let is_host = name.trim().eq_ignore_ascii_case("host");
        is_host.then(|| value.trim().trim_matches('"'))
    })
}

/// The value of a header, if it is text.
pub(super) fn header_text<'a>(headers: &[WebhookHeader<'a>], name: &str) -> Option<&'a str> {
    core::str::from_utf8(header::find(headers, name).ok()??).ok()
}
