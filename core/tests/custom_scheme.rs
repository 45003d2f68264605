//! Schemes of the caller's own: what keeps the signed parts apart, and what a token does not prove.

use countermark::{
    ErrorCode, Result,
    facade::{
        Digest, Repeats, SchemeSpec, TimeUnit, UrlForm, WebhookConfig, WebhookHeader, WebhookKey,
        WebhookRequest, WebhookSigner, WebhookVerifier,
    },
};

const NOW: i64 = 1_700_000_000_000;

fn keys() -> Vec<WebhookKey> {
    vec![WebhookKey::new("k1", "a secret for tests")]
}

fn spec(signed: &str) -> SchemeSpec {
    let mut spec = SchemeSpec::new("own", "X-Signature");
    spec.signed = signed.to_owned();
    if signed.contains("{id}") {
        spec.id_header = "X-Id".to_owned();
    }
    if signed.contains("timestamp") {
        spec.time_header = "X-Time".to_owned();
    }
    spec
}

fn verifier(spec: SchemeSpec) -> Result<WebhookVerifier> {
    WebhookVerifier::new(WebhookConfig::of_spec(spec, keys()))
}

/// Signs with these headers, and verifies what comes out.
fn round_trip(spec: SchemeSpec, id: Option<&str>, headers: &[(&str, &str)]) -> Result<()> {
    let given: Vec<WebhookHeader<'_>> = headers
        .iter()
        .map(|&(name, value)| WebhookHeader {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let request = WebhookRequest {
        headers: &given,
        ..WebhookRequest::default()
    };
    let signer = WebhookSigner::of_spec(spec.clone(), keys())?;
    let signed = signer.sign(&request, b"{}", id, NOW)?;
    let mut all = given.clone();
    all.extend(signed.headers.iter().map(|header| WebhookHeader {
        name: &header.name,
        value: header.value.as_bytes(),
    }));
    let request = WebhookRequest {
        headers: &all,
        ..WebhookRequest::default()
    };
    let verified = verifier(spec)?.verify(&request, b"{}", NOW)?;
    assert_eq!(verified.message_id(), id);
    Ok(())
}

#[test]
fn an_id_may_hold_what_does_not_end_it() {
    for (signed, id) in [
        (
            "v1:{id}:{timestamp}:{body}",
            "9c1f2a77-51c0-4f2b-8a43-0d2f1a7c1e11",
        ),
        ("v1:{id}:{timestamp}:{body}", "evt_1/a.b"),
        ("{timestamp}.{id}.{body}", "a:b"),
        ("{id}", "a.b:c"),
    ] {
        assert_eq!(round_trip(spec(signed), Some(id), &[]), Ok(()), "{signed}");
    }
    for (signed, id) in [
        ("v1:{id}:{timestamp}:{body}", "a:b"),
        ("{timestamp}.{id};{body}", "a.b"),
        ("{timestamp}.{id};{body}", "a;b"),
        ("{id}.{body}", "a b"),
        ("{id}{timestamp}", "a.b"),
    ] {
        let refused = round_trip(spec(signed), Some(id), &[]).map_err(|error| error.code());
        assert_eq!(refused, Err(ErrorCode::InvalidInput), "{signed} {id}");
    }
}

#[test]
fn an_id_whose_border_could_move_is_refused() {
    for signed in [
        "{id}{body}",
        "{body}{id}",
        "{id}{body}.{timestamp}",
        "{id}{timestamp}{body}",
        "{sorted:id,timestamp}.{body}",
        "{method}{id}.{body}",
    ] {
        let refused = verifier(spec(signed)).map_err(|error| error.code());
        assert_eq!(refused.err(), Some(ErrorCode::InvalidConfig), "{signed}");
    }
    // A time of a form of its own cannot be cut elsewhere.
    let mut dated = spec("{id}{timestamp}{body}");
    dated.time_unit = TimeUnit::Rfc3339;
    assert_eq!(round_trip(dated, Some("a1="), &[]), Ok(()));
    assert_eq!(round_trip(spec("{timestamp}{id}"), Some("1"), &[]), Ok(()));
}

#[test]
fn a_signed_header_may_hold_what_does_not_end_it() {
    let between = spec("{header:X-Topic}\n{header:X-Type}\n{body}");
    for topic in ["orders/create", "application/json; charset=utf-8", "a.b"] {
        let headers = [("X-Topic", topic), ("X-Type", "1.0")];
        assert_eq!(round_trip(between.clone(), None, &headers), Ok(()));
    }
    for (signed, topic) in [
        ("{header:X-Topic}:{body}", "a:b"),
        ("{header:X-Topic}{timestamp}", "a:b"),
        ("{body}.{header:X-Topic}", "a.b"),
    ] {
        let refused = round_trip(spec(signed), None, &[("X-Topic", topic)]);
        let code = refused.map_err(|error| error.code());
        assert_eq!(code, Err(ErrorCode::MalformedHeader), "{signed}");
    }
}

/// What the verifier says of a query that is signed over this text.
fn verdict(signed: &str, text: &str, query: &str) -> Result<()> {
    let mut spec = spec(signed);
    spec.signature_header = String::new();
    spec.signature_parameter = "sig".to_owned();
    if signed.contains("timestamp") {
        spec.time_header = String::new();
        spec.time_parameter = "time".to_owned();
    }
    // The signer refuses what the verifier does, so the text is signed as a literal.
    let mut literal = SchemeSpec::new("literal", "X-Signature");
    literal.signed = text.to_owned();
    let signer = WebhookSigner::of_spec(literal, keys())?;
    let signature = signer.sign(&WebhookRequest::default(), b"{}", None, NOW)?;
    let query = format!("{query}&sig={}", signature.headers[0].value);
    let request = WebhookRequest {
        query: Some(&query),
        ..WebhookRequest::default()
    };
    let mut config = WebhookConfig::of_spec(spec, keys());
    config.check_time = false;
    WebhookVerifier::new(config)?.verify(&request, &b"{}"[..], NOW)?;
    Ok(())
}

#[test]
fn one_signature_fits_one_set_of_parameters() {
    let signed = "{param:user}:{param:role}";
    for (text, query) in [
        ("alice:user", "user=alice&role=user"),
        ("a.b/c%=:x y", "user=a.b/c%25%3D&role=x%20y"),
    ] {
        assert_eq!(verdict(signed, text, query), Ok(()), "{query}");
    }
    for query in ["user=alice:admin&role=user", "user=alice&role=admin:user"] {
        let refused = verdict(signed, "alice:admin:user", query).map_err(|error| error.code());
        assert_eq!(refused, Err(ErrorCode::AmbiguousInput), "{query}");
    }
    // With nothing beside it, a parameter may hold anything.
    let alone = "b25jZQ==\n:.&\u{e9}";
    let query = "sso=b25jZQ%3D%3D%0A:.%26%C3%A9";
    assert_eq!(verdict("{param:sso}", alone, query), Ok(()));
}

/// What the verifier says of a request that is signed over this text: method, URL, time and body.
fn of_request(spec: SchemeSpec, text: &str, request: (&str, &str, &str, &str)) -> Result<()> {
    let (method, url, time, body) = request;
    let mut literal = SchemeSpec::new("literal", "X-Signature");
    literal.signed = "{body}".to_owned();
    let signer = WebhookSigner::of_spec(literal, keys())?;
    let signature = signer.sign(&WebhookRequest::default(), text.as_bytes(), None, NOW)?;
    let headers = [
        ("X-Signature", signature.headers[0].value.as_str()),
        ("X-Time", time),
        ("A", method),
    ]
    .map(|(name, value)| WebhookHeader {
        name,
        value: value.as_bytes(),
    });
    let request = WebhookRequest {
        method: Some(method),
        url: Some(url),
        query: Some(url.split_once('?').map_or("", |(_, query)| query)),
        headers: &headers,
    };
    let mut config = WebhookConfig::of_spec(spec, keys());
    config.check_time = false;
    WebhookVerifier::new(config)?.verify(&request, body.as_bytes(), NOW)?;
    Ok(())
}

#[test]
fn one_signature_fits_one_query_and_one_body() {
    const AT: &str = "https://a.example/a.b";
    let url = |query: &str| format!("{AT}?{query}");
    let (one, two) = ("1700000000", "1700000001");
    // Of each text what it was signed for, and what it must not be good for.
    for (signed, text, good, moved) in [
        (
            "{url}.{body}",
            url("x=1.c.d"),
            ("x=1", one, "c.d"),
            ("x=1.c", one, "d"),
        ),
        (
            "{query}.{body}",
            "x=1.c.d".to_owned(),
            ("x=1", one, "c.d"),
            ("x=1.c", one, "d"),
        ),
        (
            "{query:raw}.{body}",
            "x=1.c.d".to_owned(),
            ("x=1", one, "c.d"),
            ("x=1.c", one, "d"),
        ),
        (
            "{body}.{query}",
            "c.d.x=1".to_owned(),
            ("x=1", one, "c.d"),
            ("d.x=1", one, "c"),
        ),
        // A time is no border.
        (
            "{url}{timestamp}.{body}",
            url("x=11700000000.n1700000001.E"),
            ("x=1", one, "n1700000001.E"),
            ("x=11700000000.n", two, "E"),
        ),
        (
            "{query:raw}{timestamp}.{body}",
            "x=11700000000.n1700000001.E".to_owned(),
            ("x=1", one, "n1700000001.E"),
            ("x=11700000000.n", two, "E"),
        ),
        (
            "{body}.{timestamp}{query}",
            "B.1700000000q=.1700000001x=1".to_owned(),
            ("x=1", two, "B.1700000000q="),
            ("q=.1700000001x=1", one, "B"),
        ),
    ] {
        let verdict = |(query, time, body)| {
            let url = url(query);
            of_request(spec(signed), &text, ("POST", &url, time, body))
                .map_err(|error| error.code())
        };
        assert_eq!(verdict(good), Ok(()), "{signed}");
        assert_eq!(verdict(moved), Err(ErrorCode::AmbiguousInput), "{signed}");
    }
    // As HubSpot signs it, some escapes are decoded.
    let mut hubspot = spec("{url};{body}");
    hubspot.url = UrlForm::HubSpot;
    let text = url("x=1;c;E");
    let verdict = |query, body| {
        let request = ("POST", url(query), body);
        of_request(
            hubspot.clone(),
            &text,
            (request.0, &request.1, one, request.2),
        )
        .map_err(|e| e.code())
    };
    assert_eq!(verdict("x=1", "c;E"), Ok(()));
    assert_eq!(verdict("x=1%3Bc", "E"), Err(ErrorCode::AmbiguousInput));
}

#[test]
fn what_has_one_reading_is_not_refused() {
    for (signed, query) in [
        ("{method}.{url}", "v=1.2"),
        ("{method}&{url}", "a=1&b=2"),
        ("{method}:{url}", "t=12:30"),
        ("{url:path}?{query:raw}", "next=/a?b"),
        ("{url}\n{body}", "x=1.c"),
        ("a.{query:raw}", "x=1.c"),
    ] {
        let url = format!("https://a.example/a?{query}");
        let text = signed
            .replace("{method}", "POST")
            .replace("{url:path}", "/a")
            .replace("{url}", &url)
            .replace("{query:raw}", query)
            .replace("{body}", "d");
        let verdict = of_request(spec(signed), &text, ("POST", &url, "0", "d"));
        assert_eq!(verdict.map_err(|e| e.code()), Ok(()), "{signed}");
    }
    let moved = of_request(
        spec("{method}.{url}"),
        "",
        ("POST.x", "https://a.example", "0", ""),
    );
    assert_eq!(moved.map_err(|e| e.code()), Err(ErrorCode::AmbiguousInput));
    // Beyond a time, a header ends where that ends.
    let text = "a1700000000-b1700000001-c";
    let verdict = |header, time, body| {
        let request = (header, "https://a.example", time, body);
        of_request(spec("{header:A}{timestamp}-{body}"), text, request).map_err(|e| e.code())
    };
    let moved = verdict("a1700000000-b", "1700000001", "c");
    assert_eq!(moved, Err(ErrorCode::MalformedHeader));
}

#[test]
fn a_sorted_time_has_its_usual_length() {
    let signed = "{sorted:timestamp,param:nonce}";
    let text = "17000000005x";
    assert_eq!(verdict(signed, text, "time=1700000000&nonce=5x"), Ok(()));
    let moved = verdict(signed, text, "time=17000000005&nonce=x").map_err(|error| error.code());
    assert_eq!(moved, Err(ErrorCode::MalformedTimestamp));
}

#[test]
fn parts_of_any_length_need_a_text_between() {
    let accepts = |signed: &str, unit| {
        let mut spec = spec(signed);
        spec.time_unit = unit;
        if signed.contains("secret") {
            spec.digest = Digest::Hash;
        }
        verifier(spec).map(drop).map_err(|error| error.code())
    };
    let free = [
        "{param:a}",
        "{header:A}",
        "{query}",
        "{query:raw}",
        "{url}",
        "{url:no-query}",
        "{url:path}",
        "{url:call}",
        "{method}",
        "{body}",
        "{body:crc32}",
        "{form}",
        "{sorted:header:A,timestamp}",
    ];
    for first in free {
        assert_eq!(accepts(first, TimeUnit::Seconds), Ok(()), "{first}");
        for second in free.into_iter().filter(|second| *second != first) {
            for (between, expected) in [
                (".", Ok(())),
                ("", Err(ErrorCode::InvalidConfig)),
                ("{secret}", Err(ErrorCode::InvalidConfig)),
                ("{body:sha256}", Err(ErrorCode::InvalidConfig)),
                ("{timestamp}", Err(ErrorCode::InvalidConfig)),
            ] {
                let signed = [first, between, second].concat();
                assert_eq!(accepts(&signed, TimeUnit::Seconds), expected, "{signed}");
            }
        }
    }
    for (signed, expected) in [
        ("{timestamp}{body}", Ok(())),
        ("{body}{secret}", Ok(())),
        ("{body:sha256}{url}", Ok(())),
        ("{sorted:secret,param:a}", Ok(())),
        ("{sorted:param:a,param:b}", Err(ErrorCode::InvalidConfig)),
        ("{sorted:param:a,header:B}", Err(ErrorCode::InvalidConfig)),
    ] {
        assert_eq!(accepts(signed, TimeUnit::Seconds), expected, "{signed}");
    }
    // A time of a form of its own is no part of a text of letters and digits.
    for (signed, expected) in [
        ("{header:A}{timestamp}{body}", Ok(())),
        ("{body}{timestamp}{param:a}", Ok(())),
        ("{url}{timestamp}{body}", Err(ErrorCode::InvalidConfig)),
        (
            "{header:A}{timestamp}{body}{url}",
            Err(ErrorCode::InvalidConfig),
        ),
    ] {
        assert_eq!(accepts(signed, TimeUnit::Rfc3339), expected, "{signed}");
    }
}

#[test]
fn sixteen_signatures_are_enough() {
    let code = |count: usize, header: &str, spec: SchemeSpec| {
        let names: Vec<_> = (1..=count)
            .map(|at| header.replace('#', &at.to_string()))
            .collect();
        let zeros = "00".repeat(32);
        let headers: Vec<_> = names
            .iter()
            .map(|name| WebhookHeader {
                name,
                value: zeros.as_bytes(),
            })
            .collect();
        let request = WebhookRequest {
            headers: &headers,
            ..WebhookRequest::default()
        };
        let verified = verifier(spec).unwrap().verify(&request, &b""[..], NOW);
        verified.map(drop).unwrap_err().code()
    };
    let numbered = || SchemeSpec::new("own", "X-Sig-#");
    let list: Vec<_> = (1..=17).map(|at| format!("X-{at}")).collect();
    let listed = || SchemeSpec::new("own", &list.join(","));
    let both = || SchemeSpec::new("own", "X-Sig-#,X-Sig-1,Y-#");
    for (count, header, spec) in [
        (16, "X-Sig-#", numbered()),
        (16, "X-#", listed()),
        (15, "X-Sig-#", both()),
    ] {
        assert_eq!(code(count, header, spec), ErrorCode::SignatureMismatch);
    }
    for (count, header, spec) in [
        (17, "X-Sig-#", numbered()),
        (99, "X-Sig-#", numbered()),
        (17, "X-#", listed()),
        (16, "X-Sig-#", both()),
    ] {
        assert_eq!(code(count, header, spec), ErrorCode::MalformedHeader);
    }
}

#[test]
fn a_token_proves_nothing_but_itself() {
    let mut token = SchemeSpec::new("own", "X-Token");
    token.digest = Digest::Token;
    let headers = [WebhookHeader {
        name: "X-Token",
        value: b"a secret for tests",
    }];
    let request = WebhookRequest {
        headers: &headers,
        ..WebhookRequest::default()
    };
    let verified = verifier(token.clone()).unwrap();
    let verified = verified.verify(&request, b"forged", NOW).unwrap();
    assert!(verified.covers().is_empty() && !verified.covers_body());
    assert_eq!(
        (verified.body(), verified.unsigned_body()),
        (&b""[..], &b"forged"[..])
    );
    assert_eq!(verified.replay_key(), None);

    for signed in ["{body}{query}", "{id}.{timestamp}.{body}", "{url}"] {
        let mut more = spec(signed);
        more.digest = Digest::Token;
        let refused = verifier(more).map_err(|error| error.code());
        assert_eq!(refused.err(), Some(ErrorCode::InvalidConfig), "{signed}");
    }
    token.time_json = "time".to_owned();
    let refused = verifier(token).map_err(|error| error.code());
    assert_eq!(refused.err(), Some(ErrorCode::InvalidConfig));
}

#[test]
fn the_other_spelling_of_shopify_is_no_other_reading_of_ones_own_scheme() {
    let forged = |signed: &str, digest: Digest, query: &str, tag: &str| {
        let mut own = spec(signed);
        own.digest = digest;
        own.signature_header = String::new();
        own.signature_parameter = "sig".to_owned();
        own.pairs_repeats = Repeats::Arrays;
        let query = format!("{query}&sig={tag}");
        let request = WebhookRequest {
            query: Some(&query),
            ..WebhookRequest::default()
        };
        let verified = verifier(own)
            .unwrap()
            .verify(&request, &b"amount=1"[..], NOW);
        verified.map(drop).unwrap_err().code()
    };
    // The plain hash without the secret, which anybody can make.
    assert_eq!(
        forged(
            "{query}|{secret}",
            Digest::Hash,
            "admin=1&user=eve",
            "31924d345061bd896d838e22c1624e29eaa114b142d7bd4ee1e6b2ac6bf3475e"
        ),
        ErrorCode::SignatureMismatch
    );
    // The MAC of a form, put with its text into the query.
    assert_eq!(
        forged(
            "{form}",
            Digest::Hmac,
            "a=1&b=2",
            "3ba82085804281af075bdab2462e0d0260ec73aabd036a0b9ce111ea03157ea8"
        ),
        ErrorCode::SignatureMismatch
    );
}
