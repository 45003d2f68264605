//! Webhooks of every scheme: nothing that nobody signed is accepted, everything that was signed is, and every refusal has an explanation.

#![no_main]

mod signed;

use arbitrary::Arbitrary;
use countermark::{
    ErrorCode,
    facade::{
        Covered, Digest, SchemeInfo, WebhookConfig, WebhookExplainer, WebhookHeader, WebhookKey,
        WebhookRequest, WebhookSigner, WebhookVerifier, answer_webhook_handshake, list_schemes,
    },
};
use std::sync::LazyLock;

const NOW_MS: i64 = 1_700_000_000_000;
/// One secret or public key of each form that schemes ask for; the first that a scheme takes is its key.
const SECRETS: [&str; 10] = [
    "a test secret of enough bytes",
    "whsec_YSBzZWNyZXQgZm9yIHRlc3RzLCAzMiBieXRlcyB4eCE=",
    "YSBzZWNyZXQgZm9yIHRlc3RzLCAzMiBieXRlcyB4eCE=",
    "6120736563726574206f662074686972747920627974657321213a3132333435363738",
    "7e3fba0bd8ed1a6b0f9d1c3c5a2e4f60718293a4b5c6d7e8f90a1b2c3d4e5f60:a1b2c3d4e5f60718",
    "12345678:0123456789abcdef0123456789abcdef",
    "83402e613487fbef0f8a321f36426c05e3413a0b97c868a869f9bbe3b88deea6",
    "123456:83402e613487fbef0f8a321f36426c05e3413a0b97c868a869f9bbe3b88deea6",
    include_str!("../../../tests/vectors/webhook/keys/p256_spki.b64"),
    concat!(
        "WEBHOOK-ID:",
        include_str!("../../../tests/vectors/webhook/keys/rsa_certificate.pem")
    ),
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

/// What is made once for each scheme: making it anew takes longer than all that is tried with it.
struct Scheme {
    info: SchemeInfo,
    verifier: WebhookVerifier,
    explainer: WebhookExplainer,
    signer: Option<WebhookSigner>,
}

static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    let scheme = |info: SchemeInfo| {
        let found = SECRETS.iter().find_map(|secret| {
            let keys = || vec![WebhookKey::new("k1", secret.trim_end())];
            let config = || WebhookConfig::new(&info.id, keys());
            Some(Scheme {
                verifier: WebhookVerifier::new(config()).ok()?,
                explainer: WebhookExplainer::new(config()).ok()?,
                // A public key in hex would be taken for a seed.
                signer: matches!(info.digest, Digest::Hmac | Digest::Hash | Digest::Token)
                    .then(|| WebhookSigner::new(&info.id, keys()).ok())
                    .flatten(),
                info: info.clone(),
            })
        });
        found.expect("a key for every scheme")
    };
    list_schemes().into_iter().map(scheme).collect()
});

libfuzzer_sys::fuzz_target!(|input: Input<'_>| {
    let scheme = &SCHEMES[usize::from(input.scheme) % SCHEMES.len()];
    let Scheme { info, verifier, .. } = scheme;
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
    drop(scheme.explainer.explain(&request, input.body, NOW_MS));
    drop(answer_webhook_handshake(
        &info.id, None, &request, input.body,
    ));
    round_trip(scheme, &input);
});

/// What is signed is accepted, and its body with one bit changed is not, where the body is signed as it stands.
fn round_trip(scheme: &Scheme, input: &Input<'_>) {
    let Scheme { info, verifier, .. } = scheme;
    let request = WebhookRequest {
        method: input.method,
        url: input.url,
        query: input.query,
        headers: &[],
    };
    let Some(signer) = &scheme.signer else {
        return;
    };
    let Ok(signed) = signer.sign(&request, input.body, Some("msg_1"), NOW_MS) else {
        return;
    };
    let headers = signed::headers(&signed);
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
    // The same body elsewhere: what no platform has worked out is refused.
    let length = u32::try_from(body.len()).unwrap();
    if let Ok(Some(outside)) = verifier.outside(&request, length, NOW_MS) {
        let macs = vec![vec![0xa5; usize::from(input.at % 65)]; outside.keys.len()];
        assert!(
            verifier
                .verify_outside(&request, length, &macs, NOW_MS)
                .is_err(),
            "{}",
            info.id
        );
    }
    if verified.body().is_empty() || signed.body.is_some() {
        return;
    }
    let mut changed = body.to_vec();
    let at = usize::from(input.at) % (8 * changed.len());
    changed[at / 8] ^= 1 << (at % 8);
    // The case of an escape's digit is no part of what a form says.
    let is_same_form =
        verified.covers().contains(&Covered::Form) && is_case_of_escape(body, at / 8, at % 8);
    assert!(
        is_same_form || verifier.verify(&request, changed, NOW_MS).is_err(),
        "{}: bit {at}",
        info.id
    );
}

fn is_case_of_escape(text: &[u8], at: usize, bit: usize) -> bool {
    let escaped = |digit: usize| at.checked_sub(digit).map(|at| text[at]) == Some(b'%');
    bit == 5 && matches!(text[at] & 0x5f, b'A'..=b'F') && (escaped(1) || escaped(2))
}
