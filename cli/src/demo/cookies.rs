//! The two cookies of the site: who visits, and the sealed login that the visitor has open.

use axum::http::{HeaderMap, HeaderValue, header};

/// Names the visitor's record on the server. Changes with every login and logout.
pub(super) const VISITOR: &str = "countermark_visitor";

/// Holds the sealed login: useless in the hands of any other visitor.
pub(super) const LOGIN: &str = "countermark_login";

/// The value of a cookie. A cookie that arrives twice is refused, since two readers could choose differently.
pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = None;
    for header in headers.get_all(header::COOKIE) {
        for pair in header.to_str().ok()?.split(';') {
            match pair.trim().split_once('=') {
                Some((key, value)) if key == name => match found {
                    None => found = Some(value),
                    Some(_) => return None,
                },
                _ => {}
            }
        }
    }
    found
}

/// A `Set-Cookie` value that lasts until the browser closes. The value is one of our own tokens: `[0-9A-Za-z_.-]`.
pub(super) fn set(name: &str, value: &str, secure: bool) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{name}={value}{}", attributes(secure))).ok()
}

/// A `Set-Cookie` value that removes the cookie.
pub(super) fn remove(name: &str, secure: bool) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{name}={}; Max-Age=0", attributes(secure))).ok()
}

fn attributes(secure: bool) -> &'static str {
    if secure {
        "; Path=/; HttpOnly; SameSite=Lax; Secure"
    } else {
        "; Path=/; HttpOnly; SameSite=Lax"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        lines
            .iter()
            .map(|line| (header::COOKIE, HeaderValue::from_static(line)))
            .collect()
    }

    #[test]
    fn reads_the_named_cookie_only() {
        let headers = headers(&["a=1; countermark_login=v2.x-y=; xcountermark_login=3"]);
        assert_eq!(read(&headers, LOGIN), Some("v2.x-y="));
        assert_eq!(read(&headers, VISITOR), None);
    }

    #[test]
    fn a_cookie_that_arrives_twice_is_none() {
        assert_eq!(
            read(
                &headers(&["countermark_visitor=1; countermark_visitor=2"]),
                VISITOR
            ),
            None
        );
        assert_eq!(
            read(
                &headers(&["countermark_visitor=1", "countermark_visitor=1"]),
                VISITOR
            ),
            None
        );
    }
}
