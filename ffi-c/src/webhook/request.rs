//! A request as it arrived.

use crate::{
    boundary::{array, view_bytes, view_opt, view_text},
    view::{countermark_pair, countermark_str},
};
use countermark::{Result, facade};

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

impl countermark_webhook_request {
    /// The headers as the facade wants them: views of the caller's text.
    ///
    /// # Safety
    /// Headers and texts are readable for as long as the result is used.
    pub(super) unsafe fn headers<'a>(&self) -> Result<Vec<facade::WebhookHeader<'a>>> {
        // SAFETY: the caller's promise.
        unsafe {
            array(self.headers, self.headers_len)?
                .iter()
                .map(|header| {
                    Ok(facade::WebhookHeader {
                        name: view_text(header.name)?,
                        value: view_bytes(header.value)?,
                    })
                })
                .collect()
        }
    }

    /// # Safety
    /// The texts are readable for as long as the result is used.
    pub(super) unsafe fn read<'a>(
        &self,
        headers: &'a [facade::WebhookHeader<'a>],
    ) -> Result<facade::WebhookRequest<'a>> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(facade::WebhookRequest {
                method: view_opt(self.method)?,
                url: view_opt(self.url)?,
                query: view_opt(self.query)?,
                headers,
            })
        }
    }
}
