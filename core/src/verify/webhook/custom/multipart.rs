//! Short texts of a form in parts (RFC 7578), for a signature that does not cover the body: what else is in it is only passed over.

use super::{malformed, missing};
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_PARAMETERS_MAX,
};
use alloc::borrow::ToOwned;

/// Dashes and boundary of a delimiter are no longer: RFC 2046, 5.1.1.
const DELIMITER_MAX: usize = 72;

/// The contents of the fields with these names, each there once. A file is no field.
///
/// # Errors
/// `MALFORMED_BODY`, `MISSING_PARAMETER`, `AMBIGUOUS_INPUT` for a field that is there twice, `TOO_LARGE` for too many parts.
pub(crate) fn fields<'a, const N: usize>(
    body: &'a [u8],
    names: [&'static str; N],
) -> Result<[&'a [u8]; N]> {
    let broken = || malformed("multipart");
    // It begins with its delimiter: who posts forms writes no preamble.
    let (delimiter, mut rest) = cut(body, b"\r\n").ok_or_else(broken)?;
    if !delimiter.starts_with(b"--") || delimiter.len() > DELIMITER_MAX {
        return Err(broken());
    }
    let mut found = [None; N];
    for _ in 0..WEBHOOK_PARAMETERS_MAX {
        let (headers, content) = cut(rest, b"\r\n\r\n").ok_or_else(broken)?;
        let (content, after) = content_of(content, delimiter).ok_or_else(broken)?;
        let name = name(headers);
        if let Some(at) = names
            .iter()
            .position(|asked| name == Some(asked.as_bytes()))
        {
            if found[at].replace(content).is_some() {
                return Err(Error::with_detail(ErrorCode::AmbiguousInput, names[at]));
            }
        }
        if after.starts_with(b"--") {
            let mut all = [&[][..]; N];
            for ((all, found), name) in all.iter_mut().zip(found).zip(names) {
                *all = found.ok_or_else(|| missing(name))?;
            }
            return Ok(all);
        }
        rest = after.strip_prefix(b"\r\n").ok_or_else(broken)?;
    }
    Err(Error::with_detail(
        ErrorCode::TooLarge,
        "multipart".to_owned(),
    ))
}

/// What is before a text that begins with CR, and what is after it.
fn cut<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    memchr::memchr_iter(b'\r', bytes).find_map(|at| {
        let (before, from) = bytes.split_at_checked(at)?;
        Some((before, from.strip_prefix(mark)?))
    })
}

/// The content of a part, and what is after the delimiter that ends it.
fn content_of<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    memchr::memchr_iter(b'\r', bytes).find_map(|at| {
        let (content, from) = bytes.split_at_checked(at)?;
        let after = from.strip_prefix(b"\r\n")?.strip_prefix(delimiter)?;
        // A line that only begins like the delimiter is content.
        (after.starts_with(b"--") || after.starts_with(b"\r\n")).then_some((content, after))
    })
}

/// The name of a field, from the headers of its part; `None` for a file.
fn name(headers: &[u8]) -> Option<&[u8]> {
    let disposition = headers
        .split(|byte| *byte == b'\n')
        .find_map(|line| after(line, b"content-disposition:"))?;
    let mut name = None;
    for parameter in parameters(disposition) {
        if after(parameter, b"filename=")
            .or(after(parameter, b"filename*="))
            .is_some()
        {
            return None;
        }
        name = name.or(after(parameter, b"name="));
    }
    let name = name?;
    Some(
        name.strip_prefix(b"\"")
            .and_then(|name| name.strip_suffix(b"\""))
            .unwrap_or(name),
    )
}

/// What is after a label in any case.
fn after<'a>(text: &'a [u8], label: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(label.len())?;
    start.eq_ignore_ascii_case(label).then_some(rest)
}

/// The parts of a header between semicolons that are in no quotes.
fn parameters(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let ends = move |byte: &u8| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_quoted,
            b'"' => is_quoted = !is_quoted,
            b';' => return !is_quoted,
            _ => {}
        }
        false
    };
    header.split(ends).map(<[u8]>::trim_ascii)
}
