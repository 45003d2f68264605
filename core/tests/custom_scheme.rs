//! Schemes of the caller's own: what keeps the signed parts apart, and what a token does not prove.

use countermark::{
    ErrorCode, Result,
    facade::{
        Digest, SchemeSpec, TimeUnit, WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest,
        WebhookSigner, WebhookVerifier,
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
    if signed.contains("{timestamp}") {
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
        ("{header:X-Topic}{body}", "a:b"),
        ("{body}.{header:X-Topic}", "a.b"),
    ] {
        let refused = round_trip(spec(signed), None, &[("X-Topic", topic)]);
        let code = refused.map_err(|error| error.code());
        assert_eq!(code, Err(ErrorCode::MalformedHeader), "{signed}");
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
