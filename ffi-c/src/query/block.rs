//! What a query proved as one block of texts: for hosts to which each call and each view costs more than the hash, such as PHP.

use super::countermark_query_verifier;
use crate::{
    boundary::{bytes, guard, object, output},
    status::{countermark_error, countermark_status},
};
use countermark::{Error, ErrorCode, Result, facade};
use std::{ffi::c_char, fmt::Write};

/// Verifies as `countermark_query_verifier_verify`, and writes what the query proved into your room, instead of handing out an object.
///
/// `texts` gets, with a NUL between any two: the id of the key, the algorithm, the signed time and the time until which to keep the
/// replay key (Unix milliseconds, in digits), the sum of those of the next two that are there (1 for the tenant, 2 for the claimed
/// email), the tenant, the claimed email, then the name and the value of each signed field. `*texts_len` gets their length.
///
/// Errors: as `countermark_query_verifier_verify`; INVALID_INPUT for texts that do not fit, or that have a NUL of their own: nothing is
/// written, and `countermark_query_verifier_verify` tells them.
///
/// # Safety
/// `verifier` is live; the query is readable; `texts_room` bytes from `texts` and `*texts_len` are writable; `error` is NULL or points to
/// a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_query_verifier_verify_block(
    verifier: *const countermark_query_verifier,
    query: *const c_char,
    query_len: usize,
    now_ms: i64,
    texts: *mut c_char,
    texts_room: usize,
    texts_len: *mut usize,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let len = output(texts_len, 0)?;
            let query = object(verifier)?
                .0
                .verify(bytes(query, query_len)?, now_ms)?;
            let block = block(&query)?;
            if texts.is_null() || block.len() > texts_room {
                return Err(unfit());
            }
            texts.copy_from_nonoverlapping(block.as_ptr().cast(), block.len());
            *len = block.len();
            Ok(())
        })
    }
}

/// Room without growing; a query may need more.
const ROOM_USUAL: usize = 256;

fn block(query: &facade::VerifiedQuery) -> Result<String> {
    let (tenant, email) = (query.tenant(), query.claimed_email());
    let present =
        ["0", "1", "2", "3"][usize::from(tenant.is_some()) + 2 * usize::from(email.is_some())];
    let mut block = String::with_capacity(ROOM_USUAL);
    let mut texts = 1;
    let mut add = |block: &mut String, text: &str| {
        block.push('\0');
        block.push_str(text);
        texts += 1;
    };
    block.push_str(query.key_id());
    add(&mut block, query.algorithm());
    for time in [query.signed_at_ms(), query.replay_until_ms()] {
        add(&mut block, "");
        // Writing to a string cannot fail.
        let _ = write!(block, "{time}");
    }
    for text in [
        present,
        tenant.unwrap_or_default(),
        email.unwrap_or_default(),
    ] {
        add(&mut block, text);
    }
    for (name, value) in query.fields() {
        add(&mut block, name);
        add(&mut block, value);
    }
    // A text with a NUL in it would move all that follow.
    if block.bytes().filter(|byte| *byte == 0).count() == texts - 1 {
        Ok(block)
    } else {
        Err(unfit())
    }
}

fn unfit() -> Error {
    Error::with_detail(ErrorCode::InvalidInput, "texts of a query")
}
