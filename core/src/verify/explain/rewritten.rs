//! A JSON body that was parsed and written again: its value is written as the usual libraries do, until the signature fits.

use super::causes::CauseKind;
use crate::{
    json::{self, Hex, Style, Value},
    limits::EXPLAIN_JSON_MAX,
};
use alloc::{string::String, vec::Vec};

/// Whether a body looks like JSON that is too long to be written anew.
pub(super) fn is_long_json(body: &[u8]) -> bool {
    body.len() > EXPLAIN_JSON_MAX && matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// One line without blanks, with blanks as Python writes it, and lines with indents.
const LAYOUTS: [(Option<usize>, bool); 4] = [
    (None, false),
    (None, true),
    (Some(2), false),
    (Some(4), false),
];

/// The escapes that writers make of more than they must: none; Go and Rails; PHP's flags for HTML; Meta; .NET; Jackson. All but
/// the first two are known of senders alone, who write one line without blanks.
const ESCAPES: [(&str, Hex); 6] = [
    ("", Hex::Lower),
    ("<>&\u{2028}\u{2029}", Hex::Lower),
    ("<>&", Hex::UpperAscii),
    ("<@%", Hex::UpperAscii),
    ("<>&'\"+`", Hex::Upper),
    ("", Hex::Upper),
];

/// The changes that turn the signed body into this one, each with the bytes that it added; empty if none is known.
pub(super) fn find(body: &[u8], fits: &mut dyn FnMut(&[u8]) -> bool) -> Vec<(CauseKind, i64)> {
    let Ok(value) = json::read(body, EXPLAIN_JSON_MAX) else {
        return Vec::new();
    };
    if !matches!(value, Value::Object(_) | Value::List(_)) {
        return Vec::new();
    }
    let plain = value.write(Style::COMPACT);
    let mut fits = |style: Style, signed: String| {
        let rewritten = Rewritten {
            body,
            signed,
            style,
        };
        (rewritten.signed.as_bytes() != body && fits(rewritten.signed.as_bytes()))
            .then(|| rewritten.causes())
    };
    for style in styles(&plain) {
        let text = value.write(style);
        // Some writers end with a line feed.
        for end in ["", "\n"] {
            if let Some(causes) = fits(style, [&text, end].concat()) {
                return causes;
            }
        }
    }
    let of_sendgrid = value.list().map(events);
    of_sendgrid
        .and_then(|signed| fits(Style::COMPACT, signed))
        .unwrap_or_default()
}

/// Every style in which a value is written differently, the plain ones first.
fn styles(plain: &str) -> Vec<Style> {
    let flags = |possible: bool| {
        if possible {
            &[false, true][..]
        } else {
            &[false]
        }
    };
    let has = |character| match character {
        '"' => plain.contains("\\\""),
        _ => plain.contains(character),
    };
    let mut styles = Vec::new();
    for (indent, spaced) in LAYOUTS {
        let is_compact = indent.is_none() && !spaced;
        let escapes = ESCAPES
            .iter()
            .take(if is_compact { ESCAPES.len() } else { 2 });
        for &escape_slash in flags(plain.contains('/')) {
            for &escape_non_ascii in flags(!plain.is_ascii()) {
                for (at, &(escape, hex)) in escapes.clone().enumerate() {
                    let differs =
                        escape.chars().any(has) || (escape_non_ascii && hex == Hex::Upper);
                    if at == 0 || differs {
                        styles.push(Style {
                            indent,
                            spaced,
                            escape_slash,
                            escape_non_ascii,
                            escape,
                            hex,
                        });
                    }
                }
            }
        }
    }
    styles
}

/// A list as SendGrid writes its events: each on a line of its own.
fn events(items: &[Value<'_>]) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|item| item.write(Style::COMPACT))
        .collect();
    ["[", &items.join(",\r\n"), "]\r\n"].concat()
}

/// The layout of a JSON text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Compact,
    Spaced,
    Pretty,
}

/// A body, the text that was signed, and how that is written.
struct Rewritten<'a> {
    body: &'a [u8],
    signed: String,
    style: Style,
}

impl Rewritten<'_> {
    /// How the received text differs from the signed one.
    fn causes(&self) -> Vec<(CauseKind, i64)> {
        let (body, signed, style) = (self.body, self.signed.as_bytes(), self.style);
        let added = body.len() as i64 - signed.len() as i64;
        // The indents are still there: no writer has done that.
        if style.indent.is_some() && signed.iter().filter(|byte| **byte != b'\n').eq(body) {
            return [(CauseKind::BodyLineBreaksRemoved, added)].into();
        }
        let has = |text: &str| {
            body.windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        let was_escaped = |character: char| match character {
            '"' => has("\\\""),
            _ => has(character.encode_utf8(&mut [0; 4])),
        };
        let layout = layout(body);
        let by_layout = match layout {
            Layout::Compact => CauseKind::BodyReserializedCompact,
            Layout::Spaced => CauseKind::BodyReserializedSpaced,
            Layout::Pretty => CauseKind::BodyPrettyPrinted,
        };
        let (escapes, of_signed) = (Escapes::of(body), Escapes::of(signed));
        let mut causes = Vec::new();
        let mut when = |different: bool, kind| {
            if different {
                causes.push((kind, added));
            }
        };
        when(layout != self::layout(signed), by_layout);
        when(
            style.escape_non_ascii && !body.is_ascii(),
            CauseKind::BodyUnicodeUnescaped,
        );
        when(
            escapes.beyond_ascii > of_signed.beyond_ascii,
            CauseKind::BodyUnicodeEscaped,
        );
        when(
            style.escape_slash && !has("\\/"),
            CauseKind::BodySlashUnescaped,
        );
        when(
            !style.escape_slash && has("\\/"),
            CauseKind::BodySlashEscaped,
        );
        when(
            style.escape.chars().any(was_escaped),
            CauseKind::BodyHtmlUnescaped,
        );
        when(
            escapes.of_ascii > of_signed.of_ascii,
            CauseKind::BodyHtmlEscaped,
        );
        let ends = |text: &[u8]| text.ends_with(b"\n");
        when(ends(signed) && !ends(body), CauseKind::BodyNewlineRemoved);
        when(ends(body) && !ends(signed), CauseKind::BodyNewlineAdded);
        if causes.is_empty() {
            causes.push((by_layout, added));
        }
        causes
    }
}

/// How many characters of a JSON text are written as `\uXXXX`, without those that must be.
#[derive(Default)]
struct Escapes {
    of_ascii: usize,
    beyond_ascii: usize,
}

impl Escapes {
    fn of(text: &[u8]) -> Self {
        let mut found = Self::default();
        for five in text.windows(5).filter(|five| five.starts_with(b"\\u")) {
            match five {
                [.., b'0', b'0', b'0' | b'1'] => {}
                [.., b'0', b'0', b'2'..=b'7'] => found.of_ascii += 1,
                _ => found.beyond_ascii += 1,
            }
        }
        found
    }
}

/// The layout of a JSON text: outside of texts, line breaks make it pretty, and blanks spaced.
fn layout(body: &[u8]) -> Layout {
    let (mut inside, mut escaped, mut layout) = (false, false, Layout::Compact);
    for byte in body.trim_ascii() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b'\n' if !inside => return Layout::Pretty,
            b' ' | b'\t' | b'\r' if !inside => layout = Layout::Spaced,
            _ => {}
        }
    }
    layout
}
