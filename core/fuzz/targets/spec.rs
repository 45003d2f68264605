//! Schemes that a caller describes: any description is refused or works, and nobody without the key signs for it. What
//! it signs is accepted, unless its texts may be cut elsewhere, or it has a time of its own.

#![no_main]

mod signed;

use arbitrary::Arbitrary;
use countermark::{
    ErrorCode,
    facade::{
        Digest, HashKind, KeyEncoding, PairText, Repeats, SchemeSpec, SignatureEncoding, TimeUnit,
        UrlForm, WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner,
        WebhookVerifier,
    },
};

const NOW_MS: i64 = 1_700_000_000_000;
/// Parts of a template, and texts for every other field: what is wanted there, and what could be mistaken for it.
const TEXTS: [&str; 34] = [
    "",
    "{body}",
    "{timestamp}",
    "{id}",
    ".",
    "{body:sha256}",
    "{body:crc32}",
    "{method}",
    "{url}",
    "{url:no-query}",
    "{url:path}",
    "{url:call}",
    "{query}",
    "{query:raw}",
    "{form}",
    "{param:at}",
    "{header:X-Id}",
    "{secret}",
    "{key:id}",
    "{key:salt}",
    "{sorted:at,token}",
    "X-Signature",
    "X-Signature-#",
    "X-Id",
    "X-Time",
    "at",
    "t=",
    "v1=",
    "sha256=",
    ",",
    "&",
    "{",
    "-",
    "x",
];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    signed: Vec<u8>,
    texts: [u8; 14],
    /// In place of a text that none of the known ones is.
    own: &'a str,
    kinds: [u8; 8],
    max_age_s: u32,
    max_future_s: u32,
    url: &'a str,
    value: &'a [u8],
    body: &'a [u8],
}

impl Input<'_> {
    fn text(&self, at: u8) -> &str {
        TEXTS.get(usize::from(at % 35)).copied().unwrap_or(self.own)
    }

    fn spec(&self) -> SchemeSpec {
        fn of<T: Copy, const N: usize>(all: [T; N], at: u8) -> T {
            all[usize::from(at) % N]
        }
        let texts = self.texts.map(|at| self.text(at).to_owned());
        let [
            id,
            header,
            parameter,
            prefix,
            separator,
            id_header,
            time_header,
            time_label,
            rest @ ..,
        ] = texts;
        let [
            time_parameter,
            time_json,
            pairs_only,
            pairs_except,
            pairs_equals,
            pairs_join,
        ] = rest;
        let [encoding, digest, hash, key, url, unit, text, repeats] = self.kinds;
        let mut spec = SchemeSpec::new(&id, &header);
        spec.signature_parameter = parameter;
        spec.prefix = prefix;
        spec.separator = separator;
        spec.encoding = of(
            [
                SignatureEncoding::Hex,
                SignatureEncoding::Base64,
                SignatureEncoding::Base64Url,
                SignatureEncoding::Base64UrlPadded,
            ],
            encoding,
        );
        spec.digest = of([Digest::Hmac, Digest::Hash, Digest::Ed25519], digest);
        spec.hash = of([HashKind::Sha256, HashKind::Sha1, HashKind::Sha512], hash);
        spec.key = of(
            [
                KeyEncoding::Utf8,
                KeyEncoding::Hex,
                KeyEncoding::Base64Url,
                KeyEncoding::HexKeyHexSalt,
            ],
            key,
        );
        spec.signed = self.signed.iter().map(|at| self.text(*at)).collect();
        spec.url = of([UrlForm::Exact, UrlForm::AnyPort, UrlForm::HubSpot], url);
        spec.id_header = id_header;
        spec.time_header = time_header;
        spec.time_label = time_label;
        spec.time_parameter = time_parameter;
        spec.time_json = time_json;
        spec.time_unit = of(
            [
                TimeUnit::Seconds,
                TimeUnit::Milliseconds,
                TimeUnit::Rfc3339,
                TimeUnit::ImfFixdate,
            ],
            unit,
        );
        spec.max_age_s = self.max_age_s;
        spec.max_future_s = self.max_future_s;
        spec.pairs_only = pairs_only;
        spec.pairs_except = pairs_except;
        spec.pairs_text = of([PairText::Decoded, PairText::Percent, PairText::Form], text);
        spec.pairs_equals = pairs_equals;
        spec.pairs_join = pairs_join;
        spec.pairs_repeats = of([Repeats::Refuse, Repeats::Arrays, Repeats::Comma], repeats);
        spec
    }
}

/// Whether each text of a description stands where nothing else does.
fn is_clear(spec: &SchemeSpec) -> bool {
    let headers = [&spec.signature_header, &spec.id_header, &spec.time_header];
    let known = |name: &str| {
        name.is_empty() || matches!(name, "X-Signature" | "X-Id" | "X-Time" | "X-Signature-#")
    };
    headers.iter().all(|name| known(name))
        && spec.separator.is_empty()
        && spec.prefix.bytes().all(|byte| byte.is_ascii_graphic())
}

libfuzzer_sys::fuzz_target!(|input: Input<'_>| {
    let keys = || {
        vec![WebhookKey::new(
            "k1",
            "6120736563726574206f662074686972747920627974657321",
        )]
    };
    let Ok(verifier) = WebhookVerifier::new(WebhookConfig::of_spec(input.spec(), keys())) else {
        return;
    };
    let read = ["X-Signature", "X-Signature-1", "X-Id", "X-Time"];
    let headers: Vec<_> = read
        .map(|name| WebhookHeader {
            name,
            value: input.value,
        })
        .into();
    let request = |headers| WebhookRequest {
        method: Some("POST"),
        url: Some(input.url),
        query: None,
        headers,
    };
    // Nobody who lacks the key signs.
    assert!(
        verifier
            .verify(&request(&headers), input.body, NOW_MS)
            .is_err()
    );

    let Ok(signer) = WebhookSigner::of_spec(input.spec(), keys()) else {
        return;
    };
    let Ok(signed) = signer.sign(&request(&[]), input.body, Some("msg_1"), NOW_MS) else {
        return;
    };
    let headers = signed::headers(&signed);
    let request = WebhookRequest {
        url: signed.url.as_deref().or(Some(input.url)),
        query: signed.query.as_deref(),
        ..request(&headers)
    };
    let body = signed.body.as_deref().unwrap_or(input.body);
    if let Err(error) = verifier.verify(&request, body, NOW_MS) {
        assert_ne!(error.code(), ErrorCode::Internal, "{error:?}");
        let spec = input.spec();
        // A query and a body may have had a time before.
        let is_of_time = matches!(
            error.code(),
            ErrorCode::TimestampTooOld | ErrorCode::TimestampTooNew | ErrorCode::MalformedTimestamp
        );
        let has_own_time = !(spec.time_parameter.is_empty() && spec.time_json.is_empty());
        assert!(
            !is_clear(&spec) || (has_own_time && is_of_time),
            "{error:?}: {spec:?}"
        );
    }
});
