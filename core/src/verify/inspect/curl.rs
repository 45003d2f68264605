//! What `curl -v` prints: the head of the request behind `> `, and around it what curl does and the answer. It prints no body; people
//! put it below.

use super::saved::take_line;
use alloc::vec::Vec;

/// A line of the head; nothing if it is another.
pub(super) fn sent(line: &[u8]) -> Option<&[u8]> {
    let sent = line.strip_prefix(b">")?;
    Some(sent.strip_prefix(b" ").unwrap_or(sent))
}

/// The body that somebody has put below the head, without the lines that are curl's, and up to the answer.
pub(super) fn body(text: &[u8]) -> Vec<u8> {
    let (mut body, mut rest) = (Vec::new(), text);
    let mut is_curls = false;
    while !rest.is_empty() {
        let from = rest;
        let line = take_line(&mut rest).unwrap_or_else(|| core::mem::take(&mut rest));
        let whole = from.get(..from.len() - rest.len()).unwrap_or_default();
        if line == b"<" || line.starts_with(b"< ") {
            is_curls = true;
            break;
        }
        is_curls = [&b"* "[..], b"} [", b"{ ["]
            .iter()
            .any(|start| line.starts_with(start));
        if !is_curls {
            body.extend_from_slice(whole);
        }
    }
    // The line break before curl goes on is the terminal's.
    if is_curls && body.ends_with(b"\n") {
        body.pop();
        if body.ends_with(b"\r") {
            body.pop();
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_what_is_not_curls() {
        for (text, found) in [
            ("", ""),
            (
                "* upload completely sent off: 4 bytes\n< HTTP/1.1 401\n<\nno\n",
                "",
            ),
            ("body\r\n* upload\r\n< HTTP/2 200\r\n", "body"),
            ("} [4 bytes data]\nbody\n\n{ [2 bytes data]\n", "body\n"),
            ("<xml/>\n", "<xml/>\n"),
            ("two\n> lines", "two\n> lines"),
        ] {
            assert_eq!(body(text.as_bytes()), found.as_bytes(), "{text:?}");
        }
    }
}
