//! A strict reader of JSON (RFC 8259) and a writer that can imitate the usual libraries.
//!
//! What two readers could see differently is refused: duplicate keys, lone surrogates (but see [`read_webhook`]), a byte order mark,
//! anything after the value. Numbers stay the text that arrived, since a number that became a float is another number.

#[cfg(test)]
mod prop_tests;
mod read;
mod write;

pub(crate) use read::{read, read_webhook};
pub(crate) use write::{Hex, Style, quote_into};

use crate::error::{Error, ErrorCode};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// A JSON value. Texts are unescaped, and borrowed from the input where nothing was escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// The digits as they arrived; their form is checked.
    Number(&'a str),
    Text(Cow<'a, str>),
    /// A string with half of a surrogate pair, which no text has: as it arrived, with its quotes. Only [`read_webhook`] gives it.
    NoText(&'a str),
    List(Vec<Value<'a>>),
    /// The members in the order of the text, no key twice.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// The member of an object; `None` for an absent key and for everything that is no object.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The flag, if this is one; `"true"` and `1` are not.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The digits of a number, if this is one.
    pub(crate) fn number(&self) -> Option<&'a str> {
        match self {
            Self::Number(digits) => Some(digits),
            _ => None,
        }
    }

    /// A number without fraction and exponent that fits, if this is one; `"1"`, `1.0` and `1e3` are not.
    pub(crate) fn integer(&self) -> Option<i64> {
        self.number()?.parse().ok()
    }

    /// The elements, if this is a list.
    pub(crate) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value as text in a given style.
    pub(crate) fn write(&self, style: Style) -> String {
        let mut out = String::new();
        write::value_into(&mut out, self, style, 0);
        out
    }
}

/// Why a text is not the JSON that is accepted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl Malformed {
    /// The error of the caller's protocol, with the reason as its detail.
    pub(crate) fn as_error(self, code: ErrorCode) -> Error {
        Error::with_detail(code, self.0)
    }
}
