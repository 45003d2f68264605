//! Ids, headers and parameters: texts that may not hold what stands at their border.

use super::{NOW, code, keys, spec, verifier};
use countermark::{
    ErrorCode, Result,
    facade::{
        SchemeSpec, TimeUnit, WebhookConfig, WebhookHeader, WebhookRequest, WebhookSigner,
        WebhookVerifier,
    },
};

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
        let refused = code(round_trip(spec(signed), Some(id), &[]));
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
        let refused = code(verifier(spec(signed)));
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
        let code = code(refused);
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
        let refused = code(verdict(signed, "alice:admin:user", query));
        assert_eq!(refused, Err(ErrorCode::AmbiguousInput), "{query}");
    }
    // With nothing beside it, a parameter may hold anything.
    let alone = "b25jZQ==\n:.&\u{e9}";
    let query = "sso=b25jZQ%3D%3D%0A:.%26%C3%A9";
    assert_eq!(verdict("{param:sso}", alone, query), Ok(()));
}

#[test]
fn a_sorted_text_does_not_hold_what_follows_the_list() {
    let signed = "{sorted:timestamp,param:nonce}-x";
    let query = |nonce: &str| format!("time=1700000000&nonce={nonce}");
    assert_eq!(verdict(signed, "1700000000n1-x", &query("n1")), Ok(()));
    let moved = code(verdict(signed, "1700000000n1-x-x", &query("n1-x")));
    assert_eq!(moved, Err(ErrorCode::AmbiguousInput));
}

#[test]
fn a_sorted_time_has_its_usual_length() {
    let signed = "{sorted:timestamp,param:nonce}";
    let text = "17000000005x";
    assert_eq!(verdict(signed, text, "time=1700000000&nonce=5x"), Ok(()));
    let moved = verdict(signed, text, "time=17000000005&nonce=x").map_err(|error| error.code());
    assert_eq!(moved, Err(ErrorCode::MalformedTimestamp));
}
