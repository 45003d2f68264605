//! What a signer has made, as it arrives.

use countermark::facade::{Header, SignedWebhook, WebhookHeader};

pub fn headers(signed: &SignedWebhook) -> Vec<WebhookHeader<'_>> {
    let headers = signed.headers.iter();
    headers
        .map(|Header { name, value }| WebhookHeader {
            name,
            value: value.as_bytes(),
        })
        .collect()
}
