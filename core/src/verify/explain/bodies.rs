//! What can have happened to a body: each idea undoes one known change, and the signature tells whether it fits.

use super::{causes::CauseKind, forms};
use crate::{
    json::{self, Style, Value},
    limits::EXPLAIN_JSON_MAX,
    percent::Space,
    verify::webhook::{row::SignatureEncoding, text},
};
use alloc::{vec, vec::Vec};

type Undo = fn(&[u8]) -> Option<Vec<u8>>;

const BOM: &[u8] = "\u{feff}".as_bytes();

/// Each change with the function that undoes it; `None` when it cannot have happened.
const CHANGES: &[(CauseKind, Undo)] = &[
    (CauseKind::BodyNewlineAdded, |body| {
        Some(body.strip_suffix(b"\n")?.to_vec())
    }),
    (CauseKind::BodyNewlineAdded, |body| {
        Some(body.strip_suffix(b"\r\n")?.to_vec())
    }),
    (CauseKind::BodyNewlineRemoved, |body| {
        Some([body, b"\n"].concat())
    }),
    (CauseKind::BodyNewlineRemoved, |body| {
        Some([body, b"\r\n"].concat())
    }),
    (CauseKind::BodyCrlf, |body| {
        let has = body.windows(2).any(|two| two == b"\r\n");
        has.then(|| to_lf(body))
    }),
    (CauseKind::BodyLf, |body| {
        body.contains(&b'\n').then(|| to_crlf(body))
    }),
    (CauseKind::BodyBomAdded, |body| {
        Some(body.strip_prefix(BOM)?.to_vec())
    }),
    (CauseKind::BodyBomRemoved, |body| Some([BOM, body].concat())),
    (CauseKind::BodyIsBase64, |body| {
        let text = core::str::from_utf8(body).ok()?.trim_ascii();
        text::secret_base64(text).or_else(|| text::secret_base64url(text))
    }),
    (CauseKind::BodyBase64Decoded, |body| {
        Some(text::encode(body, SignatureEncoding::Base64).into_bytes())
    }),
    (CauseKind::BodyDoubleEncoded, |body| {
        let text = core::str::from_utf8(body).ok()?;
        if text.is_ascii() {
            return None;
        }
        text.chars()
            .map(|character| u8::try_from(u32::from(character)).ok())
            .collect()
    }),
    (CauseKind::BodyJsonString, |body| {
        let value = json::read(body, EXPLAIN_JSON_MAX).ok()?;
        Some(value.text()?.as_bytes().to_vec())
    }),
    (CauseKind::BodyFormReencoded, |body| {
        forms::encoded(body, Space::Plus)
    }),
    (CauseKind::BodyFormReencoded, |body| {
        forms::encoded(body, Space::Percent20)
    }),
];

/// The changes that turn the signed body into this one, each with the bytes that it added; empty if none is known.
/// Some senders put their JSON into a field of a form.
pub(super) fn find(
    body: &[u8],
    form_field: &str,
    fits: &mut dyn FnMut(&[u8]) -> bool,
) -> Vec<(CauseKind, i64)> {
    let added = |signed: &[u8]| body.len() as i64 - signed.len() as i64;
    for (kind, undo) in CHANGES {
        if let Some(signed) = undo(body) {
            if signed != body && fits(&signed) {
                return vec![(*kind, added(&signed))];
            }
        }
    }
    for form in forms::around(body, form_field) {
        if fits(&form) {
            return vec![(CauseKind::BodyFormField, added(&form))];
        }
    }
    rewritten(body, fits)
}

fn to_lf(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for (at, &byte) in body.iter().enumerate() {
        if byte != b'\r' || body.get(at + 1) != Some(&b'\n') {
            out.push(byte);
        }
    }
    out
}

fn to_crlf(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() * 2);
    for &byte in &to_lf(body) {
        if byte == b'\n' {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

/// How a JSON text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Compact,
    Spaced,
    Pretty,
}

/// Whether a body looks like JSON that is too long to be written anew.
pub(super) fn is_long_json(body: &[u8]) -> bool {
    body.len() > EXPLAIN_JSON_MAX && matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Writes the JSON value of the body as the usual libraries do.
fn rewritten(body: &[u8], fits: &mut dyn FnMut(&[u8]) -> bool) -> Vec<(CauseKind, i64)> {
    let Ok(value) = json::read(body, EXPLAIN_JSON_MAX) else {
        return Vec::new();
    };
    if !matches!(value, Value::Object(_) | Value::List(_)) {
        return Vec::new();
    }
    let styles = [
        (Layout::Compact, None, false),
        (Layout::Spaced, None, true),
        (Layout::Pretty, Some(2), false),
        (Layout::Pretty, Some(4), false),
    ];
    let plain = value.write(Style::COMPACT);
    let flags = |possible: bool| {
        if possible {
            &[false, true][..]
        } else {
            &[false]
        }
    };
    for (layout, indent, spaced) in styles {
        for &escape_slash in flags(plain.contains('/')) {
            for &escape_non_ascii in flags(!plain.is_ascii()) {
                let style = Style {
                    indent,
                    spaced,
                    escape_slash,
                    escape_non_ascii,
                };
                let text = value.write(style);
                for &escape_html in flags(plain.contains(['<', '>', '&'])) {
                    let text = if escape_html {
                        // In JSON these characters stand inside texts only.
                        text.replace('<', "\\u003c")
                            .replace('>', "\\u003e")
                            .replace('&', "\\u0026")
                    } else {
                        text.clone()
                    };
                    // Some writers end with a line feed.
                    for end in ["", "\n"] {
                        let signed = [text.as_bytes(), end.as_bytes()].concat();
                        if signed != body && fits(&signed) {
                            let found = Rewritten {
                                layout,
                                escape_slash,
                                escape_non_ascii,
                                escape_html,
                            };
                            return found.causes(body, &signed, &plain);
                        }
                    }
                }
            }
        }
    }
    Vec::new()
}

/// How the signed text is written.
struct Rewritten {
    layout: Layout,
    escape_slash: bool,
    escape_non_ascii: bool,
    escape_html: bool,
}

impl Rewritten {
    /// How the received text differs from the signed one.
    fn causes(&self, body: &[u8], signed: &[u8], plain: &str) -> Vec<(CauseKind, i64)> {
        let added = body.len() as i64 - signed.len() as i64;
        let has = |text: &str| {
            body.windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        let layout = layout(body);
        let mut causes = Vec::new();
        let mut when = |different: bool, kind| {
            if different {
                causes.push((kind, added));
            }
        };
        when(
            layout != self.layout,
            match layout {
                Layout::Compact => CauseKind::BodyReserializedCompact,
                Layout::Spaced => CauseKind::BodyReserializedSpaced,
                Layout::Pretty => CauseKind::BodyPrettyPrinted,
            },
        );
        when(
            self.escape_non_ascii && !body.is_ascii(),
            CauseKind::BodyUnicodeUnescaped,
        );
        when(
            !self.escape_non_ascii && !plain.is_ascii() && has("\\u"),
            CauseKind::BodyUnicodeEscaped,
        );
        when(
            self.escape_slash && !has("\\/"),
            CauseKind::BodySlashUnescaped,
        );
        when(
            !self.escape_slash && has("\\/"),
            CauseKind::BodySlashEscaped,
        );
        when(
            self.escape_html && body.iter().any(|byte| b"<>&".contains(byte)),
            CauseKind::BodyHtmlUnescaped,
        );
        let ends = |text: &[u8]| text.ends_with(b"\n");
        when(ends(signed) && !ends(body), CauseKind::BodyNewlineRemoved);
        when(ends(body) && !ends(signed), CauseKind::BodyNewlineAdded);
        if causes.is_empty() {
            causes.push((CauseKind::BodyReserializedSpaced, added));
        }
        causes
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
