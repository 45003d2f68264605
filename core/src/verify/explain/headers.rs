//! What can have happened to headers: other names, values that were joined, or written as a program shows them.

use super::{Search, causes::CauseKind};
use crate::verify::webhook::{
    context::Request,
    header::{self, WebhookHeader},
    row::{Digest, names},
};
use alloc::{borrow::Cow, vec::Vec};

/// Each idea says whether the signature confirmed it.
pub(super) fn headers(search: &mut Search<'_>) -> bool {
    const IDEAS: [fn(&mut Search<'_>) -> bool; 4] =
        [with_names_of_variables, joined, as_literals, with_bearer];
    IDEAS.iter().any(|idea| idea(search))
}

/// Names of CGI variables.
fn with_names_of_variables(search: &mut Search<'_>) -> bool {
    let headers = search.request.headers;
    let names: Vec<Cow<'_, str>> = headers
        .iter()
        .map(|header| plain_name(header.name))
        .collect();
    let plain = headers.iter().zip(&names).map(|(header, name)| {
        let value = header.value;
        WebhookHeader { name, value }
    });
    let plain: Vec<_> = plain.collect();
    changed(search, &plain, CauseKind::HeaderCgiName, "")
}

/// `X-NAME` for `HTTP_X_NAME`, in any case, and for `X_NAME`.
fn plain_name(name: &str) -> Cow<'_, str> {
    if name.contains('-') || !name.contains('_') {
        return Cow::Borrowed(name);
    }
    let rest = match name.split_at_checked(5) {
        Some((start, rest)) if start.eq_ignore_ascii_case("HTTP_") => rest,
        _ => name,
    };
    Cow::Owned(rest.replace('_', "-"))
}

/// Values joined by commas.
fn joined(search: &mut Search<'_>) -> bool {
    let row = search.plan.row();
    let headers = row.headers;
    let lists = [headers.signature, headers.time, headers.id, row.topic];
    for name in lists.into_iter().flat_map(names) {
        let Ok(Some(value)) = header::find(search.request.headers, name) else {
            continue;
        };
        if !value.contains(&b',') {
            continue;
        }
        for part in value.split(|&byte| byte == b',').take(4) {
            let single = with_value(search.request.headers, name, part);
            if changed(search, &single, CauseKind::HeaderJoined, name) {
                return true;
            }
        }
    }
    false
}

/// Values as programs print them: `"…"`, `b'…'`, `['…']`.
fn as_literals(search: &mut Search<'_>) -> bool {
    let bare = search.request.headers.iter().map(|header| WebhookHeader {
        name: header.name,
        value: bare(header.value),
    });
    let bare: Vec<_> = bare.collect();
    changed(search, &bare, CauseKind::HeaderQuoted, "")
}

fn bare(value: &[u8]) -> &[u8] {
    let value = match value.trim_ascii() {
        [b'[', inner @ .., b']'] => inner,
        value => value,
    };
    let quoted = match value {
        [b'b', quoted @ ..] => quoted,
        quoted => quoted,
    };
    match quoted {
        [first @ (b'"' | b'\''), inner @ .., last] if first == last => inner,
        _ => value,
    }
}

/// A word such as `Bearer` before a token.
fn with_bearer(search: &mut Search<'_>) -> bool {
    let row = search.plan.row();
    if row.digest != Digest::Token {
        return false;
    }
    names(row.headers.signature).any(|name| {
        let headers = search.request.headers;
        let value = header::find(headers, name).ok().flatten();
        let mut words = value.unwrap_or_default().splitn(2, |byte| *byte == b' ');
        let (Some(_), Some(token)) = (words.next(), words.next()) else {
            return false;
        };
        let single = with_value(headers, name, token.trim_ascii());
        changed(search, &single, CauseKind::HeaderBearer, name)
    })
}

fn with_value<'a>(
    headers: &[WebhookHeader<'a>],
    name: &str,
    value: &'a [u8],
) -> Vec<WebhookHeader<'a>> {
    let mut headers = headers.to_vec();
    for header in &mut headers {
        if header.name.eq_ignore_ascii_case(name) {
            header.value = value;
        }
    }
    headers
}

/// Names the cause if these other headers fit.
fn changed(
    search: &mut Search<'_>,
    headers: &[WebhookHeader<'_>],
    kind: CauseKind,
    subject: &str,
) -> bool {
    let fits = headers != search.request.headers
        && search
            .fits(&Request {
                headers,
                ..search.request
            })
            .unwrap_or(false);
    if fits {
        search.prove(kind, subject);
    }
    fits
}
