//! A request whose texts come in one block: for hosts to which each pointer costs more than the hash of a small body, such as PHP.

use super::countermark_webhook_verifier;
use crate::{
    boundary::{bytes, guard, object, text},
    status::{countermark_error, countermark_status},
};
use countermark::{Error, ErrorCode, Result, facade};
use std::ffi::c_char;

/// Says whether a webhook is good, and hands nothing out: what it says is told by `countermark_webhook_verifier_verify` with the same
/// request, body and time.
///
/// `texts` holds method, URL and query, then the name and the value of each header, with a NUL between any two. `present` is the
/// sum of those of the first three that are there: 1 for the method, 2 for the URL, 4 for the query.
///
/// Errors: as `countermark_webhook_verifier_verify`; INVALID_INPUT for a block that is not UTF-8, or not of `headers_len` headers.
///
/// # Safety
/// `verifier` is live; texts and body are readable; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_check_block(
    verifier: *const countermark_webhook_verifier,
    texts: *const c_char,
    texts_len: usize,
    present: u32,
    headers_len: usize,
    body: *const c_char,
    body_len: usize,
    now_ms: i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let mut texts = Texts(Some(text(texts, texts_len)?));
            let [method, url, query] = [1, 2, 4].map(|bit| {
                let text = texts.next()?;
                (present & bit != 0).then_some(text)
            });
            let headers = headers(texts, headers_len)?;
            let request = facade::WebhookRequest {
                method,
                url,
                query,
                headers: &headers,
            };
            object(verifier)?
                .verifier
                .verify(&request, bytes(body, body_len)?, now_ms)
                .map(drop)
        })
    }
}

/// The texts of a block. Splitting is a good part of a call, and `str::split` takes twice as long for texts as short as these.
struct Texts<'a>(Option<&'a str>);

impl<'a> Iterator for Texts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0?;
        let (text, rest) = match memchr::memchr(0, rest.as_bytes()) {
            Some(at) => (rest.get(..at)?, rest.get(at + 1..)),
            None => (rest, None),
        };
        self.0 = rest;
        Some(text)
    }
}

/// Room without growing; a request may have more.
const HEADERS_USUAL: usize = 32;

fn headers<'a>(mut texts: Texts<'a>, len: usize) -> Result<Vec<facade::WebhookHeader<'a>>> {
    let mut headers = Vec::with_capacity(len.min(HEADERS_USUAL));
    while let Some(name) = texts.next() {
        let value = texts.next().ok_or_else(uneven)?.as_bytes();
        headers.push(facade::WebhookHeader { name, value });
    }
    // A text with a NUL in it would move all that follow.
    if headers.len() == len {
        Ok(headers)
    } else {
        Err(uneven())
    }
}

fn uneven() -> Error {
    Error::with_detail(ErrorCode::InvalidInput, "texts of a request")
}
