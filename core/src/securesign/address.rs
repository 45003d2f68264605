//! Addresses: the API's base URL, exact web origins, and callback URLs.

use super::types::SecureSignEnvironment;
use crate::{
    error::{Error, ErrorCode, Result},
    limits::SECURESIGN_URL_MAX,
    proto::host,
};
use alloc::{
    format,
    string::{String, ToString as _},
};
use core::net::{Ipv4Addr, Ipv6Addr};

/// Reads `https://host[:port]/v1`, with or without a final slash, into its plain form without one.
///
/// # Errors
/// `INVALID_URL`
pub(crate) fn base_url(text: &str) -> Result<String> {
    let plain = text.strip_suffix('/').unwrap_or(text);
    let origin = plain.strip_suffix("/v1").ok_or(Error::with_detail(
        ErrorCode::InvalidUrl,
        "the base address does not end in /v1",
    ))?;
    // `host::origin` would take one more slash away.
    if origin.ends_with('/') {
        return Err(ErrorCode::InvalidUrl.into());
    }
    Ok(format!("{}/v1", host::origin(origin)?))
}

/// The exact form in which a browser sends an origin: scheme and host in lower case, no default port, nothing behind.
///
/// `http` is for `localhost` in the sandbox only (the vendor's domain list).
///
/// # Errors
/// `INVALID_ORIGIN`
pub(crate) fn origin(text: &str, environment: SecureSignEnvironment) -> Result<String> {
    let bad = |detail| Error::with_detail(ErrorCode::InvalidOrigin, detail);
    if !text.is_ascii() {
        return Err(bad("write a host beyond ASCII in its punycode form, xn--…"));
    }
    let lower = text.to_ascii_lowercase();
    let (scheme, authority) = lower
        .split_once("://")
        .ok_or_else(|| bad("an origin begins with https://"))?;
    let (name, port) = host::split_authority(authority)
        .ok_or_else(|| bad("only host and port follow the scheme"))?;
    if !is_canonical(name) {
        return Err(bad("an IP address in its canonical form"));
    }
    let default_port = match (scheme, name, environment) {
        ("https", _, _) => 443,
        ("http", "localhost", SecureSignEnvironment::Test) => 80,
        _ => return Err(bad("https, or http://localhost with a test key")),
    };
    Ok(match port {
        Some(port) if port != default_port => format!("{scheme}://{name}:{port}"),
        _ => format!("{scheme}://{name}"),
    })
}

/// Whether a host is written as browsers write it. They fold the many forms of an IP address, and take every host that ends in
/// a number for an IPv4 address (WHATWG URL, 3.5); so any other form would never equal what a browser sends.
fn is_canonical(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let same = |parsed: Ipv6Addr| parsed.to_string() == address;
        // Browsers write an embedded IPv4 address in hex, the standard library with dots: neither is taken.
        return address.parse().is_ok_and(same) && !address.contains('.');
    }
    let last = host.rsplit('.').next().unwrap_or(host);
    let hex = last.strip_prefix("0x").unwrap_or("g");
    let is_number =
        last.bytes().all(|b| b.is_ascii_digit()) || hex.bytes().all(|b| b.is_ascii_hexdigit());
    !is_number || host.parse::<Ipv4Addr>().is_ok()
}

/// Whether a host name, as in a list of allowed hosts, is well formed, in lower case, and one that an origin can have.
pub(crate) fn is_host(name: &str) -> bool {
    let lower = !name.bytes().any(|b| b.is_ascii_uppercase());
    lower && is_canonical(name) && matches!(host::split_authority(name), Some((_, None)))
}

/// Checks a callback URL: an allowed origin and a plain path. The product appends `?ss_result=`, so it has no query.
///
/// # Errors
/// `INVALID_INPUT`
pub(crate) fn callback_url(
    text: &str,
    hosts: &[String],
    environment: SecureSignEnvironment,
) -> Result<()> {
    let bad = |detail| Error::with_detail(ErrorCode::InvalidInput, detail);
    let start = text.find("://").map_or(0, |at| at + 3);
    let path = text
        .get(start..)
        .and_then(|rest| rest.find('/'))
        .map_or(text.len(), |at| start + at);
    let (head, path) = text
        .split_at_checked(path)
        .ok_or_else(|| bad("callback_url"))?;
    let origin =
        origin(head, environment).map_err(|_| bad("callback_url: not https://host[:port]/path"))?;
    let plain = path
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'\\' | b'"' | b'<' | b'>'));
    if !plain || text.len() > SECURESIGN_URL_MAX {
        return Err(bad("callback_url: only a path may follow the host"));
    }
    let authority = origin
        .split_once("://")
        .map_or("", |(_, authority)| authority);
    let name = host::split_authority(authority).map_or("", |(name, _)| name);
    if hosts.iter().any(|host| host == name) {
        Ok(())
    } else {
        Err(bad("callback_url: the host is not in callback_hosts"))
    }
}
