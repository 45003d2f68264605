//! What people take for a saved request, and what to do with it.

/// What it is; nothing for what may be a request.
pub(super) fn name(text: &[u8]) -> Option<&'static str> {
    let start = text.trim_ascii_start();
    let first = start.split(|&byte| byte == b'\n').next().unwrap_or(start);
    let is_utf16 = matches!(
        text,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [_, 0, ..] | [0, ..]
    );
    let begins = |beginning: &[u8]| start.starts_with(beginning);
    if is_utf16 {
        return Some("this is UTF-16, as PowerShell writes files: save it in UTF-8");
    }
    if begins(b"{") || begins(b"[") {
        return Some(
            "this is JSON, such as a HAR file or an event: pass its headers and its body apart, or paste them into the webhook debugger",
        );
    }
    if begins(b"curl ") || begins(b"curl.exe ") {
        return Some("this is a curl line: the webhook debugger reads it");
    }
    if is_access_log(first) {
        return Some("this is an access log, which holds neither headers nor body");
    }
    None
}

/// nginx, Apache and AWS put the request line in quotes.
fn is_access_log(line: &[u8]) -> bool {
    [
        &b" HTTP/1.0\""[..],
        b" HTTP/1.1\"",
        b" HTTP/2.0\"",
        b" HTTP/3.0\"",
    ]
    .iter()
    .any(|end| memchr::memmem::find(line, end).is_some())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_what_is_no_request() {
        for (text, word) in [
            (&b"\n {\"log\": {}}"[..], "JSON"),
            (b"[{}]", "JSON"),
            (b"curl -d '{}' https://a.example/hook", "curl"),
            (b"curl.exe https://a.example/hook", "curl"),
            (b"P\0O\0S\0T\0", "UTF-16"),
            (b"\xff\xfeP\0", "UTF-16"),
            (b"192.0.2.1 - - [27/Nov/2026:23:00:00 +0000] \"POST /hook HTTP/1.1\" 401 0", "access log"),
            (b"https 2026-11-27T23:00:00Z app/a 192.0.2.1:2 401 \"POST https://a.example:443/ HTTP/2.0\" \"-\"", "access log"),
        ] {
            assert!(name(text).is_some_and(|what| what.contains(word)), "{word}");
        }
        for text in [
            &b""[..],
            b"POST /a HTTP/1.1\n",
            b":method: GET\n",
            b"> POST /a HTTP/2\n",
        ] {
            assert_eq!(name(text), None);
        }
    }
}
