//! A request as a site hands it over.

use super::{context::Request, header::WebhookHeader};
use core::fmt;

/// A received request, without its body: a view of what the server holds.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct WebhookRequest<'a> {
    /// The method; needed by few schemes.
    pub method: Option<&'a str>,
    /// The URL as the sender called it, which behind a proxy is not the one that the server sees; needed by few.
    pub url: Option<&'a str>,
    /// The query as received, without `?`. Without it, that of the URL.
    pub query: Option<&'a str>,
    /// All headers in the order of arrival.
    pub headers: &'a [WebhookHeader<'a>],
}

/// The method and the names of the headers: URL and query may be signed, and a header may be the secret itself.
impl fmt::Debug for WebhookRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookRequest")
            .field("method", &self.method)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl<'a> WebhookRequest<'a> {
    pub(crate) fn with_body(&self, body: &'a [u8]) -> Request<'a> {
        Request {
            method: self.method,
            url: self.url,
            query: self.query,
            headers: self.headers,
            body,
        }
    }
}
