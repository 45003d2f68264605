//! SecureSign's two calls over real connections.

use crate::support::{Emulator, Reply, connect, request};
use serde_json::{Value, json};

const KEY: &str = "Authorization: Bearer ss_test_emulator\r\n";

fn call(emulator: &Emulator, method: &str, path: &str, headers: &str, body: &Value) -> Reply {
    request(
        connect(&emulator.authority("server")),
        method,
        path,
        &format!("{headers}Content-Type: application/json\r\n"),
        &body.to_string(),
    )
    .unwrap()
}

fn validate(emulator: &Emulator, headers: &str, body: &Value) -> (u16, Value) {
    read(&call(emulator, "POST", "/v1/auth/validate", headers, body))
}

fn session(emulator: &Emulator, body: &Value) -> (u16, Value) {
    read(&call(emulator, "POST", "/v1/auth/session", KEY, body))
}

fn read(reply: &Reply) -> (u16, Value) {
    (reply.status, serde_json::from_slice(&reply.body).unwrap())
}

fn origin() -> Value {
    json!({"origin": "http://localhost:3000", "platform": "web"})
}

fn document() -> Value {
    json!({
        "requestId": "a1", "documentType": "hash", "hashBase64": "+/8=", "hashAlgo": "SHA256",
        "callbackUrl": "http://localhost:3000/done",
    })
}

#[test]
fn one_key_in_either_header() {
    let emulator = Emulator::start(&[]);
    let other = "X-SecureSign-Api-Key: ss_test_emulator\r\n";
    let wrong = "X-SecureSign-Api-Key: ss_test_other\r\n";
    for (headers, status) in [
        (KEY.to_owned(), 200),
        (other.to_owned(), 200),
        (format!("{KEY}{other}"), 200),
        (format!("{KEY}{wrong}"), 400),
        (wrong.to_owned(), 401),
        (String::new(), 401),
    ] {
        let (got, reply) = validate(&emulator, &headers, &origin());
        assert_eq!(got, status, "{headers:?}");
        if status == 200 {
            assert_eq!(reply["tenantId"], "org_emulator");
        } else {
            assert_eq!(reply["error"], "SS_API_KEY_INVALID", "{headers:?}");
        }
    }
}

#[test]
fn keys_come_from_a_file_and_never_reach_the_transcript() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("securesign-keys-{}", std::process::id()));
    std::fs::write(&path, "ss_test_first\n\nss_test_second\n").unwrap();
    let emulator = Emulator::start(&["--securesign-keys", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    for (key, status) in [
        ("ss_test_first", 200),
        ("ss_test_second", 200),
        ("ss_test_emulator", 401),
    ] {
        for header in ["Authorization: Bearer ", "X-SecureSign-Api-Key: "] {
            let (got, _) = validate(&emulator, &format!("{header}{key}\r\n"), &origin());
            assert_eq!(got, status, "{header}{key}");
        }
    }
    let transcript = Value::from(emulator.transcript()).to_string();
    assert!(transcript.contains("[redacted]"));
    assert!(!transcript.contains("ss_test_"), "{transcript}");
}

#[test]
fn origins_are_exact_and_pins_refused() {
    let emulator = Emulator::start(&[
        "--securesign-origin",
        "https://shop.example",
        "--securesign-tenant",
        "org_shop",
    ]);
    let ask = |origin: &str| {
        validate(
            &emulator,
            KEY,
            &json!({"origin": origin, "platform": "web"}),
        )
    };
    let (status, reply) = ask("https://shop.example");
    assert_eq!((status, &reply["tenantId"]), (200, &json!("org_shop")));
    for wrong in [
        "https://shop.example/",
        "https://SHOP.example",
        "https://shop.example.evil",
        "http://localhost:3000",
        "null",
    ] {
        let (status, reply) = ask(wrong);
        assert_eq!(
            (status, &reply["error"]),
            (403, &json!("SS_DOMAIN_NOT_ALLOWED")),
            "{wrong}"
        );
    }
    for name in ["pin", "PIN"] {
        let mut body = document();
        body["user"] = json!([{name: "1234"}]);
        assert_eq!(session(&emulator, &body).0, 400, "{name}");
    }
}

#[test]
fn a_session_is_held_to_the_rules_of_its_fields_and_to_the_domains() {
    let emulator = Emulator::start(&[]);
    let ask = |name: &str, value: &str| {
        let mut body = document();
        body[name] = value.into();
        session(&emulator, &body)
    };
    for (name, good) in [
        ("hashBase64", "-_8="),
        ("hashBase64", "-_8"),
        ("hashBase64", "+/8"),
        ("hashAlgo", "SHA384"),
        ("callbackUrl", "https://LOCALHOST/done"),
        ("callbackUrl", "http://localhost:4000/done?a=b"),
    ] {
        assert_eq!(ask(name, good).0, 200, "{name} {good}");
    }
    for (name, bad) in [
        ("hashBase64", "!!"),
        ("hashBase64", "+_8="),
        ("hashAlgo", "MD5"),
        ("hashAlgo", "sha256"),
        ("hashAlgo", ""),
        ("documentType", "pdf"),
        ("callbackUrl", "/done"),
        ("callbackUrl", "localhost:3000"),
        ("callbackUrl", "javascript:alert(1)"),
        ("callbackUrl", "http://localhost@evil.example/"),
        ("callbackUrl", "http://localhost\\@evil.example/"),
        ("requestId", "ss_live_abc"),
        ("callbackUrl", "http://localhost/ss_live_abc"),
    ] {
        let (status, reply) = ask(name, bad);
        assert_eq!(
            (status, &reply["error"]),
            (400, &json!("BAD_REQUEST")),
            "{name} {bad}"
        );
        assert!(!reply.to_string().contains("ss_live_"), "{reply}");
    }
    for elsewhere in [
        "https://evil.example/cb",
        "http://localhost.evil.example/",
        "http://127.0.0.1:3000/",
        "myapp://done",
        "javascript://localhost/%0aalert(1)",
    ] {
        let (status, reply) = ask("callbackUrl", elsewhere);
        assert_eq!(
            (status, &reply["error"]),
            (403, &json!("SS_DOMAIN_NOT_ALLOWED")),
            "{elsewhere}"
        );
    }
}

#[test]
fn a_callback_may_have_the_registered_scheme_of_an_app() {
    let emulator = Emulator::start(&["--securesign-app-scheme", "myapp"]);
    for (callback, status) in [("myapp://done", 200), ("other://done", 403)] {
        let mut body = document();
        body["callbackUrl"] = callback.into();
        assert_eq!(session(&emulator, &body).0, status, "{callback}");
    }
}

#[test]
fn plain_http_is_for_the_sandbox() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("securesign-live-{}", std::process::id()));
    std::fs::write(&path, "ss_test_one\nss_live_one\n").unwrap();
    let emulator = Emulator::start(&[
        "--securesign-keys",
        path.to_str().unwrap(),
        "--securesign-origin",
        "http://localhost:3000",
        "--securesign-origin",
        "https://shop.example",
    ]);
    std::fs::remove_file(&path).unwrap();
    let (plain, secure) = ("http://localhost:3000", "https://shop.example");
    for (key, site, expected) in [
        ("ss_test_one", plain, 200),
        ("ss_test_one", secure, 200),
        ("ss_live_one", plain, 403),
        ("ss_live_one", secure, 200),
    ] {
        let headers = format!("Authorization: Bearer {key}\r\n");
        let body = json!({"origin": site, "platform": "web"});
        let (status, _) = validate(&emulator, &headers, &body);
        assert_eq!(status, expected, "{key} {site}");
        let mut body = document();
        body["callbackUrl"] = format!("{site}/done").into();
        let reply = call(&emulator, "POST", "/v1/auth/session", &headers, &body);
        assert_eq!(reply.status, expected, "{key} {site}");
    }
    // A host of the list, but not in plain text.
    let mut body = document();
    body["callbackUrl"] = "http://shop.example/done".into();
    let headers = "Authorization: Bearer ss_test_one\r\n";
    let reply = call(&emulator, "POST", "/v1/auth/session", headers, &body);
    assert_eq!(reply.status, 403);
}

#[test]
fn platforms_are_those_of_the_vendor() {
    let emulator = Emulator::start(&[]);
    for (platform, status) in [
        ("web", 200),
        ("mobile_browser", 200),
        ("desktop_software", 200),
        ("desktop_agent", 200),
        ("Web", 400),
        ("toaster", 400),
        ("", 400),
    ] {
        let body = json!({"origin": "http://localhost:3000", "platform": platform});
        assert_eq!(validate(&emulator, KEY, &body).0, status, "{platform}");
    }
}

#[test]
fn the_limit_opens_again_after_a_minute() {
    let emulator = Emulator::start(&["--securesign-rpm", "2", "--clock", "1782125400000"]);
    let status = || validate(&emulator, KEY, &origin()).0;
    assert_eq!([status(), status(), status()], [200, 200, 429]);
    emulator.tell("POST", "/clock", &json!({"advance_ms": 59_999}));
    assert_eq!(status(), 429);
    emulator.tell("POST", "/clock", &json!({"advance_ms": 1}));
    assert_eq!(status(), 200);
}

#[test]
fn other_methods_paths_and_bodies_are_refused() {
    let emulator = Emulator::start(&[]);
    for (method, path, body, status) in [
        ("GET", "/v1/auth/validate", origin(), 405),
        ("POST", "/v1/auth/other", origin(), 404),
        ("POST", "/v1/auth/validate", json!("text"), 400),
        ("POST", "/v1/auth/validate", json!({"platform": "web"}), 400),
        ("POST", "/v1/auth/session", origin(), 400),
    ] {
        assert_eq!(
            call(&emulator, method, path, KEY, &body).status,
            status,
            "{method} {path}"
        );
    }
}

#[test]
fn each_fault_spoils_its_answer() {
    let spoilt = |fault: &str| {
        let emulator = Emulator::start(&["--clock", "1782125400000", "--securesign-fault", fault]);
        let (one, validation) = validate(&emulator, KEY, &origin());
        let (two, session) = session(&emulator, &document());
        assert_eq!((one, two), (200, 200), "{fault}");
        (validation, session)
    };
    assert_eq!(spoilt("not-allowed").0["allowed"], false);
    assert_eq!(spoilt("success-text").0["success"], "true");
    assert!(spoilt("allowed-missing").0.get("allowed").is_none());
    assert_eq!(spoilt("other-tenant").0["tenantId"], "org_other");
    let link = |fault| spoilt(fault).1["deepLink"].as_str().unwrap().to_owned();
    assert!(link("live-key-in-link").contains("ss_live_"));
    assert!(link("other-request").contains("requestId=another&"));
    assert!(link("https-link").starts_with("https://"));
    assert_eq!(spoilt("expired").1["expiresAt"], "2026-06-22T10:49:59Z");
    assert_eq!(spoilt("no-zone").1["expiresAt"], "2026-06-22T11:00:00");
}
