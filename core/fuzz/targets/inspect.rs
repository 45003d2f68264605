//! Tools that look at one request: a saved request of any bytes, whose scheme it may be, and what its signature is over.

#![no_main]

use countermark::facade::{
    SignedPart, WebhookConfig, WebhookExplainer, WebhookHeader, WebhookKey, WebhookRequest,
    candidate_schemes, read_saved_request,
};

const NOW_MS: i64 = 1_700_000_000_000;

fn length(parts: &[SignedPart]) -> usize {
    parts.iter().map(|part| part.bytes.len()).sum()
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(saved) = read_saved_request(bytes) else {
        return;
    };
    let headers: Vec<_> = saved
        .headers
        .iter()
        .map(|(name, value)| WebhookHeader { name, value })
        .collect();
    let request = WebhookRequest {
        method: Some(&saved.method),
        url: Some(&saved.url),
        query: None,
        headers: &headers,
    };
    // The likeliest ones: each is explained by trying what proxies do to requests.
    for candidate in candidate_schemes(&request, &saved.body).iter().take(4) {
        let keys = vec![WebhookKey::new("k1", "a test secret of enough bytes")];
        let Ok(explainer) = WebhookExplainer::new(WebhookConfig::new(&candidate.scheme, keys))
        else {
            continue;
        };
        let (_, content) = explainer.inspect(&request, &saved.body, NOW_MS);
        let Some(content) = content else { continue };
        let (received, signed) = (length(&content.received), length(&content.signed));
        for one in &content.differences {
            assert!(one.received.start <= one.received.end && one.received.end <= received);
            assert!(one.signed.start <= one.signed.end && one.signed.end <= signed);
        }
    }
});
