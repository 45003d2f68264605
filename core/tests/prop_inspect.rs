//! Tools that look at one request: whatever is pasted, they answer, and give no secret away.

use countermark::facade::{
    WebhookConfig, WebhookExplainer, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner,
    candidate_schemes, list_schemes, read_saved_request,
};
use proptest::prelude::*;

const SECRET: &str = "a secret that must not be shown";
const NOW: i64 = 1_700_000_000_000;

proptest! {
    #[test]
    fn any_text_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_saved_request(&bytes);
    }

    #[test]
    fn what_is_written_is_read(
        values in proptest::collection::vec("[!-~]([ -~]{0,20}[!-~])?", 0..6),
        body in proptest::collection::vec(any::<u8>(), 0..100),
        end in "\r?\n",
    ) {
        let mut text = format!("POST /a HTTP/1.1{end}Host: x.example{end}").into_bytes();
        for value in &values {
            text.extend_from_slice(format!("X-A: {value}{end}").as_bytes());
        }
        text.extend_from_slice(end.as_bytes());
        text.extend_from_slice(&body);
        let saved = read_saved_request(&text).expect("a request");
        let got: Vec<_> = saved.headers.iter().skip(1).map(|(_, value)| value.as_slice()).collect();
        prop_assert_eq!(got, values.iter().map(String::as_bytes).collect::<Vec<_>>());
        prop_assert_eq!(saved.body, body);
    }
}

/// Every scheme that can be signed with a text: the request is recognised, and its content shown without the secret.
#[test]
fn every_signed_request_is_recognised_and_keeps_its_secret() {
    let mut shown = 0;
    for scheme in list_schemes() {
        let keys = || vec![WebhookKey::new("main", SECRET)];
        let Ok(signer) = WebhookSigner::new(&scheme.id, keys()) else {
            continue;
        };
        let url = "https://x.example/hook/1?a=1";
        let plain = WebhookRequest {
            method: Some("POST"),
            url: Some(url),
            query: None,
            headers: &[],
        };
        let Ok(signed) = signer.sign(&plain, b"{\"a\":1}", Some("msg_1"), NOW) else {
            continue;
        };
        let headers: Vec<_> = signed
            .headers
            .iter()
            .map(|header| WebhookHeader {
                name: &header.name,
                value: header.value.as_bytes(),
            })
            .collect();
        let url = signed.url.as_deref().unwrap_or(url);
        let request = WebhookRequest {
            headers: &headers,
            url: Some(url),
            query: signed.query.as_deref(),
            ..plain
        };
        let body = signed.body.as_deref().unwrap_or(b"{\"a\":1}");
        if !scheme.signature_headers.is_empty() || signed.query.is_some() {
            let candidates = candidate_schemes(&request, body);
            assert!(
                candidates
                    .iter()
                    .any(|one| one.scheme == scheme.id && one.is_whole),
                "{}",
                scheme.id
            );
        }
        let explainer =
            WebhookExplainer::new(WebhookConfig::new(&scheme.id, keys())).expect("keys");
        let (explanation, content) = explainer.inspect(&request, body, NOW);
        assert_eq!(explanation.error, None, "{}", scheme.id);
        let content = content.expect("a request that verifies");
        assert!(content.signed.is_empty() && content.differences.is_empty());
        for part in &content.received {
            let has = part
                .bytes
                .windows(SECRET.len())
                .any(|window| window == SECRET.as_bytes());
            assert!(!has, "{}", scheme.id);
        }
        assert!(!format!("{content:?}").contains(SECRET));
        shown += 1;
    }
    assert!(shown > 40, "{shown}");
}
