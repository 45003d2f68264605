//! What can have happened to a body: each idea undoes one known change, and the signature tells whether it fits.

use super::{
    causes::CauseKind,
    events, forms, objects,
    printed::{self, WINDOWS_1252},
    rewritten,
};
use crate::{
    json,
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
    (CauseKind::BodyBlanksAdded, |body| {
        Some(body.trim_ascii().to_vec())
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
        from_characters(body, "")
    }),
    (CauseKind::BodyDoubleEncoded, |body| {
        from_characters(body, WINDOWS_1252)
    }),
    (CauseKind::BodyLatin1, |body| {
        printed::from_one_byte(body, "")
    }),
    (CauseKind::BodyLatin1, |body| {
        printed::from_one_byte(body, WINDOWS_1252)
    }),
    (CauseKind::BodyUtf16, printed::from_utf16),
    (CauseKind::BodyLogEscapes, printed::from_x_escapes),
    (CauseKind::BodyPercentEncoded, |body| {
        printed::from_percent(body, Space::Percent20)
    }),
    (CauseKind::BodyPercentEncoded, |body| {
        printed::from_percent(body, Space::Plus)
    }),
    (CauseKind::BodyEntities, printed::from_entities),
    (CauseKind::BodyIsEvent, events::body),
    (CauseKind::BodyJsonString, json_string),
    (CauseKind::BodyNotRaw, objects::bytes),
];

/// The changes that turn the signed body into this one, each with the bytes that it added; empty if none is known.
/// Some senders put their JSON into a field of a form. `stated` is the length that the request says.
pub(super) fn find(
    body: &[u8],
    form_field: &str,
    stated: Option<usize>,
    fits: &mut dyn FnMut(&[u8]) -> bool,
) -> Vec<(CauseKind, i64)> {
    let added = |signed: &[u8]| body.len() as i64 - signed.len() as i64;
    for (kind, undo) in CHANGES {
        let Some(signed) = undo(body).filter(|signed| signed != body) else {
            continue;
        };
        if fits(&signed) {
            return vec![(*kind, added(&signed))];
        }
        // What wrote it in another way may also have ended its last line.
        let bare = without_line_break(&signed);
        let is_new = bare != signed && bare != body && *kind != CauseKind::BodyNewlineAdded;
        if is_new && fits(bare) {
            let added = added(bare);
            return vec![(*kind, added), (CauseKind::BodyNewlineAdded, added)];
        }
    }
    if let Some(start) = stated.and_then(|stated| body.get(..stated)) {
        if start != body && fits(start) {
            return vec![(CauseKind::BodyMoreThanStated, added(start))];
        }
    }
    let form = forms::around(body, form_field, fits).map(|form| (CauseKind::BodyFormField, form));
    let form = form.or_else(|| Some((CauseKind::BodyFormReencoded, forms::encoded(body, fits)?)));
    let form = form.or_else(|| Some((CauseKind::BodyFormAsJson, forms::of_json(body, fits)?)));
    if let Some((kind, form)) = form {
        return vec![(kind, added(&form))];
    }
    let found = rewritten::find(body, fits);
    if !found.is_empty() {
        return found;
    }
    // Last, since a slash that a JSON writer has escaped has a backslash, too.
    for signed in without_backslashes(body) {
        if fits(&signed) {
            return vec![(CauseKind::BodyBackslashes, added(&signed))];
        }
    }
    Vec::new()
}

/// The bytes whose characters of a one-byte character set these are.
fn from_characters(body: &[u8], from_0x80: &str) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(body).ok()?;
    if text.is_ascii() {
        return None;
    }
    let byte = |character| {
        let at = from_0x80.chars().position(|other| other == character);
        let code = at.map_or(u32::from(character), |at| 0x80 + at as u32);
        u8::try_from(code).ok()
    };
    text.chars().map(byte).collect()
}

fn without_line_break(text: &[u8]) -> &[u8] {
    let line = text.strip_suffix(b"\r\n");
    line.or_else(|| text.strip_suffix(b"\n")).unwrap_or(text)
}

fn json_string(body: &[u8]) -> Option<Vec<u8>> {
    let value = json::read(body, EXPLAIN_JSON_MAX).ok()?;
    Some(value.text()?.as_bytes().to_vec())
}

/// The body before each quote got its backslash: as PHP's `stripslashes` takes them away, and as a JSON text has them, which
/// knows line breaks beside. Neither is tried if there is none.
fn without_backslashes(body: &[u8]) -> Vec<Vec<u8>> {
    if !body.contains(&b'\\') {
        return Vec::new();
    }
    let mut stripped = Vec::with_capacity(body.len());
    let mut bytes = body.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => stripped.extend(bytes.next()),
            _ => stripped.push(byte),
        }
    }
    let quoted = json_string(&[&b"\""[..], body, b"\""].concat());
    [Some(stripped), quoted].into_iter().flatten().collect()
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
