//! Large bodies: what costs little is tried all the same.

use crate::facade::{WebhookConfig, WebhookExplainer, WebhookHeader, WebhookKey, WebhookRequest};
use crate::verify::{
    mac::{Hash, MacKey},
    webhook::{row::SignatureEncoding, text},
};
use alloc::{vec, vec::Vec};

/// The causes for a body, and whether all ideas were tried.
fn explain(secret: &str, signed: &[u8], body: &[u8]) -> (Vec<&'static str>, bool) {
    let tag = MacKey::new(Hash::Sha256, b"secret").tag(&[signed]);
    let value = ["sha256=", &text::encode(&tag, SignatureEncoding::Hex)].concat();
    let headers = [WebhookHeader {
        name: "X-Hub-Signature-256",
        value: value.as_bytes(),
    }];
    let request = WebhookRequest {
        headers: &headers,
        ..WebhookRequest::default()
    };
    let config = WebhookConfig::new("github", vec![WebhookKey::new("main", secret)]);
    let explainer = WebhookExplainer::new(config).expect("a scheme of the table");
    let found = explainer.explain(&request, body, 0);
    let names = found.causes.iter().map(|cause| cause.kind.name());
    (names.collect(), found.complete)
}

#[test]
fn a_large_body_is_no_reason_to_try_nothing() {
    let signed = vec![b'a'; 1024 * 1024 + 1];
    let body = [&signed[..], b"\n"].concat();
    assert_eq!(
        explain("secret", &signed, &body),
        (vec!["body_newline_added"], true)
    );
    assert_eq!(
        explain("'secret'", &signed, &signed),
        (vec!["key_quoted"], true)
    );
    assert_eq!(explain("other", &signed, &signed), (vec![], true));
}

#[test]
fn large_json_is_not_written_anew() {
    let signed = ["[\"", &"a".repeat(1024 * 1024), "\"]"].concat();
    let body = [&signed, "\r\n"].concat();
    assert_eq!(
        explain("secret", signed.as_bytes(), body.as_bytes()),
        (vec!["body_newline_added"], true)
    );
    assert_eq!(explain("secret", b"{}", body.as_bytes()), (vec![], false));
}
