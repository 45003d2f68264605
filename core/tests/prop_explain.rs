//! Explanations: whatever arrives, there is one, and it gives nothing away.

use countermark::facade::{
    WebhookConfig, WebhookExplainer, WebhookExplanation, WebhookHeader, WebhookKey, WebhookRequest,
    WebhookSigner, list_causes, list_schemes,
};
use proptest::prelude::*;

const SECRET: &str = "a secret that must not be printed";
const NOW: i64 = 1_700_000_000_000;

fn explainer(scheme: &str) -> WebhookExplainer {
    let config = WebhookConfig::new(scheme, vec![WebhookKey::new("main", SECRET)]);
    WebhookExplainer::new(config).expect("a scheme of the table")
}

/// Bodies that have a form of their own.
const UNDONE: [&str; 9] = [
    r#"{"type":"Buffer","data":[123,34,255]}"#,
    r#"{"0":123,"1":34}"#,
    "[1,2,255]",
    "123,34,97",
    r"b'a\x00\n\'\\'",
    r#"{"a":["1 2","~ä"],"b":"<&@"}"#,
    "a=%7E+x&b&c=%20",
    r#"{\"a\":\"\\u00e4\"}"#,
    "[{\"a\":\"/\u{2028}’\"},{}]",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_request_is_explained(
        at in 0_usize..200,
        values in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 3),
        body in proptest::collection::vec(any::<u8>(), 0..200),
        url in proptest::option::of("\\PC{0,40}"),
        query in proptest::option::of("\\PC{0,40}"),
        now in any::<i64>(),
    ) {
        let schemes = list_schemes();
        let scheme = &schemes[at % schemes.len()];
        let names = scheme.signature_headers.iter().map(String::as_str);
        let headers = names.chain(["webhook-id", "webhook-timestamp"]).zip(&values).map(|(name, value)| {
            WebhookHeader { name, value }
        });
        let headers: Vec<_> = headers.collect();
        let request = WebhookRequest {
            method: Some("POST"),
            url: url.as_deref(),
            query: query.as_deref(),
            headers: &headers,
        };
        let explanation = explainer(&scheme.id).explain(&request, &body, now);
        prop_assert!(explanation.error.is_some());
    }

    #[test]
    fn a_changed_byte_of_what_is_undone_is_explained(
        body in proptest::sample::select(&UNDONE[..]),
        at in any::<usize>(),
        byte in any::<u8>(),
        secret in "(export )?[A-Z_]{0,3}[=:]?[ \"'$<\\\\n]{0,3}[a-zA-Z0-9+/=]{0,9}[\"'.>]{0,3}",
    ) {
        let mut body = body.as_bytes().to_vec();
        let at = at % body.len();
        body[at] = byte;
        let keys = vec![WebhookKey::new("main", &secret)];
        let explainer = WebhookExplainer::new(WebhookConfig::new("github", keys)).expect("a scheme of the table");
        let signature = format!("sha256={}", "0".repeat(64));
        let headers = [WebhookHeader { name: "X-Hub-Signature-256", value: signature.as_bytes() }];
        let request = WebhookRequest { headers: &headers, ..WebhookRequest::default() };
        prop_assert!(explainer.explain(&request, &body, NOW).error.is_some());
    }

    #[test]
    fn nothing_is_given_away(body in "[a-z]{20,60}", flip in 0_usize..64) {
        let signer = WebhookSigner::new("github", vec![WebhookKey::new("main", SECRET)]).expect("usable");
        let signed = signer.sign(&WebhookRequest::default(), body.as_bytes(), None, NOW).expect("signs");
        let good = signed.headers[0].value.clone();
        let mut wrong = good.clone().into_bytes();
        let digit = &mut wrong[7 + flip];
        *digit = if *digit == b'0' { b'1' } else { b'0' };
        let request = WebhookRequest {
            headers: &[WebhookHeader { name: &signed.headers[0].name, value: &wrong }],
            ..WebhookRequest::default()
        };
        let explainer = explainer("github");
        let text = format!("{:?} {explainer:?}", explainer.explain(&request, body.as_bytes(), NOW));
        prop_assert!(!text.contains(SECRET) && !text.contains(&good[7..]) && !text.contains(&body));
    }
}

fn explained_with_another_signature(body: &[u8]) -> WebhookExplanation {
    let signature = format!("sha256={}", "0".repeat(64));
    let request = WebhookRequest {
        headers: &[WebhookHeader {
            name: "X-Hub-Signature-256",
            value: signature.as_bytes(),
        }],
        ..WebhookRequest::default()
    };
    explainer("github").explain(&request, body, NOW)
}

#[test]
fn a_huge_body_ends_the_search_early() {
    let explanation = explained_with_another_signature(&vec![b'['; 2 << 20]);
    assert!(!explanation.complete && explanation.causes.is_empty());
}

#[test]
fn json_that_is_too_long_to_be_written_anew_is_not_all_that_could_be_tried() {
    let complete = |body: &str| explained_with_another_signature(body.as_bytes()).complete;
    let list = |items: usize| format!("\n[{}0]", "0, ".repeat(items));
    assert!(complete(&list(80_000)) && !complete(&list(100_000)));
    // What is no JSON is never written anew.
    assert!(complete(&"0, ".repeat(100_000)));
}

#[test]
fn every_cause_has_its_texts() {
    for cause in list_causes() {
        for text in [cause.happened, cause.remedy] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}", cause.name);
        }
    }
}
