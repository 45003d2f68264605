//! Where a site receives its webhooks.

use super::WebhookVerifier;
use crate::{
    error::{Error, ErrorCode, Result},
    proto::host,
    verify::webhook::template::Part,
};
use alloc::{borrow::ToOwned, string::String};

impl WebhookVerifier {
    /// Checks the origin that a site is configured with, for adapters of web frameworks: when it starts, and not at its first webhook. Gives
    /// what stands before the path in the URL that senders call, without a slash at its end; empty where none is needed and none is given.
    ///
    /// An origin is `https://host[:port]` or `http://…`, as senders write it, and perhaps a prefix of the path that a proxy takes away.
    ///
    /// # Errors
    /// `INVALID_CONFIG` for a text that is no origin, and for none where the scheme signs the URL, and not only its path.
    pub fn site_origin(&self, origin: Option<&str>) -> Result<String> {
        let good = match origin {
            None if self.about.plan.parts.iter().any(Part::needs_origin) => None,
            None => Some(""),
            Some(text) => is_origin(text).then(|| text.trim_end_matches('/')),
        };
        good.map(ToOwned::to_owned)
            .ok_or(Error::with_detail(ErrorCode::InvalidConfig, "origin"))
    }
}

fn is_origin(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else {
        return false;
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_path = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\');
    // Names with an underscore are none by the rules, but in use.
    host::split_authority(&authority.replace('_', "-")).is_some() && path.bytes().all(is_path)
}
