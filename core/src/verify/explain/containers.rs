//! A secret that stands in a text: the JSON of a secret store, an `.env` file, the YAML of Kubernetes, two secrets on two lines.
//!
//! No parser: a file may be cut or broken, and what a parser unescapes is not wiped.

use super::keys::{trimmed, unnamed, unquoted};
use crate::limits::EXPLAIN_PIECES_MAX;
use alloc::vec::Vec;

/// The pieces of such a text that may be the secret; none of a text that is one piece.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    // JSON may stand in a text of JSON, with backslashes before its quotes.
    let of_json = text.split(['"', '\\']);
    let of_lines = text.lines().flat_map(of_line);
    let mut found = Vec::new();
    for piece in of_lines.chain(of_json).map(trimmed) {
        if !piece.is_empty() && piece != text && !found.contains(&piece) {
            found.push(piece);
        }
        if found.len() == EXPLAIN_PIECES_MAX {
            break;
        }
    }
    found
}

/// A line without its comment; the value in it; its last word, as in a table or a list.
fn of_line(line: &str) -> [&str; 3] {
    let line = trimmed(line);
    let line = line
        .split_once(" #")
        .map_or(line, |(line, _)| trimmed(line));
    let value = unnamed(line).unwrap_or(line);
    let value = unquoted(value).unwrap_or(value);
    let last = line.rsplit(char::is_whitespace).next();
    [line, value, last.unwrap_or_default()]
}
