//! A live API key stands in no `Display`, no `Debug` and no error text, whatever a server answers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use countermark::{
    Error, Secret,
    facade::{
        FailureKind, FailurePhase, SecureSignClient, SecureSignConfig, SecureSignEnvironment,
        SecureSignHash, SecureSignPlatform, SecureSignRequest, Step, read_securesign_callback,
    },
};
use std::fmt::Debug;

const KEY: &str = "ss_live_4f9QzDoNotShow7";

fn client() -> SecureSignClient {
    SecureSignClient::new(config(SecureSignEnvironment::Live), Secret::from(KEY)).unwrap()
}

fn config(environment: SecureSignEnvironment) -> SecureSignConfig {
    SecureSignConfig {
        base_url: None,
        environment,
        tenant_id: "org_1".into(),
        callback_hosts: vec!["portal.example".into()],
        clock_skew_s: None,
    }
}

fn request() -> SecureSignRequest {
    SecureSignRequest {
        request_id: "r1".into(),
        hash: vec![7; 32],
        algorithm: SecureSignHash::Sha256,
        callback_url: "https://portal.example/back".into(),
    }
}

/// Everything that a text of the value could be.
fn hides(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        let lower = text.to_ascii_lowercase();
        assert!(!lower.contains("donotshow"), "{text}");
    }
}

fn hides_error(error: &Error) {
    hides(error);
    hides(&error.to_string());
    hides(&error.server_report());
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        hides(&inner.to_string());
        source = inner.source();
    }
}

/// Answers that repeat the key wherever a server could: `{}` is its place.
const ANSWERS: &[&str] = &[
    "{}",
    r#""{}""#,
    r#"{"success":false,"allowed":true,"tenantId":"org_1","error":"{}"}"#,
    r#"{"success":false,"allowed":true,"tenantId":"org_1","error":"SS_API_KEY_INVALID","message":"no key {}"}"#,
    r#"{"success":false,"allowed":false,"tenantId":"{}"}"#,
    r#"{"success":true,"allowed":true,"tenantId":"{}"}"#,
    r#"{"error":"{}","message":"{}"}"#,
    r#"{"error":{"code":"{}","message":"{}"}}"#,
    r#"{"sessionId":"{}","expiresAt":"{}","deepLink":"{}"}"#,
    r#"{"sessionId":"s1","expiresAt":"2099-01-01T00:00:00Z","deepLink":"securesign://sign?requestId=r1&apiKey={}"}"#,
    r#"{"{}":1,"{}":2}"#,
];

#[test]
fn no_answer_brings_the_key_into_a_text() {
    let client = client();
    let encoded = KEY.replace("_", "%5F");
    let mut refused = 0;
    for shown in [KEY, &KEY.to_uppercase(), &encoded] {
        for body in ANSWERS.iter().map(|answer| answer.replace("{}", shown)) {
            for status in [200, 400, 401, 403, 429, 500] {
                let mut call = client
                    .validate("https://p.example", SecureSignPlatform::Web)
                    .unwrap();
                call.on_response(status, body.as_bytes(), 0).unwrap();
                hides(&call);
                if let Err(error) = call.validation() {
                    hides_error(&error);
                    refused += 1;
                }
                let mut call = client.session(&request()).unwrap();
                call.on_response(status, body.as_bytes(), 0).unwrap();
                hides(&call);
                match call.session() {
                    Ok(session) => hides(&session),
                    Err(error) => {
                        hides_error(&error);
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(refused > 300, "{refused} refused");
}

/// The texts of a server's report on a session, to a service with such a key.
fn report(environment: SecureSignEnvironment, key: &str, answer: &str) -> (String, String) {
    let client = SecureSignClient::new(config(environment), Secret::from(key)).unwrap();
    let mut call = client.session(&request()).unwrap();
    call.on_response(400, answer.as_bytes(), 0).unwrap();
    let error = call.session().unwrap_err();
    let report = error.server_report().unwrap().clone();
    (report.error, report.message.unwrap())
}

#[test]
fn a_server_that_repeats_a_test_key_is_not_repeated() {
    let key = "ss_test_4f9QzDoNotShow7";
    for shown in [key, &key.to_uppercase(), &key.replace('_', "%5F")] {
        let answer = format!(r#"{{"error":"{shown}","message":"no key {shown}"}}"#);
        let texts = report(SecureSignEnvironment::Test, key, &answer);
        assert_eq!(texts, ("[redacted]".into(), "[redacted]".into()));
    }
}

#[test]
fn what_a_server_says_forges_no_line_of_a_log() {
    let answer = r#"{"error":"SS_X\r\nERROR","message":"a\nb\u0000c\u001b[31m\u0085d"}"#;
    let texts = report(SecureSignEnvironment::Live, KEY, answer);
    assert_eq!(texts, ("SS_X  ERROR".into(), "a b c [31m d".into()));
}

#[test]
fn what_is_sent_hides_the_key_in_its_texts() {
    let client = client();
    hides(&client);
    hides(&config(SecureSignEnvironment::Live));
    hides(&Secret::from(KEY));
    let mut validate = client
        .validate("https://p.example", SecureSignPlatform::Web)
        .unwrap();
    let step = validate.poll(0);
    hides(&step);
    let Step::Send(http) = &step else {
        panic!("nothing to send")
    };
    // The key is there to be sent, so the test would see it if a text showed it.
    assert!(http.headers.iter().any(|header| header.value.contains(KEY)));
    hides(http);
    http.headers.iter().for_each(hides);
    validate
        .on_transport_error(FailureKind::Tls, FailurePhase::NotSent, 0)
        .unwrap();
    hides_error(&validate.validation().unwrap_err());
    hides_error(&validate.on_response(200, b"", 0).unwrap_err());
    hides_error(&client.deep_link(&request(), true).unwrap_err());
    let link = client.deep_link(&request(), false).unwrap();
    assert!(!link.contains("ss_live_"));
}

#[test]
fn a_key_that_is_refused_is_not_repeated() {
    let wrong = config(SecureSignEnvironment::Test);
    hides_error(&SecureSignClient::new(wrong, Secret::from(KEY)).unwrap_err());
    for text in [
        format!("{KEY}\r\n"),
        format!(" {KEY}"),
        format!("x{KEY}"),
        KEY.repeat(99),
    ] {
        let key = Secret::from(text.as_str());
        hides_error(&SecureSignClient::new(config(SecureSignEnvironment::Live), key).unwrap_err());
    }
    let client = client();
    hides_error(&client.validate(KEY, SecureSignPlatform::Web).unwrap_err());
    let with = |change: &dyn Fn(&mut SecureSignRequest)| {
        let mut request = request();
        change(&mut request);
        match client.session(&request) {
            Ok(call) => hides(&call),
            Err(error) => hides_error(&error),
        }
    };
    with(&|request| request.request_id = format!("{KEY} "));
    with(&|request| request.callback_url = format!("https://portal.example/{KEY}?"));
    hides_error(&read_securesign_callback(&format!("ss_result={KEY}")).unwrap_err());
}
