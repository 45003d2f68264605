//! A whole HTTP request from a file, as proxies and debuggers save it.

use super::input::{HeldHeader, RequestArgs, read_file};
use crate::output::Failure;
use std::path::Path;

/// Reads the request; what the command line says goes before what the file says.
pub(super) fn read(path: &Path, args: RequestArgs) -> Result<(RequestArgs, Vec<u8>), Failure> {
    let bytes = read_file(path)?;
    let (mut request, body) = parse(&bytes)
        .map_err(|what| Failure::Usage(format!("{} is no HTTP request: {what}", path.display())))?;
    request.headers.extend(args.headers);
    request.method = args.method.or(request.method);
    request.url = args.url.or(request.url);
    request.query = args.query.or(request.query);
    Ok((request, body.to_vec()))
}

/// Lines of the head may end with CR LF or LF. The body is taken as it stands.
fn parse(bytes: &[u8]) -> Result<(RequestArgs, &[u8]), &'static str> {
    let mut rest = bytes;
    let first = line(&mut rest).ok_or("there is no blank line after the headers")?;
    let first = std::str::from_utf8(first).map_err(|_| "the request line is not UTF-8")?;
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err("the first line is not METHOD TARGET VERSION");
    };
    if !version.starts_with("HTTP/") {
        return Err("the first line is not METHOD TARGET VERSION");
    }
    let mut headers = Vec::new();
    loop {
        let line = line(&mut rest).ok_or("there is no blank line after the headers")?;
        if line.is_empty() {
            break;
        }
        let colon = line
            .iter()
            .position(|&byte| byte == b':')
            .ok_or("a header has no colon")?;
        let (name, value) = line.split_at(colon);
        headers.push(HeldHeader {
            name: String::from_utf8(name.to_vec()).map_err(|_| "a header name is not UTF-8")?,
            value: value.get(1..).unwrap_or_default().trim_ascii().to_vec(),
        });
    }
    let header = |name: &str| headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
    if header("Transfer-Encoding").is_some_and(|h| h.value.eq_ignore_ascii_case(b"chunked")) {
        return Err("its body is in chunks; save it with Content-Length");
    }
    let url = if target.contains("://") {
        target.to_owned()
    } else {
        // A sender uses TLS unless the person says otherwise.
        let host = header("Host").map(|host| String::from_utf8_lossy(&host.value).into_owned());
        format!("https://{}{target}", host.unwrap_or_default())
    };
    let request = RequestArgs {
        method: Some(method.to_owned()),
        url: Some(url),
        query: None,
        headers,
    };
    Ok((request, rest))
}

fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let at = rest.iter().position(|&byte| byte == b'\n')?;
    let (line, tail) = rest.split_at(at);
    *rest = tail.get(1..).unwrap_or_default();
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_line_ends_and_keeps_the_body() {
        for end in ["\r\n", "\n"] {
            let text = format!(
                "POST /a?b=1 HTTP/1.1{end}Host: x.example{end}X-A:  1 {end}{end}body\r\n\n"
            );
            let (request, body) = parse(text.as_bytes()).unwrap();
            assert_eq!(request.method.as_deref(), Some("POST"));
            assert_eq!(request.url.as_deref(), Some("https://x.example/a?b=1"));
            assert_eq!(request.headers[1].value, b"1");
            assert_eq!(body, b"body\r\n\n");
        }
    }

    #[test]
    fn refuses_what_is_no_request() {
        for text in [
            "",
            "POST / HTTP/1.1",
            "POST / HTTP/1.1\nX: 1\n",
            "POST /\n\n",
            "POST / FTP/1\n\n",
            "POST / HTTP/1.1\nno colon\n\n",
            "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n0\n\n",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
