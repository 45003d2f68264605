//! The pieces of a URL that schemes sign. Nothing is normalised: senders sign what they called.

use super::row::UrlForm;
use alloc::{borrow::Cow, string::String, vec, vec::Vec};

/// The spellings of a URL under which a sender may have signed it.
///
/// The first is the likely one; the others are not written before it has failed.
pub(crate) fn forms(url: &str, form: UrlForm) -> impl Iterator<Item = Cow<'_, str>> {
    let first = match form {
        UrlForm::Exact | UrlForm::AnyPort => Cow::Borrowed(url),
        UrlForm::HubSpot => Cow::Owned(hubspot(url)),
    };
    let others = core::iter::once_with(move || match form {
        UrlForm::AnyPort => other_ports(url),
        UrlForm::Exact | UrlForm::HubSpot => Vec::new(),
    });
    core::iter::once(first).chain(others.flatten().map(Cow::Owned))
}

/// Without the query.
pub(crate) fn without_query(url: &str) -> &str {
    split_once(url, b'?').map_or(url, |(before, _)| before)
}

/// The query, if there is one.
pub(crate) fn query(url: &str) -> Option<&str> {
    let (_, query) = split_once(url, b'?')?;
    Some(split_once(query, b'#').map_or(query, |(query, _)| query))
}

/// With another query.
pub(crate) fn with_query(url: &str, query: &str) -> String {
    let (url, fragment) = split_once(url, b'#').unwrap_or((url, ""));
    let mark = if fragment.is_empty() { "" } else { "#" };
    [without_query(url), "?", query, mark, fragment].concat()
}

/// As `str::split_once`, which takes a while to start.
fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(separator, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The path, from its first slash, without the query.
pub(crate) fn path(url: &str) -> &str {
    let url = without_query(url);
    url.get(origin_len(url)..).unwrap_or_default()
}

/// Path and query.
pub(crate) fn path_and_query(url: &str) -> &str {
    url.get(origin_len(url)..).unwrap_or_default()
}

/// The last segment of the path.
pub(crate) fn call(url: &str) -> &str {
    let path = path(url);
    let slash = path.bytes().rposition(|byte| byte == b'/');
    path.get(slash.map_or(0, |at| at + 1)..).unwrap_or_default()
}

/// The first segment of the path, and path and query after it and its slash.
pub(crate) fn first_segment(url: &str) -> Option<(&str, &str)> {
    url.get(origin_len(url)..)?
        .strip_prefix('/')?
        .split_once('/')
}

/// Length of `scheme://authority`; 0 for a bare path.
fn origin_len(url: &str) -> usize {
    // A search for a text of any length would be a kilobyte of code.
    let mark = url.as_bytes().windows(3).position(|three| three == b"://");
    let scheme = mark.and_then(|at| url.get(..at));
    // A path may hold one, too: that of an image that is to be fetched, say.
    let is_scheme = |text: &&str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    let Some(scheme) = scheme.filter(is_scheme) else {
        return 0;
    };
    let start = scheme.len() + 3;
    url.get(start..)
        .and_then(|rest| rest.find(['/', '?', '#']))
        .map_or(url.len(), |at| start + at)
}

/// The URL without its port, and with the usual port written out.
fn other_ports(url: &str) -> Vec<String> {
    let (origin, rest) = url.split_at_checked(origin_len(url)).unwrap_or_default();
    // The colon of a port comes after the bracket of an IPv6 address and after the user part.
    let host = origin.rfind([']', '@', '/']).map_or(0, |at| at + 1);
    let bare = origin
        .get(host..)
        .and_then(|tail| tail.find(':'))
        .map_or(origin, |at| &origin[..host + at]);
    let port = if origin.starts_with("https:") {
        ":443"
    } else {
        ":80"
    };
    if bare.is_empty() {
        return Vec::new();
    }
    let mut others = vec![[bare, rest].concat(), [bare, port, rest].concat()];
    others.retain(|other| other != url);
    others
}

/// Decodes the twelve percent-escapes that HubSpot lists in its documentation of v3 signatures. None of them separates parameters.
fn hubspot(url: &str) -> String {
    const ESCAPES: [(&str, char); 12] = [
        ("3A", ':'),
        ("2F", '/'),
        ("3F", '?'),
        ("40", '@'),
        ("21", '!'),
        ("24", '$'),
        ("27", '\''),
        ("28", '('),
        ("29", ')'),
        ("2A", '*'),
        ("2C", ','),
        ("3B", ';'),
    ];
    let mut out = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let digits = after.get(..2).unwrap_or_default();
        match ESCAPES
            .iter()
            .find(|(hex, _)| hex.eq_ignore_ascii_case(digits))
        {
            Some((_, character)) => {
                out.push(*character);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_added_and_removed() {
        let any_port = |url| forms(url, UrlForm::AnyPort).collect::<Vec<_>>();
        assert_eq!(
            any_port("https://[::1]:8443/x?y"),
            [
                "https://[::1]:8443/x?y",
                "https://[::1]/x?y",
                "https://[::1]:443/x?y"
            ]
        );
        assert_eq!(
            any_port("https://[2001:db8::1]/"),
            ["https://[2001:db8::1]/", "https://[2001:db8::1]:443/"]
        );
        assert_eq!(
            any_port("http://a.example"),
            ["http://a.example", "http://a.example:80"]
        );
        assert_eq!(
            any_port("http://u:p@a:80/"),
            ["http://u:p@a:80/", "http://u:p@a/"]
        );
        assert_eq!(any_port(""), [""]);
    }

    #[test]
    fn parts() {
        let url = "https://a.example/api/create?x=/1#f";
        assert_eq!(
            (path(url), call(url), query(url)),
            ("/api/create", "create", Some("x=/1"))
        );
        assert_eq!(first_segment("http://h/sig/a/b?c"), Some(("sig", "a/b?c")));
        assert_eq!(first_segment("http://h/sig"), None);
        assert_eq!(
            (path("https://a"), path("/a/b"), path("")),
            ("", "/a/b", "")
        );
        // What a path holds is no origin.
        let url = "/sig/fit/http://x/cat.jpg?y=://b/c";
        assert_eq!(path(url), "/sig/fit/http://x/cat.jpg");
        assert_eq!(
            first_segment(url),
            Some(("sig", "fit/http://x/cat.jpg?y=://b/c"))
        );
        assert_eq!(path("a+b-1.c://h/x"), "/x");
        for (url, expected) in [
            ("https://a", "https://a?y=2"),
            ("https://a/b?", "https://a/b?y=2"),
            ("https://a/b?x=1#f?g", "https://a/b?y=2#f?g"),
        ] {
            assert_eq!(with_query(url, "y=2"), expected);
        }
    }

    #[test]
    fn hubspot_decodes_its_list_only() {
        assert_eq!(
            hubspot("https://a/?q=%3a%20%2F%%4"),
            "https://a/?q=:%20/%%4"
        );
        assert_eq!(hubspot("%é%3"), "%é%3");
    }
}
