//! What `curl -v` prints: the head of the request behind `> `, and around it what curl does and the answer. It prints no body; people
//! put it below.

use super::saved::take_line;

/// A line of the head; nothing if it is another.
pub(super) fn sent(line: &[u8]) -> Option<&[u8]> {
    let sent = line.strip_prefix(b">")?;
    Some(sent.strip_prefix(b" ").unwrap_or(sent))
}

/// What stands below the head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Below<'a> {
    /// The body that somebody has put there.
    pub(super) body: &'a [u8],
    /// Whether lines may be curl's or of the body, and nothing tells.
    pub(super) is_doubtful: bool,
}

/// Reads it. Lines as curl writes them are curl's before the first line of the body, and at its end if the answer follows. A body may have
/// such lines, too, as a list of Markdown has: `stated`, the length that the head says, tells.
pub(super) fn below(text: &[u8], stated: Option<usize>) -> Below<'_> {
    let (mut rest, mut at) = (text, 0);
    // Where the lines that can only be the body begin and end.
    let (mut first, mut last) = (None, 0);
    let (mut of_curl, mut is_between, mut is_answered) = (false, false, false);
    while !rest.is_empty() {
        let line = take_line(&mut rest).unwrap_or_else(|| core::mem::take(&mut rest));
        if line.starts_with(b"< HTTP/") {
            is_answered = true;
            break;
        }
        let start = at;
        at = text.len() - rest.len();
        if is_curls(line) {
            of_curl = true;
            continue;
        }
        // What is of curl so far is so between two lines of the body.
        is_between |= first.is_some() && last != start;
        first.get_or_insert(start);
        last = at;
    }
    let whole = text.get(..at).unwrap_or_default();
    let to_last = text.get(..last).unwrap_or_default();
    if of_curl && (first.is_some() || !is_answered) {
        let needed = without_line_break(to_last).len();
        let split = stated.filter(|stated| *stated >= needed.max(1));
        if let Some((body, after)) = split.and_then(|stated| whole.split_at_checked(stated)) {
            let is_at_end = body.ends_with(b"\n") || after.is_empty();
            if is_at_end || after.starts_with(b"\n") || after.starts_with(b"\r\n") {
                return Below {
                    body,
                    is_doubtful: false,
                };
            }
        }
    }
    let body = to_last.get(first.unwrap_or(last)..).unwrap_or_default();
    let is_empty = first.is_none() && stated == Some(0);
    // The line break before curl goes on is the terminal's.
    let goes_on = is_answered || last < at;
    Below {
        body: if goes_on {
            without_line_break(body)
        } else {
            body
        },
        is_doubtful: is_between || (last < at && !is_answered && !is_empty),
    }
}

fn is_curls(line: &[u8]) -> bool {
    [&b"* "[..], b"} [", b"{ ["]
        .iter()
        .any(|start| line.starts_with(start))
}

fn without_line_break(text: &[u8]) -> &[u8] {
    let line = text.strip_suffix(b"\r\n");
    line.or_else(|| text.strip_suffix(b"\n")).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body; `None` where nothing tells.
    fn body(text: &str, stated: Option<usize>) -> Option<&str> {
        let below = below(text.as_bytes(), stated);
        let body = core::str::from_utf8(below.body).expect("text");
        (!below.is_doubtful).then_some(body)
    }

    #[test]
    fn the_body_is_what_is_not_curls() {
        for (text, found) in [
            ("", ""),
            (
                "* upload completely sent off: 4 bytes\n< HTTP/1.1 401\n<\nno\n",
                "",
            ),
            ("body\r\n* upload\r\n< HTTP/2 200\r\n", "body"),
            ("body\n< HTTP/2 200\n", "body"),
            ("} [4 bytes data]\nbody\n\n", "body\n\n"),
            (
                "* upload\nbody\n\n{ [2 bytes data]\n* end\n< HTTP/2 200\n",
                "body\n",
            ),
            ("<xml/>\n", "<xml/>\n"),
            ("< xml>\n", "< xml>\n"),
            ("two\n> lines", "two\n> lines"),
        ] {
            assert_eq!(body(text, None), Some(found), "{text:?}");
        }
    }

    #[test]
    fn the_length_tells_whose_a_line_is() {
        for text in [
            "* first\n* second\n",
            "title\n* first\n* second\n",
            "title\n* first\nlast\n",
            "title\n* first\nlast\n* upload\n< HTTP/1.1 200\n",
        ] {
            assert_eq!(body(text, None), None, "{text:?}");
        }
        assert_eq!(body("* up\n* end\n", Some(0)), Some(""));
        for (text, found) in [
            ("* first\n* second\n", "* first\n* second\n"),
            ("* first\n* second\n", "* first\n* second"),
            ("* first\nlast\n< HTTP/1.1 200\n", "* first\nlast"),
            ("* first\nlast\n* up\n< HTTP/1.1 200\n", "* first\nlast"),
            ("title\n* first\n< HTTP/1.1 200\n", "title\n* first"),
            ("title\n* first\n* up\n< HTTP/1.1 200\n", "title\n* first"),
            ("* up\nbody\n* up\n< HTTP/1.1 200\n", "body"),
            (
                "title\n* first\nlast\n* up\n< HTTP/1.1 200\n",
                "title\n* first\nlast",
            ),
        ] {
            assert_eq!(body(text, Some(found.len())), Some(found), "{text:?}");
        }
    }
}
