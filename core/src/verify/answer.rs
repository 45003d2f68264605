//! What a sender is answered.

use alloc::{string::String, vec::Vec};

/// An HTTP answer. Send `X-Content-Type-Options: nosniff` with it, since a body may repeat what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The status.
    pub status: u32,
    /// The `Content-Type`; empty for none.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// When a handshake is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HandshakeOrder {
    /// Instead of verifying: the sender does not sign it.
    BeforeVerify,
    /// Only after [`WebhookVerifier::verify`](crate::facade::WebhookVerifier::verify) has accepted it: the sender signs it, and tests that
    /// a wrong signature is refused.
    AfterVerify,
}

impl HandshakeOrder {
    /// The stable name, such as `before_verify`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeVerify => "before_verify",
            Self::AfterVerify => "after_verify",
        }
    }
}
