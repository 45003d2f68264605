//! Borrowed views of text and bytes.

use countermark::facade::Header;
use std::ffi::c_char;

/// Text or bytes that belong to an object: `len` bytes from `ptr`, **not** ended by NUL. Text is UTF-8.
///
/// Ownership: borrowed. Valid until the object that it came from is freed, or changed by a call that takes it without `const`.
/// An absent value has `ptr` NULL; an empty one has `len` 0 and `ptr` not NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_str {
    /// First byte.
    pub ptr: *const c_char,
    /// Number of bytes.
    pub len: usize,
}

// SAFETY: a view only says where bytes are. Objects that hold some keep the bytes too, and do not change them.
unsafe impl Send for countermark_str {}
// SAFETY: as above.
unsafe impl Sync for countermark_str {}

impl countermark_str {
    pub(crate) const ABSENT: Self = Self {
        ptr: std::ptr::null(),
        len: 0,
    };

    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self {
            ptr: bytes.as_ptr().cast(),
            len: bytes.len(),
        }
    }
}

impl From<&str> for countermark_str {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl From<Option<&str>> for countermark_str {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::ABSENT, Self::from)
    }
}

impl From<Option<&[u8]>> for countermark_str {
    fn from(bytes: Option<&[u8]>) -> Self {
        bytes.map_or(Self::ABSENT, Self::new)
    }
}

/// Headers in C's shape. The views belong to `headers`.
pub(crate) fn pairs(headers: &[Header]) -> Vec<countermark_pair> {
    headers
        .iter()
        .map(|header| countermark_pair {
            name: header.name.as_str().into(),
            value: header.value.as_str().into(),
        })
        .collect()
}

/// A name and a value: a field to sign, or a header to send.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_pair {
    /// The name.
    pub name: countermark_str,
    /// The value.
    pub value: countermark_str,
}
