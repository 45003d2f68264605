//! The writer. Order of keys, and digits, are those that were read.

use super::Value;
use alloc::string::String;
use core::fmt::Write as _;

/// How a value is written; the common libraries differ in these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Style {
    /// Blanks for each level, on lines of their own; `None` writes one line.
    pub(crate) indent: Option<usize>,
    /// A blank after every comma and colon of the one line, as Python does it.
    pub(crate) spaced: bool,
    /// `/` as `\/`, as PHP does it.
    pub(crate) escape_slash: bool,
    /// Everything beyond ASCII as `\uXXXX`, as PHP and Python do it.
    pub(crate) escape_non_ascii: bool,
    /// More characters as `\uXXXX`, as Go and Meta do it.
    pub(crate) escape: &'static str,
    /// The digits of those escapes.
    pub(crate) hex: Hex,
}

/// How the hex digits of an escape are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Hex {
    #[default]
    Lower,
    /// Those of ASCII characters in upper case, as PHP does it.
    UpperAscii,
    /// All in upper case, as .NET does it.
    Upper,
}

impl Style {
    /// One line without blanks, as `JSON.stringify` writes it.
    pub(crate) const COMPACT: Self = Self {
        indent: None,
        spaced: false,
        escape_slash: false,
        escape_non_ascii: false,
        escape: "",
        hex: Hex::Lower,
    };
}

/// Appends a string with its quotes.
pub(crate) fn quote_into(out: &mut String, text: &str, style: Style) {
    out.push('"');
    for character in text.chars() {
        match character {
            _ if style.escape.contains(character) => {
                unicode_escape_into(out, character, style.hex);
            }
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if style.escape_slash => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => unicode_escape_into(out, character, style.hex),
            _ if style.escape_non_ascii && !character.is_ascii() => {
                unicode_escape_into(out, character, style.hex);
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn unicode_escape_into(out: &mut String, character: char, hex: Hex) {
    let upper = hex == Hex::Upper || (hex == Hex::UpperAscii && character.is_ascii());
    for unit in character.encode_utf16(&mut [0; 2]) {
        // Writing to a `String` cannot fail.
        let _ = if upper {
            write!(out, "\\u{unit:04X}")
        } else {
            write!(out, "\\u{unit:04x}")
        };
    }
}

/// Appends a value. The depth is bounded, since the reader bounds it.
pub(super) fn value_into(out: &mut String, value: &Value<'_>, style: Style, depth: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        // What is no text cannot be written in another way, and must not become another value.
        Value::Number(written) | Value::NoText(written) => out.push_str(written),
        Value::Text(text) => quote_into(out, text, style),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                separate(out, at, style, depth + 1);
                value_into(out, item, style, depth + 1);
            }
            close(out, ']', items.is_empty(), style, depth);
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (key, member)) in members.iter().enumerate() {
                separate(out, at, style, depth + 1);
                quote_into(out, key, style);
                out.push(':');
                if style.spaced || style.indent.is_some() {
                    out.push(' ');
                }
                value_into(out, member, style, depth + 1);
            }
            close(out, '}', members.is_empty(), style, depth);
        }
    }
}

fn separate(out: &mut String, at: usize, style: Style, depth: usize) {
    if at > 0 {
        out.push(',');
    }
    match style.indent {
        Some(width) => new_line(out, width * depth),
        None if style.spaced && at > 0 => out.push(' '),
        None => {}
    }
}

fn close(out: &mut String, bracket: char, empty: bool, style: Style, depth: usize) {
    if let (Some(width), false) = (style.indent, empty) {
        new_line(out, width * depth);
    }
    out.push(bracket);
}

fn new_line(out: &mut String, blanks: usize) {
    out.push('\n');
    out.extend(core::iter::repeat_n(' ', blanks));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    const TEXT: &str = r#"{"b":1.50,"a":["x\/ä😀",{},[]],"c":{"d":null}}"#;

    #[test]
    fn imitates_the_usual_libraries() {
        let value = read(TEXT.as_bytes(), 1000).unwrap();
        // JSON.stringify, json.dumps of Python, json_encode of PHP.
        assert_eq!(
            value.write(Style::COMPACT),
            r#"{"b":1.50,"a":["x/ä😀",{},[]],"c":{"d":null}}"#
        );
        assert_eq!(
            value.write(Style {
                spaced: true,
                escape_non_ascii: true,
                ..Style::COMPACT
            }),
            r#"{"b": 1.50, "a": ["x/\u00e4\ud83d\ude00", {}, []], "c": {"d": null}}"#
        );
        assert_eq!(
            value.write(Style {
                escape_slash: true,
                escape_non_ascii: true,
                ..Style::COMPACT
            }),
            r#"{"b":1.50,"a":["x\/\u00e4\ud83d\ude00",{},[]],"c":{"d":null}}"#
        );
        // Go, Meta and .NET have characters of their own that they escape.
        let value_of = |text: &'static str| read(text.as_bytes(), 1000).unwrap();
        let marks = value_of(r#""\"<@é""#);
        let styled = |escape, hex| {
            marks.write(Style {
                escape_non_ascii: true,
                escape,
                hex,
                ..Style::COMPACT
            })
        };
        assert_eq!(styled("<", Hex::Lower), r#""\"\u003c@\u00e9""#);
        assert_eq!(styled("<@", Hex::UpperAscii), r#""\"\u003C\u0040\u00e9""#);
        assert_eq!(styled("<\"", Hex::Upper), r#""\u0022\u003C@\u00E9""#);
        assert_eq!(
            value.write(Style {
                indent: Some(2),
                ..Style::COMPACT
            }),
            "{\n  \"b\": 1.50,\n  \"a\": [\n    \"x/ä😀\",\n    {},\n    []\n  ],\n  \"c\": {\n    \"d\": null\n  }\n}"
        );
    }

    #[test]
    fn what_is_written_reads_back() {
        let odd = "\0\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1f} \"\\/\u{7f}\u{2028}ä😀";
        for style in [
            Style::COMPACT,
            Style {
                escape_slash: true,
                escape_non_ascii: true,
                ..Style::COMPACT
            },
        ] {
            let mut out = String::new();
            quote_into(&mut out, odd, style);
            assert_eq!(read(out.as_bytes(), 1000).unwrap().text(), Some(odd));
        }
    }
}
