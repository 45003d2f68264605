//! A request as it arrived.

use crate::{
    boundary::{array, view_bytes, view_text_or},
    view::{countermark_pair, countermark_str},
};
use countermark::{ErrorCode, Result, facade};

/// So many headers need no memory of their own: hosts that leave out what a verifier does not look at pass one to three.
const FEW_HEADERS: usize = 8;

const NO_HEADER: facade::WebhookHeader<'_> = facade::WebhookHeader {
    name: "",
    value: b"",
};

/// A received request, or one to sign, without its body. Fill it with zeros first.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_request {
    /// The method; needed by few schemes.
    pub method: countermark_str,
    /// The URL as the sender called it, which behind a proxy is not the one that the server sees; needed by few.
    pub url: countermark_str,
    /// The query as received, without `?`. Absent: that of the URL.
    pub query: countermark_str,
    /// All headers in the order of arrival; values are bytes.
    pub headers: *const countermark_pair,
    /// How many.
    pub headers_len: usize,
}

/// Room for the headers as the facade wants them.
pub(super) struct Headers<'a> {
    few: [facade::WebhookHeader<'a>; FEW_HEADERS],
    many: Vec<facade::WebhookHeader<'a>>,
}

impl<'a> Headers<'a> {
    pub(super) const EMPTY: Self = Self {
        few: [NO_HEADER; FEW_HEADERS],
        many: Vec::new(),
    };

    pub(super) fn room(&mut self, len: usize) -> &mut [facade::WebhookHeader<'a>] {
        if len > FEW_HEADERS {
            self.many.resize(len, NO_HEADER);
            &mut self.many
        } else {
            &mut self.few[..len]
        }
    }
}

impl countermark_webhook_request {
    /// A request that came from somewhere: the sender chose its texts, so one that is not UTF-8 is no mistake of the caller.
    ///
    /// # Safety
    /// As [`Self::read_or`].
    pub(super) unsafe fn read<'a>(
        &self,
        headers: &'a mut Headers<'a>,
    ) -> Result<facade::WebhookRequest<'a>> {
        // SAFETY: the caller's promise.
        unsafe { self.read_or(headers, ErrorCode::InvalidEncoding) }
    }

    /// A request that the caller itself has written, to be signed.
    ///
    /// # Safety
    /// As [`Self::read_or`].
    pub(super) unsafe fn read_own<'a>(
        &self,
        headers: &'a mut Headers<'a>,
    ) -> Result<facade::WebhookRequest<'a>> {
        // SAFETY: the caller's promise.
        unsafe { self.read_or(headers, ErrorCode::InvalidInput) }
    }

    /// The request as the facade wants it: views of the caller's texts, with those of its headers in `headers`.
    ///
    /// # Safety
    /// Headers and texts are readable for as long as the result is used.
    unsafe fn read_or<'a>(
        &self,
        headers: &'a mut Headers<'a>,
        not_text: ErrorCode,
    ) -> Result<facade::WebhookRequest<'a>> {
        // SAFETY: the caller's promise.
        unsafe {
            let given = array(self.headers, self.headers_len)?;
            let headers = headers.room(given.len());
            for (place, header) in headers.iter_mut().zip(given) {
                place.name = view_text_or(header.name, not_text)?;
                place.value = view_bytes(header.value)?;
            }
            let opt = |view: countermark_str| {
                let absent = view.ptr.is_null() && view.len == 0;
                (!absent).then(|| view_text_or(view, not_text)).transpose()
            };
            Ok(facade::WebhookRequest {
                method: opt(self.method)?,
                url: opt(self.url)?,
                query: opt(self.query)?,
                headers,
            })
        }
    }
}
