//! Server addresses: an https origin, or http to this very machine. Nothing else is ever contacted.

use crate::error::{Error, ErrorCode, Result};
use alloc::{format, string::String};

/// Longest host name, by the rules of the domain name system.
const HOST_MAX: usize = 253;

/// Reads `https://host[:port]`, with or without one final slash, into its plain form: lower case, no slash.
///
/// `http://` is accepted for `localhost`, `127.x.x.x` and `[::1]` only.
pub(crate) fn origin(text: &str) -> Result<String> {
    let bad = || Error::new(ErrorCode::InvalidUrl);
    let lower = text.to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://").ok_or_else(bad)?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, _) = split_authority(authority).ok_or_else(bad)?;
    match scheme {
        "https" => {}
        "http" if is_loopback(host) => {}
        _ => return Err(bad()),
    }
    Ok(format!("{scheme}://{authority}"))
}

/// Splits `host[:port]`; `None` unless both are well formed.
pub(crate) fn split_authority(authority: &str) -> Option<(&str, Option<u16>)> {
    let host_end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(host_end)?;
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(read_port(digits)?),
        None if port.is_empty() => None,
        None => return None,
    };
    is_host(host).then_some((host, port))
}

fn read_port(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    plain.then(|| digits.parse().ok()).flatten()
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<core::net::Ipv6Addr>().is_ok();
    }
    let label = |label: &str| {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(inner)
    };
    host.len() <= HOST_MAX && host.split('.').all(label)
}

fn is_loopback(host: &str) -> bool {
    let v4 = |text: &str| {
        text.parse::<core::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
    };
    host == "localhost" || host == "[::1]" || v4(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_origins_and_refuses_the_rest() {
        for (given, plain) in [
            ("https://httpapi.secsign.com", "https://httpapi.secsign.com"),
            ("HTTPS://ID.Example:8443/", "https://id.example:8443"),
            ("http://localhost:28100", "http://localhost:28100"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(origin(given).as_deref(), Ok(plain));
        }
        for given in [
            "",
            "https://",
            "id.example",
            "http://id.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "https://user@id.example",
            "https://id.example/path",
            "https://id.example//",
            "https://id.example?x",
            "https://id.example#x",
            "https://id.example:",
            "https://id.example:0",
            "https://id.example:080",
            "https://id.example:65536",
            "https://id.example:+80",
            "https://id..example",
            "https://.id.example",
            "https://-id.example",
            "https://id_x.example",
            "https://ïd.example",
            "https://id.example\n",
            " https://id.example",
            "https://[::1",
            "https://[::1]x",
            "https://[v1.x]",
            "ftp://id.example",
        ] {
            assert!(origin(given).is_err(), "{given}");
        }
    }
}
