//! Parts of any length: what keeps them apart, and which schemes are refused since nothing does.

use super::{NOW, code, keys, spec, verifier};
use countermark::{
    ErrorCode, Result,
    facade::{
        Digest, SchemeSpec, TimeUnit, UrlForm, WebhookConfig, WebhookHeader, WebhookRequest,
        WebhookSigner, WebhookVerifier,
    },
};

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

/// A part of a request that is signed over one text, and another with the same text.
struct Row {
    signed: &'static str,
    text: &'static str,
    good: Sent,
    moved: Sent,
}

/// Query, time and body.
struct Sent(&'static str, &'static str, &'static str);

const ONE: &str = "1700000000";
const TWO: &str = "1700000001";

impl Row {
    /// The signature is good for what was signed, and for nothing else.
    fn check(&self, spec: &SchemeSpec) {
        let verdict = |Sent(query, time, body): &Sent| {
            let url = format!("https://a.example/a.b?{query}");
            code(of_request(
                spec.clone(),
                self.text,
                ("POST", &url, time, body),
            ))
        };
        assert_eq!(verdict(&self.good), Ok(()), "{}", self.signed);
        assert_eq!(
            verdict(&self.moved),
            Err(ErrorCode::AmbiguousInput),
            "{}",
            self.signed
        );
    }
}

#[test]
fn one_signature_fits_one_query_and_one_body() {
    let after = |signed, text| Row {
        signed,
        text,
        good: Sent("x=1", ONE, "c.d"),
        moved: Sent("x=1.c", ONE, "d"),
    };
    for row in [
        after("{url}.{body}", "https://a.example/a.b?x=1.c.d"),
        after("{query}.{body}", "x=1.c.d"),
        after("{query:raw}.{body}", "x=1.c.d"),
        Row {
            signed: "{body}.{query}",
            text: "c.d.x=1",
            good: Sent("x=1", ONE, "c.d"),
            moved: Sent("d.x=1", ONE, "c"),
        },
    ] {
        row.check(&spec(row.signed));
    }
}

#[test]
fn a_raw_query_is_signed_whole() {
    for (query, expected) in [
        ("a=1", Ok(())),
        ("a=1&", Err(ErrorCode::SignatureMismatch)),
        ("a=1&=admin", Err(ErrorCode::SignatureMismatch)),
        ("=x&a=1&&&=y", Err(ErrorCode::SignatureMismatch)),
    ] {
        let url = format!("https://a.example/a?{query}");
        let verdict = of_request(
            spec("{query:raw}\n{body}"),
            "a=1\nd",
            ("POST", &url, "0", "d"),
        );
        assert_eq!(code(verdict), expected, "{query}");
    }
}

#[test]
fn a_time_is_no_border() {
    let after = |signed, text| Row {
        signed,
        text,
        good: Sent("x=1", ONE, "n1700000001.E"),
        moved: Sent("x=11700000000.n", TWO, "E"),
    };
    for row in [
        after(
            "{url}{timestamp}.{body}",
            "https://a.example/a.b?x=11700000000.n1700000001.E",
        ),
        after(
            "{query:raw}{timestamp}.{body}",
            "x=11700000000.n1700000001.E",
        ),
        Row {
            signed: "{body}.{timestamp}{query}",
            text: "B.1700000000q=.1700000001x=1",
            good: Sent("x=1", TWO, "B.1700000000q="),
            moved: Sent("q=.1700000001x=1", ONE, "B"),
        },
    ] {
        row.check(&spec(row.signed));
    }
}

#[test]
fn a_url_ends_as_it_is_signed() {
    // Some of its escapes are decoded.
    let row = Row {
        signed: "{url};{body}",
        text: "https://a.example/a.b?x=1;c;E",
        good: Sent("x=1", ONE, "c;E"),
        moved: Sent("x=1%3Bc", ONE, "E"),
    };
    let mut hubspot = spec(row.signed);
    hubspot.url = UrlForm::HubSpot;
    row.check(&hubspot);
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
    // A form is signed whole, and one that only a hash in the URL tells of needs the URL.
    for signed in ["{timestamp}\n{form:h}", "{form:h}"] {
        let refused = accepts(signed, TimeUnit::Seconds);
        assert_eq!(refused, Err(ErrorCode::InvalidConfig), "{signed}");
    }
    assert_eq!(accepts("{url}\n{form:h}", TimeUnit::Seconds), Ok(()));
    for filter in [
        |spec: &mut SchemeSpec| spec.pairs_only = "x_".to_owned(),
        |spec: &mut SchemeSpec| spec.pairs_except = "role".to_owned(),
    ] {
        let mut filtered = spec("{form}");
        filter(&mut filtered);
        assert_eq!(
            code(verifier(filtered).map(drop)),
            Err(ErrorCode::InvalidConfig)
        );
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
