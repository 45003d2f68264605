//! A request whose texts come in one block: for hosts to which each pointer and each argument costs more than the hash of a small body,
//! such as PHP.

use super::{countermark_webhook_verifier, request::Headers};
use crate::{
    boundary::{bytes, guard, object, text},
    status::countermark_status,
};
use countermark::{Error, ErrorCode, Result, facade};
use std::{ffi::c_char, ptr::null_mut};

/// Says whether a webhook is good, and hands nothing out: what it says, or why it is refused, is told by
/// `countermark_webhook_verifier_verify` with the same request, body and time.
///
/// `texts` holds the name and the value of each header, with a NUL between any two texts. For a request with a method, a URL or a
/// query, three more follow: each is empty for one that is absent, else `=` and the text. `count` is the number of texts, by which
/// one with a NUL in it is found.
///
/// Errors: as `countermark_webhook_verifier_verify`; INVALID_INPUT for a block that is not UTF-8, or not of `count` such texts.
///
/// # Safety
/// `verifier` is live; texts and body are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_check_block(
    verifier: *const countermark_webhook_verifier,
    texts: *const c_char,
    texts_len: usize,
    count: usize,
    body: *const c_char,
    body_len: usize,
    now_ms: i64,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(null_mut(), || {
            let texts = Texts(text(texts, texts_len)?, count);
            let mut headers = Headers::EMPTY;
            let request = texts.read(&mut headers)?;
            object(verifier)?
                .verifier
                .verify(&request, bytes(body, body_len)?, now_ms)
                .map(drop)
        })
    }
}

/// The rest of a block, and how many texts are in it.
struct Texts<'a>(&'a str, usize);

/// Method, URL and query.
const OTHERS: usize = 3;

impl<'a> Texts<'a> {
    fn read(mut self, headers: &'a mut Headers<'a>) -> Result<facade::WebhookRequest<'a>> {
        let Self(block, count) = self;
        // Room is made for no more headers than there are bytes.
        if count > block.len() + 1 {
            return Err(uneven());
        }
        let others = if count % 2 == 0 { 0 } else { OTHERS };
        let headers = headers.room(count.checked_sub(others).ok_or_else(uneven)? / 2);
        for header in &mut *headers {
            header.name = self.next()?;
            header.value = self.next()?.as_bytes();
        }
        let [mut method, mut url, mut query] = [None; OTHERS];
        if others > 0 {
            method = self.next_optional()?;
            url = self.next_optional()?;
            query = self.next_optional()?;
        }
        if !self.0.is_empty() {
            return Err(uneven());
        }
        Ok(facade::WebhookRequest {
            method,
            url,
            query,
            headers,
        })
    }

    /// Splitting is a good part of a call, and `str::split` takes twice as long for texts as short as these.
    fn next(&mut self) -> Result<&'a str> {
        let Self(rest, count) = *self;
        let (text, rest) = match memchr::memchr(0, rest.as_bytes()) {
            // After the last one there is none: a text with a NUL in it would move all that follow.
            Some(at) if count > 1 => (&rest[..at], &rest[at + 1..]),
            None if count == 1 => (rest, ""),
            _ => return Err(uneven()),
        };
        *self = Self(rest, count - 1);
        Ok(text)
    }

    fn next_optional(&mut self) -> Result<Option<&'a str>> {
        let text = self.next()?;
        match text.strip_prefix('=') {
            None if !text.is_empty() => Err(uneven()),
            given => Ok(given),
        }
    }
}

fn uneven() -> Error {
    Error::with_detail(ErrorCode::InvalidInput, "texts of a request")
}
