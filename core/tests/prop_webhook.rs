//! Properties of every webhook scheme: what is signed verifies, what is changed does not, and no input panics.

use countermark::{
    ErrorCode, Result,
    facade::{
        Covered, Digest, HashKind, KeyEncoding, PairText, Repeats, SchemeInfo, SchemeSpec,
        SignatureEncoding, SignedWebhook, TimeUnit, UrlForm, VerifiedWebhook, WebhookConfig,
        WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner, WebhookVerifier, list_schemes,
    },
};
use proptest::prelude::*;

const NOW: i64 = 1_700_000_000_000;
const RSA_PRIVATE: &str = include_str!("../../tests/vectors/webhook/keys/rsa_pkcs8.b64");
const RSA_CERTIFICATE: &str = include_str!("../../tests/vectors/webhook/keys/rsa_certificate.pem");
const P256_PRIVATE: &str = include_str!("../../tests/vectors/webhook/keys/p256_pkcs8.b64");
const P256_PUBLIC: &str = include_str!("../../tests/vectors/webhook/keys/p256_spki.b64");
const ED25519_SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const ED25519_PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// A key that signs and the one that verifies, for a scheme.
fn keys(digest: Digest, encoding: KeyEncoding) -> (String, String) {
    let same = |secret: &str| (secret.to_owned(), secret.to_owned());
    match (digest, encoding) {
        (_, KeyEncoding::Whsec) => same("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"),
        (_, KeyEncoding::Hex) => same("00112233445566778899aabbccddeeff"),
        (_, KeyEncoding::Base64Url) => same("MDEyMzQ1Njc4OWFiY2RlZg=="),
        (_, KeyEncoding::HexKeyHexSalt) => same("0011:2233"),
        (_, KeyEncoding::Ed25519PublicHex) => (ED25519_SEED.into(), ED25519_PUBLIC.into()),
        (_, KeyEncoding::BotIdEd25519Hex) => {
            (format!("7:{ED25519_SEED}"), format!("7:{ED25519_PUBLIC}"))
        }
        (_, KeyEncoding::SpkiDerBase64) => (P256_PRIVATE.into(), P256_PUBLIC.into()),
        (_, KeyEncoding::WebhookIdX509Pem) => (
            format!("W1:{RSA_PRIVATE}"),
            format!("W1:{}", RSA_CERTIFICATE.trim()),
        ),
        _ => same("secret-for-tests"),
    }
}

/// A request that can be changed.
#[derive(Clone, Default)]
struct Message {
    method: Option<String>,
    url: Option<String>,
    query: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Message {
    fn view<R>(&self, use_request: impl FnOnce(&WebhookRequest<'_>) -> R) -> R {
        let headers: Vec<WebhookHeader<'_>> = self
            .headers
            .iter()
            .map(|(name, value)| WebhookHeader { name, value })
            .collect();
        use_request(&WebhookRequest {
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            query: self.query.as_deref(),
            headers: &headers,
        })
    }

    fn verify(&self, verifier: &WebhookVerifier, now_ms: i64) -> Result<VerifiedWebhook<&[u8]>> {
        self.view(|request| verifier.verify(request, &self.body[..], now_ms))
    }

    /// The message with only the headers that a verifier looks at.
    fn with_only(mut self, names: &[String]) -> Self {
        self.headers.retain(|(header, _)| {
            names.iter().any(|name| match name.strip_suffix('#') {
                Some(stem) => header
                    .get(..stem.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(stem)),
                None => header.eq_ignore_ascii_case(name),
            })
        });
        self
    }

    /// The message as it arrives, once it is signed.
    fn sign(mut self, signer: &WebhookSigner, id: &str) -> Self {
        let signed = self.view(|request| signer.sign(request, &self.body, Some(id), NOW));
        let SignedWebhook {
            headers,
            url,
            query,
            body,
        } = signed.expect("signed");
        let headers = headers.into_iter().map(|one| (one.name, one.value.into()));
        self.headers.extend(headers);
        self.url = url.or(self.url);
        self.query = query.or(self.query);
        self.body = body.unwrap_or(self.body);
        self
    }
}

/// A request that has what every scheme may need, and a body that its scheme can carry.
fn context(scheme: &str, text: &str) -> Message {
    let path_is_signed = matches!(scheme, "imgproxy" | "thumbor");
    let json = json_text(text);
    Message {
        method: Some("POST".into()),
        url: Some(
            if path_is_signed {
                "https://a.example/30x20/b.png"
            } else {
                "https://a.example/in"
            }
            .into(),
        ),
        query: Some("shop=a&path_prefix=%2Fx&sso=bm9uY2U%3D&nonce=n1&vk_user_id=1&z=%26+y".into()),
        headers: vec![
            ("X-Plivo-Signature-V2-Nonce".into(), "12345".into()),
            (
                "PAYPAL-CERT-URL".into(),
                "https://api.paypal.com/cert".into(),
            ),
        ],
        body: match scheme {
            "mailgun" => format!("{{\"event-data\":{json}}}"),
            "adyen-item" => format!("{{\"pspReference\":{json},\"amount\":{{\"value\":1}}}}"),
            "linear" => format!("{{\"webhookTimestamp\":{NOW},\"a\":{json}}}"),
            "twilio" => format!(
                "A={}&B=1",
                text.bytes()
                    .map(|byte| format!("%{byte:02X}"))
                    .collect::<String>()
            ),
            _ => text.to_owned(),
        }
        .into_bytes(),
    }
}

/// `text` as a JSON string.
fn json_text(text: &str) -> String {
    let escaped: String = text
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect();
    format!("\"{escaped}\"")
}

/// Signs with a scheme of the table, and gives the request as the receiver sees it.
fn signed(scheme: &str, key: &str, text: &str) -> Message {
    let signer = WebhookSigner::new(scheme, vec![WebhookKey::new("k1", key)]).expect("key");
    context(scheme, text).sign(&signer, "msg_1")
}

fn verifier(scheme: &str, key: &str) -> WebhookVerifier {
    WebhookVerifier::new(WebhookConfig::new(scheme, vec![WebhookKey::new("k1", key)])).expect("key")
}

/// Flips a bit, and gives the old and the new byte.
fn flip(text: &mut [u8], position: prop::sample::Index, bit: u32) -> (u8, u8) {
    let byte = &mut text[position.index(text.len())];
    let old = *byte;
    *byte ^= 1 << bit;
    (old, *byte)
}

/// Every scheme, but those with public keys, which are slow without optimisation, in one case of eight.
fn schemes(case: u8) -> Vec<SchemeInfo> {
    let slow = |digest| {
        matches!(
            digest,
            Digest::Ed25519 | Digest::EcdsaP256 | Digest::RsaSha256
        )
    };
    let mut schemes = list_schemes();
    schemes.retain(|scheme| case.is_multiple_of(8) || !slow(scheme.digest));
    schemes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_signed_verifies_and_changed_bodies_do_not(case in any::<u8>(), text in "[ -~äß☃\u{1f600}]{0,40}") {
        for scheme in schemes(case) {
            let (sign_key, verify_key) = keys(scheme.digest, scheme.key);
            let mut message = signed(&scheme.id, &sign_key, &text);
            let body = message.body.clone();
            let verifier = verifier(&scheme.id, &verify_key);
            let verified = message.verify(&verifier, NOW);
            prop_assert!(verified.is_ok(), "{}: {:?}", scheme.id, verified);
            let verified = verified.unwrap();
            prop_assert_eq!(verified.covers(), scheme.covers.clone());
            let covers_body = scheme.covers.iter().any(|part| {
                matches!(part, Covered::Body | Covered::BodyChecksum | Covered::Form)
            });
            prop_assert_eq!(verified.body(), if covers_body { &body[..] } else { &[] });
            prop_assert_eq!(verified.unsigned_body(), if covers_body { &[] } else { &body[..] });
            prop_assert_eq!(verified.covers_body(), covers_body);
            prop_assert_eq!(verified.into_body(), covers_body.then_some(&body[..]));
            message.body.push(b'1');
            if covers_body {
                let error = message.verify(&verifier, NOW).unwrap_err().code();
                prop_assert_eq!(error, ErrorCode::SignatureMismatch, "{}", scheme.id);
            }
        }
    }

    #[test]
    fn no_input_panics(
        case in any::<u8>(),
        noise in prop::collection::vec(any::<u8>(), 0..80),
        text in "\\PC{0,60}",
        at in any::<prop::sample::Index>(),
        now in any::<i64>(),
    ) {
        for scheme in schemes(case) {
            let (sign_key, verify_key) = keys(scheme.digest, scheme.key);
            let good = signed(&scheme.id, &sign_key, "text");
            let verifier = verifier(&scheme.id, &verify_key);
            let mut message = good.clone();
            if !message.headers.is_empty() {
                let header = at.index(message.headers.len());
                message.headers[header].1 = noise.clone();
            }
            let _ = message.verify(&verifier, now);
            let _ = Message { body: noise.clone(), ..good.clone() }.verify(&verifier, now);
            for (url, query) in [(Some(text.clone()), None), (None, Some(text.clone())), (None, None)] {
                let _ = Message { url, query, ..good.clone() }.verify(&verifier, NOW);
            }
            let _ = WebhookVerifier::new(WebhookConfig::new(&scheme.id, vec![WebhookKey::new("k1", &text)]));
        }
    }

    #[test]
    fn the_headers_that_a_verifier_names_are_all_that_it_looks_at(
        case in any::<u8>(),
        at in any::<prop::sample::Index>(),
        again in any::<bool>(),
    ) {
        for scheme in schemes(case) {
            let (sign_key, verify_key) = keys(scheme.digest, scheme.key);
            let mut message = signed(&scheme.id, &sign_key, "text");
            let verifier = verifier(&scheme.id, &verify_key);
            let names = verifier.header_names();
            if let (true, false) = (again, message.headers.is_empty()) {
                // Another value of one of them, in another case.
                let (name, mut value) = message.headers[at.index(message.headers.len())].clone();
                value.push(b'0');
                message.headers.push((name.to_ascii_uppercase(), value));
            }
            message.headers.push(("X-Other".into(), b"\xff".to_vec()));
            let code = |message: &Message| message.verify(&verifier, NOW).map(|it| it.replay_key()).map_err(|error| error.code());
            prop_assert_eq!(code(&message), code(&message.clone().with_only(&names)), "{}: {:?}", scheme.id, names);
        }
    }

    #[test]
    fn one_flipped_bit_of_what_is_signed_never_verifies(case in any::<u8>(), position in any::<prop::sample::Index>(), bit in 0_u32..7) {
        for scheme in schemes(case) {
            let (sign_key, verify_key) = keys(scheme.digest, scheme.key);
            let unsigned_headers = context(&scheme.id, "").headers.len();
            let good = signed(&scheme.id, &sign_key, "text");
            let verifier = verifier(&scheme.id, &verify_key);
            let covers = |part| scheme.covers.contains(&part);
            let mut changed = Vec::new();
            for header in unsigned_headers..good.headers.len() {
                let mut message = good.clone();
                let (old, new) = flip(&mut message.headers[header].1, position, bit);
                // The case of a hex digit is no part of the signature.
                if !old.eq_ignore_ascii_case(&new) {
                    changed.push(message);
                }
            }
            if covers(Covered::Body) || covers(Covered::BodyChecksum) {
                let mut message = good.clone();
                flip(&mut message.body, position, bit);
                changed.push(message);
            }
            if covers(Covered::Url) {
                let mut url = good.url.clone().unwrap_or_default().into_bytes();
                flip(&mut url, position, bit);
                changed.push(Message { url: String::from_utf8(url).ok(), ..good.clone() });
            }
            if covers(Covered::Method) {
                changed.push(Message { method: Some("PUT".into()), ..good });
            }
            for message in changed {
                let verdict = message.verify(&verifier, NOW);
                prop_assert!(verdict.is_err(), "{}: {:?}", scheme.id, verdict);
            }
        }
    }

    #[test]
    fn a_scheme_of_your_own_works_like_one_of_the_table(body in prop::collection::vec(any::<u8>(), 0..200), id in "[a-z0-9]{1,20}") {
        for spec in own_schemes() {
            let key = || vec![WebhookKey::new("k1", "secret-for-tests")];
            let signer = WebhookSigner::of_spec(spec.clone(), key()).unwrap();
            let message = Message {
                url: Some("https://a.example/in".into()),
                query: Some("b=1&a=2".into()),
                body: body.clone(),
                ..Message::default()
            }.sign(&signer, &id);
            let verifier = WebhookVerifier::new(WebhookConfig::of_spec(spec.clone(), key())).unwrap();
            let verified = message.verify(&verifier, NOW);
            prop_assert!(verified.is_ok(), "{}: {:?}", spec.id, verified);
            prop_assert_eq!(verified.unwrap().scheme(), spec.id);
        }
    }
}

#[test]
fn an_id_is_its_senders_own() {
    let secret = |fill: &str| format!("whsec_{}", fill.repeat(32));
    let key_of = |ring: &[&str]| {
        let keys = ring.iter().map(|fill| WebhookKey::new(fill, &secret(fill)));
        let config = WebhookConfig::new("standard-webhooks", keys.collect());
        // Signed by the last of the ring.
        let last = WebhookKey::new("k1", &secret(ring[ring.len() - 1]));
        let signer = WebhookSigner::new("standard-webhooks", vec![last]).unwrap();
        let message = context("", "text").sign(&signer, "msg_1");
        let verifier = WebhookVerifier::new(config).unwrap();
        message.verify(&verifier, NOW).unwrap().replay_key()
    };
    assert_ne!(key_of(&["A"]), key_of(&["B"]));
    // While keys are changed, a message with signatures of both is one message.
    assert_eq!(key_of(&["A"]), key_of(&["A", "B"]));
}

#[test]
fn a_verifier_says_whether_its_replay_keys_have_no_end() {
    let mut cases = Vec::new();
    for scheme in list_schemes() {
        let (sign_key, verify_key) = keys(scheme.digest, scheme.key);
        let message = signed(&scheme.id, &sign_key, "text");
        let config =
            move || WebhookConfig::new(&scheme.id, vec![WebhookKey::new("k1", &verify_key)]);
        cases.push((message, Box::new(config) as Box<dyn Fn() -> WebhookConfig>));
    }
    for spec in own_schemes() {
        let key = || vec![WebhookKey::new("k1", "secret-for-tests")];
        let signer = WebhookSigner::of_spec(spec.clone(), key()).unwrap();
        let config = move || WebhookConfig::of_spec(spec.clone(), key());
        cases.push((context("", "text").sign(&signer, "msg_1"), Box::new(config)));
    }
    for (message, config) in cases {
        for check_time in [true, false] {
            let mut config = config();
            config.check_time = check_time;
            let scheme = config.scheme.clone();
            let verifier = WebhookVerifier::new(config).unwrap();
            let verified = message.verify(&verifier, NOW).unwrap();
            let has_no_end =
                verified.replay_key().is_some() && verified.replay_until_ms().is_none();
            assert_eq!(verifier.needs_keep(), has_no_end, "{scheme} {check_time}");
        }
    }
}

fn own_schemes() -> Vec<SchemeSpec> {
    let mut listed = SchemeSpec::new("own-listed", "X-Own-Signature");
    listed.prefix = "v1=".into();
    listed.separator = ",".into();
    listed.time_label = "t=".into();
    listed.signed = "{timestamp}.{id}.{body}".into();
    listed.id_header = "X-Own-Id".into();
    listed.hash = HashKind::Sha512;
    listed.encoding = SignatureEncoding::Base64;

    let mut query = SchemeSpec::new("own-query", "");
    query.signature_parameter = "sig".into();
    query.signed = "{query}".into();
    query.pairs_text = PairText::Percent;
    query.pairs_repeats = Repeats::Arrays;
    query.time_parameter = "ts".into();

    let mut timed = SchemeSpec::new("own-timed-query", "X-Own-Signature");
    timed.signed = "{query}\n{body}".into();
    timed.pairs_text = PairText::Percent;
    timed.time_parameter = "ts".into();

    let mut beside = SchemeSpec::new("own-beside", "");
    beside.signature_parameter = "sig[]".into();
    beside.signed = "{id}\n{timestamp}\n{body}".into();
    beside.id_header = "X-Own-Id".into();
    beside.time_header = "X-Own-Time".into();

    let mut hashed = SchemeSpec::new("own-hash", "X-Own-Hash");
    hashed.digest = Digest::Hash;
    hashed.hash = HashKind::Sha1;
    hashed.signed = "{url}|{timestamp}|{body}{secret}".into();
    hashed.url = UrlForm::AnyPort;
    hashed.time_header = "Date".into();
    hashed.time_unit = TimeUnit::ImfFixdate;

    vec![
        SchemeSpec::new("own-plain", "X-Own"),
        listed,
        query,
        timed,
        beside,
        hashed,
    ]
}

#[test]
fn contradictory_specs_are_refused() {
    let changes: [fn(&mut SchemeSpec); 25] = [
        |spec| spec.id = "github".into(),
        |spec| spec.id = String::new(),
        |spec| spec.signature_header = String::new(),
        |spec| spec.signature_parameter = "sig".into(),
        |spec| spec.signed = "{bdy}".into(),
        |spec| spec.signed = "{items}".into(),
        |spec| spec.signed = "{id}.{body}".into(),
        |spec| spec.signed = "{timestamp}.{body}".into(),
        |spec| spec.signed = "{body}{secret}".into(),
        |spec| spec.time_header = "Date".into(),
        |spec| spec.id_header = "X-Id".into(),
        |spec| spec.separator = ",".into(),
        |spec| spec.time_label = "t=".into(),
        |spec| spec.digest = Digest::Hash,
        // A time that is named but not signed.
        |spec| {
            spec.time_header = "Date".into();
            spec.signed = "timestamp {body}".into();
        },
        |spec| {
            spec.time_header = "Date".into();
            spec.signed = "{param:timestamp}{body}".into();
        },
        |spec| spec.time_parameter = "ts".into(),
        |spec| {
            spec.time_parameter = "ts".into();
            spec.signed = "{query}".into();
            spec.pairs_except = "a,ts".into();
        },
        |spec| {
            spec.time_parameter = "ts".into();
            spec.signed = "{query}".into();
            spec.pairs_only = "x_".into();
        },
        |spec| {
            spec.time_json = "ts".into();
            spec.signed = "{method}".into();
        },
        |spec| spec.signed = "{sorted:id,body}".into(),
        // A list with a time stands in a header.
        |spec| {
            spec.signature_header = String::new();
            spec.signature_parameter = "sig".into();
            spec.prefix = "v1=".into();
            spec.separator = ",".into();
            spec.time_label = "t=".into();
            spec.signed = "{timestamp}.{body}".into();
        },
        // A signature over itself.
        |spec| {
            spec.signature_header = String::new();
            spec.signature_parameter = "sig".into();
            spec.signed = "{url}\n{body}".into();
        },
        |spec| spec.signed = "{header:X-OWN}{body}".into(),
        |spec| {
            spec.signed = "{query}".into();
            spec.pairs_join = ",".into();
            spec.pairs_repeats = Repeats::Comma;
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut spec = SchemeSpec::new("own", "X-Own");
        change(&mut spec);
        let refused = WebhookSigner::of_spec(spec, vec![WebhookKey::new("k1", "secret")]);
        assert_eq!(
            refused.map(|_| ()).map_err(|error| error.code()),
            Err(ErrorCode::InvalidConfig),
            "{number}"
        );
    }
}

#[test]
fn a_body_over_the_limit_is_refused_before_anything_else() {
    let mut config = WebhookConfig::new("github", vec![WebhookKey::new("k1", "secret")]);
    config.max_body_bytes = 3;
    let verifier = WebhookVerifier::new(config).unwrap();
    let verdict = |body: &[u8]| {
        verifier
            .verify(&WebhookRequest::default(), body, NOW)
            .unwrap_err()
            .code()
    };
    assert_eq!(verdict(b"1234"), ErrorCode::TooLarge);
    assert_eq!(verdict(b"123"), ErrorCode::MissingHeader);
}

#[test]
fn replay_keys_outlive_the_window_and_differ() {
    let message = signed("stripe", "secret-for-tests", "text");
    let verifier = verifier("stripe", "secret-for-tests");
    let verified = message.verify(&verifier, NOW + 250_000).unwrap();
    assert_eq!(verified.replay_until_ms(), Some(NOW + 300_000));
    let other = signed("stripe", "secret-for-tests", "other");
    assert_ne!(
        verified.replay_key(),
        other.verify(&verifier, NOW).unwrap().replay_key()
    );
    let message = signed("gitlab-token", "secret-for-tests", "text");
    let token = message
        .verify(&self::verifier("gitlab-token", "secret-for-tests"), NOW)
        .unwrap();
    assert_eq!((token.replay_key(), token.replay_until_ms()), (None, None));
    assert!(token.covers().is_empty());
}

#[test]
fn debug_shows_no_token_and_no_signed_address() {
    let salted = vec![WebhookKey::new("k1", "00112233445566778899:5ec5ec5ec5")];
    let signer = WebhookSigner::new("imgproxy", salted).unwrap();
    let request = WebhookRequest {
        url: Some("https://img.example/plain/x"),
        ..WebhookRequest::default()
    };
    let signed = signer.sign(&request, b"", None, NOW).unwrap();
    let headers = [WebhookHeader {
        name: "X-Gitlab-Token",
        value: b"do-not-print",
    }];
    let received = WebhookRequest {
        method: Some("POST"),
        url: Some("https://shop.example/?do-not-print"),
        query: Some("do-not-print"),
        headers: &headers,
    };
    assert_eq!(
        format!("{signer:?} {signed:?} {received:?}"),
        "WebhookSigner { scheme: \"imgproxy\", .. } SignedWebhook { headers: [], .. } \
         WebhookRequest { method: Some(\"POST\"), headers: [X-Gitlab-Token: 12 bytes], .. }"
    );
    let token = vec![WebhookKey::new("k1", "do-not-print")];
    let signer = WebhookSigner::new("gitlab-token", token).unwrap();
    let signed = signer
        .sign(&WebhookRequest::default(), b"", None, NOW)
        .unwrap();
    assert_eq!(
        format!("{signed:?}"),
        "SignedWebhook { headers: [X-Gitlab-Token: [redacted]], .. }"
    );
}

#[test]
fn debug_and_errors_show_no_secret() {
    let config = || WebhookConfig::new("github", vec![WebhookKey::new("k1", "do-not-print")]);
    let text = format!(
        "{:?} {:?}",
        config(),
        WebhookVerifier::new(config()).unwrap()
    );
    assert!(!text.contains("do-not-print"), "{text}");
    for secret in [
        "do-not-print ",
        "whsec_do-not-print",
        "v1,whsec_do-not-print",
        "whpk_do-not-print",
    ] {
        let error = WebhookVerifier::new(WebhookConfig::new(
            "standard-webhooks",
            vec![WebhookKey::new("k1", secret)],
        ))
        .unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("do-not-print"),
            "{error}"
        );
    }
}
