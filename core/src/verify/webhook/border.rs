//! What keeps signed parts apart, so that no two requests have the same signed bytes.

use super::template::Part;

/// What keeps a text of any length apart from its neighbours among the signed parts, so that nothing can move over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Border {
    /// A literal, or nothing, stands on both sides.
    is_closed: bool,
    /// The byte that ends the text, and the one that leads to it.
    ends: Option<u8>,
    leads: Option<u8>,
}

impl Border {
    /// Of the part at a place.
    pub(crate) fn around(parts: &[Part], at: usize) -> Self {
        /// Nothing is as good as a literal.
        fn literal_or_nothing(part: Option<&Part>) -> Option<&[u8]> {
            part.map_or(Some(""), literal).map(str::as_bytes)
        }
        let before = literal_or_nothing(at.checked_sub(1).and_then(|at| parts.get(at)));
        let after = literal_or_nothing(parts.get(at + 1));
        Self {
            is_closed: before.is_some() && after.is_some(),
            ends: after.and_then(|text| text.first().copied()),
            // What begins the template stands where it stands.
            leads: before
                .filter(|_| at > 1)
                .and_then(|text| text.last().copied()),
        }
    }

    /// Of the part at a place of a scheme of the caller's own: a time or a key between it and its literal is no border.
    pub(crate) fn of_own(parts: &[Part], at: usize) -> Self {
        let before = parts.get(..at).unwrap_or_default();
        let after = parts.get(at + 1..).unwrap_or_default();
        let ends = after.iter().find(|part| !is_fixed(part)).and_then(literal);
        // What begins the template stands where it stands.
        let leads = before.iter().rposition(|part| !is_fixed(part));
        let leads = leads.filter(|at| *at > 0).and_then(|at| before.get(at));
        // A text never holds what leads to it. A method or a query may, unless a part before it can hold it, too.
        let matters = |byte: &u8| {
            let is_text = |part: &Part| part.flat().iter().any(is_text);
            parts.get(at).is_some_and(is_text) || before.iter().any(|part| may_hold(part, *byte))
        };
        Self {
            is_closed: Self::around(parts, at).is_closed,
            ends: ends.and_then(|text| text.bytes().next()),
            leads: leads
                .and_then(literal)
                .and_then(|text| text.bytes().last())
                .filter(matters),
        }
    }

    /// Of a text in a list that is sorted and has this border: the others stand beside it.
    pub(crate) fn of_sorted(self) -> Self {
        Self {
            is_closed: false,
            ..self
        }
    }

    /// Whether the text may hold a byte. Without a literal at both ends it is made of letters, digits, `_` and `-`, and the `=` of base64.
    pub(crate) fn allows(self, byte: u8) -> bool {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=');
        (self.is_closed || is_plain) && !self.is_edge(byte)
    }

    /// Whether the byte ends the text, or leads to it.
    pub(crate) fn is_edge(self, byte: u8) -> bool {
        Some(byte) == self.ends || Some(byte) == self.leads
    }
}

fn literal(part: &Part) -> Option<&str> {
    match part {
        Part::Literal(text) => Some(text),
        _ => None,
    }
}

/// Whether a part is a text that may not hold what stands at its border.
fn is_text(part: &Part) -> bool {
    matches!(part, Part::Id | Part::Header(_) | Part::Parameter(_))
}

/// Whether a part has a length of its own, or the same bytes in every request.
fn is_fixed(part: &Part) -> bool {
    matches!(
        part,
        Part::Timestamp | Part::Secret | Part::Companion | Part::BodySha256
    )
}

/// Whether a part may hold a byte that ends it: those that are left may not, since each is asked.
fn may_hold(part: &Part, byte: u8) -> bool {
    match part {
        Part::UrlPath | Part::UrlWithoutQuery | Part::UrlCall => byte != b'?',
        Part::Url
        | Part::UrlRest
        | Part::Body
        | Part::BodyCrc32
        | Part::Form(_)
        | Part::Sorted(_)
        | Part::Items => true,
        _ => false,
    }
}

/// Whether more than one part may have any length and hold any byte: a literal that stands between two of them may stand in the first, too.
pub(crate) fn has_free_parts(parts: &[Part]) -> bool {
    let is_free = |part: &&Part| {
        matches!(
            part,
            Part::Method
                | Part::Url
                | Part::UrlWithoutQuery
                | Part::UrlPath
                | Part::UrlCall
                | Part::UrlRest
                | Part::Query
                | Part::RawQuery
                | Part::Form(_)
                | Part::Body
        )
    };
    parts.iter().filter(is_free).count() > 1
}

/// For each byte, not zero if a message id may not hold it.
pub(crate) fn not_in_id(border: Border) -> [u8; 256] {
    core::array::from_fn(|byte| {
        let byte = byte as u8;
        u8::from(!(byte.is_ascii_graphic() && border.allows(byte)))
    })
}

/// Whether a literal stands between any two parts that may have any length: over any other border bytes can move. A time of a form of
/// its own is a border too where a text that cannot hold one stands on a side of it.
pub(crate) fn free_parts_are_apart(parts: &[Part], time_has_form: bool) -> bool {
    // The part of free length that nothing has ended yet, and whether such a time stands behind it.
    let mut open: Option<&Part> = None;
    let mut is_timed = false;
    for part in parts {
        match part {
            Part::Literal(_) => open = None,
            Part::Timestamp => is_timed |= time_has_form,
            Part::Secret | Part::Companion | Part::BodySha256 => {}
            // Sorted texts stand side by side.
            Part::Sorted(inner) if inner.iter().filter(|part| is_text(part)).count() > 1 => {
                return false;
            }
            part => {
                let is_apart = |other| is_timed && (is_text(other) || is_text(part));
                if !open.is_none_or(is_apart) {
                    return false;
                }
                open = Some(part);
                is_timed = false;
            }
        }
    }
    true
}

/// Whether the time is one of several texts that are sorted.
pub(crate) fn sorts_time(parts: &[Part]) -> bool {
    let holds_time = |part: &Part| part.flat().contains(&Part::Timestamp);
    parts
        .iter()
        .any(|part| matches!(part, Part::Sorted(_)) && holds_time(part))
}

/// Whether the time stands next to a part of variable length.
pub(crate) fn borders_are_open(parts: &[Part]) -> bool {
    parts.windows(2).any(|two| {
        two.contains(&Part::Timestamp)
            && !two
                .iter()
                .any(|part| matches!(part, Part::Literal(_) | Part::Sorted(_)))
    })
}
