//! A whole HTTP request as proxies and debuggers save it.

use super::{curl, foreign};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::{INSPECT_HEADERS_MAX, INSPECT_SAVED_MAX},
};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

/// What became of the chunks in which a body was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SavedBody {
    /// It was not sent in chunks.
    Whole,
    /// The chunks were joined.
    Joined,
    /// The headers name chunks and the body has none: whoever saved it has joined them.
    JoinedBefore,
}

impl SavedBody {
    /// The stable name, such as `joined_before`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Joined => "joined",
            Self::JoinedBefore => "joined_before",
        }
    }
}

/// A request that was read from text.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedRequest {
    /// The method.
    pub method: String,
    /// The URL: that of the request line, or `https://`, the host, and the path, since a sender uses TLS.
    pub url: String,
    /// All headers in their order, repeated ones too; without white space around the values.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// What became of its chunks.
    pub form: SavedBody,
}

/// Shows no value: headers hold tokens.
impl core::fmt::Debug for SavedRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SavedRequest")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .field("body", &self.body.len())
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// What is known of the head.
#[derive(Default)]
struct Head {
    method: String,
    target: String,
    scheme: String,
    authority: String,
    headers: Vec<(String, Vec<u8>)>,
}

/// Reads it. Lines of the head end with CR LF or LF; the first is the request line, or else there are the pseudo headers of
/// HTTP/2, such as `:method: POST`. As `curl -v` prints it, each line of the head begins with `> `; lines of other kinds are between them.
/// Around it may be the fences of Markdown.
pub(crate) fn read(bytes: &[u8]) -> Result<SavedRequest> {
    if bytes.len() > INSPECT_SAVED_MAX {
        return Err(Error::with_detail(ErrorCode::TooLarge, "request"));
    }
    // An editor may have put it there.
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(what) = foreign::name(rest) {
        return Err(bad(what));
    }
    rest = unfenced(rest);
    let mut head = Head::default();
    // A line break before the request line is often left from copying.
    let skipped = rest.len() - rest.trim_ascii_start().len();
    let of_curl = matches!(
        rest.get(skipped..).unwrap_or_default(),
        [b'>' | b'*', b' ', ..]
    );
    let line = |rest: &mut _| -> Result<_> {
        loop {
            let line = line(rest)?;
            if !of_curl {
                return Ok(line);
            }
            if let Some(sent) = curl::sent(line) {
                return Ok(sent);
            }
        }
    };
    let first = loop {
        let line = line(&mut rest)?;
        if !line.is_empty() {
            break line;
        }
    };
    if first.starts_with(b":") {
        head.field(first)?;
    } else {
        head.request_line(first)?;
    }
    loop {
        let line = line(&mut rest)?;
        if line.is_empty() {
            break;
        }
        head.field(line)?;
    }
    if of_curl {
        let below = curl::below(rest, head.stated_length());
        if below.body.is_empty() && head.has_body() {
            return Err(bad(
                "curl -v prints no body: put it below the line that is > alone, or pass it apart",
            ));
        }
        let asks = matches!(head.method.as_str(), "GET" | "HEAD");
        if below.is_doubtful && !(below.body.is_empty() && asks) {
            return Err(bad(
                "a line below the head may be one of curl -v or of the body: pass the body apart",
            ));
        }
        return head.finish(below.body);
    }
    head.finish(rest)
}

impl Head {
    fn request_line(&mut self, line: &[u8]) -> Result<()> {
        const BAD: &str = "the first line is not METHOD TARGET VERSION";
        let line = core::str::from_utf8(line).map_err(|_| bad("the request line is not UTF-8"))?;
        let words: Vec<&str> = line.split(' ').collect();
        let (method, target) = match *words.as_slice() {
            [method, target, version] if version.starts_with("HTTP/") => (method, target),
            // Without a version as well, where it can be nothing else.
            [method, target] if target.starts_with('/') || target.contains("://") => {
                (method, target)
            }
            _ => return Err(bad(BAD)),
        };
        if !is_token(method.as_bytes()) || target.is_empty() {
            return Err(bad(BAD));
        }
        method.clone_into(&mut self.method);
        target.clone_into(&mut self.target);
        Ok(())
    }

    fn field(&mut self, line: &[u8]) -> Result<()> {
        if matches!(line.first(), Some(b' ' | b'\t')) {
            return Err(bad("a header is folded over two lines"));
        }
        let pseudo = usize::from(line.starts_with(b":"));
        let (name, value) = of_table(line)
            .or_else(|| {
                let colon = line.iter().skip(pseudo).position(|&byte| byte == b':')?;
                Some((line.get(..colon + pseudo)?, line.get(colon + pseudo + 1..)?))
            })
            .ok_or(bad("a header has no colon"))?;
        let value = value.trim_ascii();
        if pseudo == 1 {
            let value =
                core::str::from_utf8(value).map_err(|_| bad("a pseudo header is not UTF-8"))?;
            let place = match name {
                b":method" => &mut self.method,
                b":path" => &mut self.target,
                b":scheme" => &mut self.scheme,
                b":authority" => &mut self.authority,
                _ => return Err(bad("there is no such pseudo header")),
            };
            if !place.is_empty() || value.is_empty() || value.contains(' ') {
                return Err(bad("a pseudo header is empty or repeated"));
            }
            value.clone_into(place);
            return Ok(());
        }
        if !is_token(name) {
            return Err(bad(
                "the name of a header has a character that none may have",
            ));
        }
        if self.headers.len() == INSPECT_HEADERS_MAX {
            return Err(Error::with_detail(ErrorCode::TooLarge, "headers"));
        }
        let name = String::from_utf8(name.to_vec())
            .map_err(|_| bad("the name of a header is not UTF-8"))?;
        self.headers.push((name, value.to_vec()));
        Ok(())
    }

    fn header(&self, name: &str) -> Option<&[u8]> {
        let mut all = self.headers.iter();
        all.find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// Whether the headers say that a body follows.
    fn has_body(&self) -> bool {
        let length = self.header("Content-Length");
        length.is_some_and(|length| length != b"0") || self.header("Transfer-Encoding").is_some()
    }

    /// What `Content-Length` says.
    fn stated_length(&self) -> Option<usize> {
        let length = core::str::from_utf8(self.header("Content-Length")?).ok()?;
        length.parse().ok()
    }

    fn finish(self, body: &[u8]) -> Result<SavedRequest> {
        let header = |name: &str| self.header(name);
        if !is_token(self.method.as_bytes()) || self.target.is_empty() {
            return Err(bad("method or path are missing"));
        }
        let url = if self.target.contains("://") {
            self.target.clone()
        } else {
            let host = match header("Host") {
                Some(host) if self.authority.is_empty() => String::from_utf8_lossy(host),
                _ => self.authority.as_str().into(),
            };
            let scheme = if self.scheme.is_empty() {
                "https"
            } else {
                &self.scheme
            };
            format!("{scheme}://{host}{}", self.target)
        };
        let chunked = header("Transfer-Encoding").is_some_and(|value| {
            let last = value
                .rsplit(|&byte| byte == b',')
                .next()
                .unwrap_or_default();
            last.trim_ascii().eq_ignore_ascii_case(b"chunked")
        });
        let (body, form) = match joined(body).filter(|_| chunked) {
            Some(joined) => (joined, SavedBody::Joined),
            None if chunked => (body.to_vec(), SavedBody::JoinedBefore),
            None => (body.to_vec(), SavedBody::Whole),
        };
        Ok(SavedRequest {
            method: self.method,
            url,
            headers: self.headers,
            body,
            form,
        })
    }
}

fn bad(what: &'static str) -> Error {
    Error::with_detail(ErrorCode::InvalidInput, what)
}

fn line<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8]> {
    take_line(rest).ok_or(bad("there is no blank line after the headers"))
}

pub(super) fn take_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let at = memchr::memchr(b'\n', rest)?;
    let (line, tail) = rest.split_at(at);
    *rest = tail.get(1..).unwrap_or_default();
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Name and value of a header that a page shows in a table, with a tab between.
fn of_table(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = line.iter().position(|byte| b"\t:".contains(byte))?;
    let (name, value) = line.split_at(at);
    let value = value.strip_prefix(b"\t")?;
    // Before a colon, a tab is an error, and servers read such a header in different ways.
    (!value.trim_ascii_start().starts_with(b":")).then_some((name, value))
}

/// What stands between the fences of Markdown, if there are any.
fn unfenced(text: &[u8]) -> &[u8] {
    const FENCE: &[u8] = b"```";
    let mut rest = text.trim_ascii_start();
    if !rest.starts_with(FENCE) || take_line(&mut rest).is_none() {
        return text;
    }
    let Some(inner) = rest.trim_ascii_end().strip_suffix(FENCE) else {
        return rest;
    };
    let inner = inner.strip_suffix(b"\n").unwrap_or(inner);
    inner.strip_suffix(b"\r").unwrap_or(inner)
}

/// A token of RFC 9110, such as a method or the name of a header.
fn is_token(bytes: &[u8]) -> bool {
    let is_sign = |byte: &u8| b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty()
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || is_sign(byte))
}

/// The chunks of a body in one; `None` if it is not written in chunks to its end.
fn joined(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = take_line(&mut rest)?;
        let digits = line.split(|&byte| byte == b';').next()?.trim_ascii();
        if !(1..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let length = usize::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
        if length == 0 {
            // Trailers are no part of the body.
            return Some(body);
        }
        let (chunk, tail) = rest.split_at_checked(length)?;
        body.extend_from_slice(chunk);
        rest = tail;
        if !take_line(&mut rest)?.is_empty() {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    fn refused(text: &str) -> String {
        read(text.as_bytes()).expect_err(text).detail().to_string()
    }

    #[test]
    fn reads_both_line_ends_and_keeps_the_body() {
        for end in ["\r\n", "\n"] {
            let text = format!(
                "{end}POST /a?b=1 HTTP/1.1{end}Host: x.example{end}X-A:  1 {end}x-a: 2{end}{end}body\r\n\n"
            );
            let request = read(text.as_bytes()).expect("a request");
            assert_eq!(request.method, "POST");
            assert_eq!(request.url, "https://x.example/a?b=1");
            let second = ("X-A".to_owned(), b"1".to_vec());
            assert_eq!(request.headers.get(1), Some(&second));
            assert_eq!(request.headers.len(), 3);
            assert_eq!(request.body, b"body\r\n\n");
            assert_eq!(request.form, SavedBody::Whole);
        }
    }

    #[test]
    fn reads_the_pseudo_headers_of_http_2() {
        let text =
            ":method: PUT\n:path: /a\n:scheme: http\n:authority: x.example:8080\nx-a: 1\n\nbody";
        let request = read(text.as_bytes()).expect("a request");
        assert_eq!(request.method, "PUT");
        assert_eq!(request.url, "http://x.example:8080/a");
        assert_eq!(request.headers.len(), 1);
    }

    #[test]
    fn reads_what_editors_and_curl_have_added() {
        for text in [
            "\u{feff}POST /a HTTP/1.1\nHost: x.example\n\n> body",
            "POST /a\r\nHost: x.example\r\n\r\n> body",
            "> POST /a HTTP/1.1\r\n> Host: x.example\r\n> \r\n> body",
            "\n> POST /a HTTP/2\n> Host: x.example\n>\n> body",
            "* Connected to x.example\n> POST /a HTTP/1.1\n* TLS\n> Host: x.example\n> \n> body",
        ] {
            let request = read(text.as_bytes()).expect(text);
            assert_eq!(request.method, "POST", "{text:?}");
            assert_eq!(request.url, "https://x.example/a", "{text:?}");
            assert_eq!(request.headers.len(), 1, "{text:?}");
            assert_eq!(request.body, b"> body", "{text:?}");
        }
    }

    #[test]
    fn keeps_the_url_of_a_proxy() {
        let request = read(b"GET http://x.example/ HTTP/1.0\n\n").expect("a request");
        assert_eq!(request.url, "http://x.example/");
    }

    #[test]
    fn joins_chunks_and_sees_that_they_were_joined() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n";
        let read = |body: &str| read(format!("{head}{body}").as_bytes()).expect("a request");
        let request = read("4;a=b\r\nbody\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n");
        assert_eq!(request.body, b"body0123456789");
        assert_eq!(request.form, SavedBody::Joined);
        for body in [
            "{\"a\":1}",
            "",
            "4\r\nbo",
            "4\r\nbody!\r\n0\r\n\r\n",
            "123456789\r\n",
        ] {
            let request = read(body);
            assert_eq!(request.body, body.as_bytes());
            assert_eq!(request.form, SavedBody::JoinedBefore, "{body:?}");
        }
    }

    #[test]
    fn refuses_what_is_no_request() {
        let first = "the first line is not METHOD TARGET VERSION";
        let blank = "there is no blank line after the headers";
        for (text, what) in [
            ("", blank),
            ("\n\n", blank),
            ("POST / HTTP/1.1", blank),
            ("POST / HTTP/1.1\nX: 1\n", blank),
            ("POST a\n\n", first),
            ("> POST / HTTP/1.1\n> Host: a\n\nbody", blank),
            ("POST / FTP/1\n\n", first),
            ("P(ST / HTTP/1.1\n\n", first),
            ("X: 1\n\n", first),
            ("POST / HTTP/1.1\nno colon\n\n", "a header has no colon"),
            (
                "POST / HTTP/1.1\nX: 1\n  2\n\n",
                "a header is folded over two lines",
            ),
            (
                "POST / HTTP/1.1\nX : 1\n\n",
                "the name of a header has a character that none may have",
            ),
            (
                ":method: GET\n:path: /\n:nobody: 1\n\n",
                "there is no such pseudo header",
            ),
            (
                ":method: GET\n:method: PUT\n\n",
                "a pseudo header is empty or repeated",
            ),
            (":method: GET\n\n", "method or path are missing"),
        ] {
            assert_eq!(refused(text), what, "{text:?}");
        }
        let many = format!(
            "GET / HTTP/1.1\n{}\n",
            "X: 1\n".repeat(INSPECT_HEADERS_MAX + 1)
        );
        assert_eq!(refused(&many), "headers");
    }
}
