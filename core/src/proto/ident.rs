//! The one normaliser of SecSign IDs. Every request and every comparison goes through it.
//!
//! The vendor's clients disagree about case, blanks and Unicode: one folds the Kelvin sign to `k`, one trims for the start and
//! not for the state. So it is ASCII only: nothing that could fold to another letter is let in.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::SECSIGN_ID_MAX,
};
use alloc::string::String;

/// Trims blanks, lowers ASCII letters, and refuses everything but letters, digits, `_`, `@`, `-` and `.`.
pub(crate) fn normalize(text: &str) -> Result<String> {
    let trimmed = text.trim_matches([' ', '\t']);
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'-' | b'.');
    if trimmed.is_empty() || trimmed.len() > SECSIGN_ID_MAX || !trimmed.bytes().all(allowed) {
        return Err(Error::new(ErrorCode::InvalidSecsignId));
    }
    Ok(trimmed.to_ascii_lowercase())
}
