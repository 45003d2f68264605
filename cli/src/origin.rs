//! Scheme and host under which others reach this machine.

use axum::http::uri::Authority;

/// Reads `https://host[:port]`, or the same with http, with or without a slash at its end, into its form without one.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    let bare = text.strip_suffix('/').unwrap_or(text);
    let authority = bare
        .strip_prefix("https://")
        .or_else(|| bare.strip_prefix("http://"));
    match authority.map(str::parse::<Authority>) {
        Some(Ok(_)) => Ok(bare.to_owned()),
        _ => Err("only http:// or https:// and a host, such as https://abc.example".to_owned()),
    }
}
