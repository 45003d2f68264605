//! Webhooks of every scheme: nothing that nobody signed is accepted, everything that was signed is, and every refusal has an explanation.

#![no_main]

use arbitrary::Arbitrary;
use countermark::{
    ErrorCode,
    facade::{
        Digest, SchemeInfo, WebhookConfig, WebhookExplainer, WebhookHeader, WebhookKey,
        WebhookRequest, WebhookSigner, WebhookVerifier, answer_webhook_handshake, list_schemes,
    },
};

const NOW_MS: i64 = 1_700_000_000_000;
/// One secret of each form that schemes ask for; the first that a scheme takes is its key.
const SECRETS: [&str; 6] = [
    "a test secret of enough bytes",
    "whsec_YSBzZWNyZXQgZm9yIHRlc3RzLCAzMiBieXRlcyB4eCE=",
    "YSBzZWNyZXQgZm9yIHRlc3RzLCAzMiBieXRlcyB4eCE=",
    "6120736563726574206f662074686972747920627974657321213a3132333435363738",
    "7e3fba0bd8ed1a6b0f9d1c3c5a2e4f60718293a4b5c6d7e8f90a1b2c3d4e5f60:a1b2c3d4e5f60718",
    "12345678:0123456789abcdef0123456789abcdef",
];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    scheme: u8,
    method: Option<&'a str>,
    url: Option<&'a str>,
    query: Option<&'a str>,
    /// Values for the headers that the scheme reads, and more headers.
    read: Vec<&'a [u8]>,
    headers: Vec<(&'a str, &'a [u8])>,
    body: &'a [u8],
    at: u16,
}

libfuzzer_sys::fuzz_target!(|input: Input<'_>| {
    let schemes = list_schemes();
    let info = &schemes[usize::from(input.scheme) % schemes.len()];
    let key = |secret| WebhookKey::new("k1", secret);
    let Some((secret, verifier)) = SECRETS.iter().find_map(|secret| {
        let verifier =
            WebhookVerifier::new(WebhookConfig::new(&info.id, vec![key(secret)])).ok()?;
        Some((secret, verifier))
    }) else {
        return;
    };
    let names = &info.signature_headers;
    let read = names
        .iter()
        .zip(&input.read)
        .map(|(name, value)| WebhookHeader { name, value });
    let others = input
        .headers
        .iter()
        .map(|(name, value)| WebhookHeader { name, value });
    let headers: Vec<_> = read.chain(others).collect();
    let request = WebhookRequest {
        method: input.method,
        url: input.url,
        query: input.query,
        headers: &headers,
    };

    // A token is a text that is sent as it is, and this one stands above.
    assert!(
        verifier.verify(&request, input.body, NOW_MS).is_err() || info.digest == Digest::Token,
        "{}",
        info.id
    );
    let explainer = WebhookExplainer::new(WebhookConfig::new(&info.id, vec![key(secret)])).unwrap();
    drop(explainer.explain(&request, input.body, NOW_MS));
    drop(answer_webhook_handshake(
        &info.id, None, &request, input.body,
    ));
    round_trip(info, &verifier, &input, key(secret));
});

/// What is signed is accepted, and its body with one bit changed is not, where the body is signed as it stands.
fn round_trip(info: &SchemeInfo, verifier: &WebhookVerifier, input: &Input<'_>, key: WebhookKey) {
    let request = WebhookRequest {
        method: input.method,
        url: input.url,
        query: input.query,
        headers: &[],
    };
    let Ok(signed) = WebhookSigner::new(&info.id, vec![key])
        .and_then(|signer| signer.sign(&request, input.body, Some("msg_1"), NOW_MS))
    else {
        return;
    };
    let headers: Vec<_> = signed
        .headers
        .iter()
        .map(|header| WebhookHeader {
            name: &header.name,
            value: header.value.as_bytes(),
        })
        .collect();
    let request = WebhookRequest {
        method: input.method,
        url: signed.url.as_deref().or(input.url),
        query: signed.query.as_deref().or(input.query),
        headers: &headers,
    };
    let body = signed.body.as_deref().unwrap_or(input.body);
    let verified = match verifier.verify(&request, body, NOW_MS) {
        Ok(verified) => verified,
        // What a scheme reads in the body is the sender's matter; its signature must be found and fit.
        Err(error) => {
            let signature = [
                ErrorCode::SignatureMismatch,
                ErrorCode::BodyHashMismatch,
                ErrorCode::MalformedSignature,
                ErrorCode::MissingHeader,
            ];
            assert!(!signature.contains(&error.code()), "{}: {error:?}", info.id);
            return;
        }
    };
    if verified.body().is_empty() || signed.body.is_some() {
        return;
    }
    let mut changed = body.to_vec();
    let at = usize::from(input.at) % (8 * changed.len());
    changed[at / 8] ^= 1 << (at % 8);
    assert!(
        verifier.verify(&request, changed, NOW_MS).is_err(),
        "{}: bit {at}",
        info.id
    );
}
