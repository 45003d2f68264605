//! The signatures themselves: how many there may be, what a token is not, and which spellings are not taken.

use super::{NOW, code, spec, verifier};
use countermark::{
    ErrorCode,
    facade::{Digest, Repeats, SchemeSpec, WebhookHeader, WebhookRequest},
};

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
        let refused = code(verifier(more));
        assert_eq!(refused.err(), Some(ErrorCode::InvalidConfig), "{signed}");
    }
    token.time_json = "time".to_owned();
    let refused = code(verifier(token));
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

#[test]
fn no_header_is_two_things() {
    let own = |signature: &str, id: &str, time: &str| {
        let mut own = spec("{id}.{timestamp}.{body}");
        own.signature_header = signature.to_owned();
        own.id_header = id.to_owned();
        own.time_header = time.to_owned();
        verifier(own).map(drop)
    };
    for (signature, id, time) in [
        ("X-Signature", "X-Id", "x-id"),
        ("X-Signature", "x-signature", "X-Time"),
        ("X-Signature", "X-Id", "X-SIGNATURE"),
        ("X-Other,X-Id", "X-Id", "X-Time"),
        ("X-#", "X-Id", "x-7"),
    ] {
        let code = code(own(signature, id, time));
        assert_eq!(
            code,
            Err(ErrorCode::InvalidConfig),
            "{signature} {id} {time}"
        );
    }
    assert_eq!(own("X-#", "X-100", "X-07").map(drop), Ok(()));
    let mut signs = spec("{header:X-1}.{body}");
    signs.signature_header = "X-#".to_owned();
    assert_eq!(
        code(verifier(signs)).map(drop),
        Err(ErrorCode::InvalidConfig)
    );
}
