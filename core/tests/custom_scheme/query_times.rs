//! A time in the query: what the signer adds to which text, and from where the verifier reads it.

use super::{NOW, code, keys, spec, verifier};
use countermark::{
    ErrorCode, Result,
    facade::{SchemeSpec, SignedWebhook, WebhookHeader, WebhookRequest, WebhookSigner},
};

const TIMED: &str = "ts=1700000000";

fn timed(signed: &str) -> SchemeSpec {
    let mut timed = spec(signed);
    timed.time_header = String::new();
    timed.time_parameter = "ts".to_owned();
    timed
}

fn sign(spec: SchemeSpec, url: &str, query: Option<&str>) -> Result<SignedWebhook> {
    let request = WebhookRequest {
        url: Some(url),
        query,
        ..WebhookRequest::default()
    };
    WebhookSigner::of_spec(spec, keys())?.sign(&request, b"{}", None, NOW)
}

fn verify(spec: SchemeSpec, signed: &SignedWebhook, url: &str, query: Option<&str>) -> Result<()> {
    let headers = [WebhookHeader {
        name: "X-Signature",
        value: signed.headers[0].value.as_bytes(),
    }];
    let request = WebhookRequest {
        url: Some(url),
        query,
        headers: &headers,
        ..WebhookRequest::default()
    };
    verifier(spec)?.verify(&request, &b"{}"[..], NOW).map(drop)
}

#[test]
fn the_time_is_added_to_a_query_beside_a_signature_in_a_header() {
    for signed in [
        "{query}\n{body}",
        "{query:raw}\n{body}",
        "{timestamp}\n{query}\n{body}",
    ] {
        for (url, query, expected) in [
            ("https://a.example/h?x=1", None, "x=1&ts=1700000000"),
            ("https://a.example/h", None, TIMED),
            ("https://a.example/h?x=1", Some("x=2"), "x=2&ts=1700000000"),
        ] {
            let sent = sign(timed(signed), url, query).unwrap();
            assert_eq!(sent.url, None, "{signed}");
            assert_eq!(sent.query.as_deref(), Some(expected), "{signed}");
            let verdict = verify(timed(signed), &sent, url, sent.query.as_deref());
            assert_eq!(code(verdict), Ok(()), "{signed} {url}");
        }
        // A time that is there already stays, and so does the query.
        let url = "https://a.example/h?ts=1700000001";
        let sent = sign(timed(signed), url, None).unwrap();
        assert_eq!((sent.url.as_deref(), sent.query.as_deref()), (None, None));
        assert_eq!(code(verify(timed(signed), &sent, url, None)), Ok(()));
    }
}

#[test]
fn the_time_is_added_to_a_url_that_is_signed() {
    let spec = || timed("{url}\n{body}");
    for (url, query, expected) in [
        (
            "https://a.example/h",
            None,
            "https://a.example/h?ts=1700000000",
        ),
        (
            "https://a.example/h?x=1",
            Some("x=1"),
            "https://a.example/h?x=1&ts=1700000000",
        ),
        (
            "https://a.example/h?x=1#f",
            None,
            "https://a.example/h?x=1&ts=1700000000#f",
        ),
    ] {
        let sent = sign(spec(), url, query).unwrap();
        assert_eq!(sent.url.as_deref(), Some(expected));
        for query in [None, sent.query.as_deref()] {
            assert_eq!(
                code(verify(spec(), &sent, expected, query)),
                Ok(()),
                "{url}"
            );
        }
    }
}

#[test]
fn no_query_beside_the_url_that_is_signed_says_another_time() {
    let spec = || timed("{url}\n{body}");
    let old = "https://a.example/h?ts=1600000000";
    let sent = sign(spec(), old, None).unwrap();
    let stale = verify(spec(), &sent, old, None);
    assert_eq!(code(stale), Err(ErrorCode::TimestampTooOld));
    for other in [TIMED, "ts=1600000000&x=1", ""] {
        let refused = code(verify(spec(), &sent, old, Some(other)));
        assert_eq!(refused, Err(ErrorCode::AmbiguousInput), "{other}");
        let refused = code(sign(spec(), old, Some(other)).map(drop));
        assert_eq!(refused, Err(ErrorCode::AmbiguousInput), "{other}");
    }
}

#[test]
fn no_signature_is_among_what_it_signs() {
    let in_parameter = |signed: &str, time: &str| {
        let mut spec = spec(signed);
        spec.signature_header = String::new();
        spec.signature_parameter = "sig".to_owned();
        spec.time_parameter = time.to_owned();
        code(verifier(spec).map(drop))
    };
    let refused = Err(ErrorCode::InvalidConfig);
    assert_eq!(in_parameter("{url}\n{body}", ""), refused);
    assert_eq!(in_parameter("{sorted:param:sig}\n{body}", ""), refused);
    assert_eq!(in_parameter("{query:raw}\n{body}", "sig"), refused);
    assert_eq!(in_parameter("{url:no-query}\n{body}", ""), Ok(()));
    assert_eq!(in_parameter("{param:other}\n{body}", ""), Ok(()));
    assert_eq!(in_parameter("{query:raw}\n{body}", "ts"), Ok(()));
    let own = code(verifier(spec("{header:x-signature}\n{body}")).map(drop));
    assert_eq!(own, refused);
}
