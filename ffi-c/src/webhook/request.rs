//! A request as it arrived.

use crate::{
    boundary::{array, text, view_bytes, view_opt},
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
    /// # Safety
    /// Headers and texts are readable.
    pub(super) unsafe fn headers(&self) -> Result<Vec<facade::WebhookHeader>> {
        // SAFETY: the caller's promise.
        unsafe {
            array(self.headers, self.headers_len)?
                .iter()
                .map(|header| {
                    Ok(facade::WebhookHeader {
                        name: text(header.name.ptr, header.name.len)?.into(),
                        value: view_bytes(header.value)?.into(),
                    })
                })
                .collect()
        }
    }

    /// # Safety
    /// The texts are readable.
    pub(super) unsafe fn read(
        &self,
        headers: &[facade::WebhookHeader],
    ) -> Result<facade::WebhookRequest> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(facade::WebhookRequest {
                method: view_opt(self.method)?.map(Into::into),
                url: view_opt(self.url)?.map(Into::into),
                query: view_opt(self.query)?.map(Into::into),
                headers: headers.to_vec(),
            })
        }
    }
}
