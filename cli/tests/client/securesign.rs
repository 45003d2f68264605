//! SecureSign against the emulator: the client of the library, the adapter, and the command.

use crate::emulator::{BINARY, Emulator};
use serde_json::{Value, json};
use std::process::{Command, Output, Stdio};

/// SHA-256 of nothing.
const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn ask(emulator: &Emulator, op: &str, changes: &[(&str, Value)]) -> Value {
    let mut request = json!({
        "id": 1, "op": op, "server": emulator.url(), "api_key": "ss_test_emulator", "environment": "test",
        "tenant_id": "org_emulator", "callback_hosts": ["localhost"],
    });
    let more = if op == "securesign.validate" {
        json!({"origin": "http://localhost:3000", "platform": "web"})
    } else {
        json!({
            "request_id": "a1", "hash_base64": HASH, "hash_algo": "SHA256",
            "callback_url": "http://localhost:3000/done",
        })
    };
    for (name, value) in more.as_object().expect("fields") {
        request[name] = value.clone();
    }
    for (name, value) in changes {
        request[name] = value.clone();
    }
    countermark_adapter::answer(&request.to_string())
}

#[test]
fn the_client_takes_what_is_good() {
    let emulator = Emulator::start(&["--securesign-rpm", "60"]);
    assert_eq!(
        ask(&emulator, "securesign.validate", &[])["ok"],
        json!({"tenant_id": "org_emulator", "rpm": 60})
    );
    let session = ask(&emulator, "securesign.session", &[]);
    let link = session["ok"]["deep_link"].as_str().expect("link");
    assert!(
        link.starts_with("securesign://sign?requestId=a1&hashBase64=47DEQpj8HBSa%2B%2F"),
        "{link}"
    );
}

#[test]
fn the_client_refuses_what_is_not() {
    let (validate, session) = ("securesign.validate", "securesign.session");
    for (args, op, error) in [
        (
            &["--securesign-fault", "not-allowed"][..],
            validate,
            "DOMAIN_NOT_ALLOWED",
        ),
        (
            &["--securesign-fault", "success-text"],
            validate,
            "PROTOCOL",
        ),
        (
            &["--securesign-fault", "allowed-missing"],
            validate,
            "PROTOCOL",
        ),
        (
            &["--securesign-fault", "other-tenant"],
            validate,
            "TENANT_MISMATCH",
        ),
        (
            &["--securesign-origin", "https://shop.example"],
            validate,
            "DOMAIN_NOT_ALLOWED",
        ),
        (
            &["--securesign-fault", "live-key-in-link"],
            session,
            "SECRET_IN_DEEP_LINK",
        ),
        (
            &["--securesign-fault", "other-request"],
            session,
            "UNEXPECTED_DEEP_LINK",
        ),
        (
            &["--securesign-fault", "https-link"],
            session,
            "UNEXPECTED_DEEP_LINK",
        ),
        (
            &["--securesign-fault", "expired"],
            session,
            "SESSION_EXPIRED",
        ),
        (&["--securesign-fault", "no-zone"], session, "PROTOCOL"),
    ] {
        let answer = ask(&Emulator::start(args), op, &[]);
        assert_eq!(answer["error"], error, "{op} {args:?}: {answer}");
    }
    for op in [validate, session] {
        let emulator = Emulator::start(&["--securesign-rpm", "1", "--clock", "1782125400000"]);
        ask(&emulator, op, &[]);
        let answer = ask(&emulator, op, &[]);
        assert_eq!(answer["error"], "RATE_LIMITED", "{answer}");
    }
    let emulator = Emulator::start(&[]);
    for op in [validate, session] {
        let answer = ask(&emulator, op, &[("api_key", json!("ss_test_other"))]);
        assert_eq!(answer["error"], "API_KEY_INVALID", "{answer}");
        let answer = ask(&emulator, op, &[("server", json!("http://127.0.0.1:1/"))]);
        assert_eq!(answer["error"], "NETWORK", "{answer}");
    }
}

fn command(emulator: &Emulator, key: &str, args: &[&str]) -> Output {
    let base = format!("{}v1", emulator.url());
    Command::new(BINARY)
        .arg("securesign")
        .args(args)
        .args([
            "--base-url",
            &base,
            "--test",
            "--secret-env",
            "SECURESIGN_KEY",
        ])
        .args(["--tenant", "org_emulator"])
        .env("SECURESIGN_KEY", key)
        .stdin(Stdio::null())
        .output()
        .expect("runs")
}

const VALIDATE: [&str; 3] = ["validate", "--origin", "http://localhost:3000"];

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn the_command_prints_what_the_server_confirmed() {
    let emulator = Emulator::start(&[]);
    let output = command(&emulator, "ss_test_emulator", &VALIDATE);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        text(&output.stdout),
        "tenant: org_emulator\ncalls a minute: 120\n"
    );

    let session = [
        "session",
        "--hash",
        HASH,
        "--request-id",
        "a1",
        "--callback-url",
        "http://localhost:3000/done",
        "--callback-host",
        "localhost",
        "--json",
    ];
    let output = command(&emulator, "ss_test_emulator", &session);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(printed["session_id"], "sess_1");
    assert_eq!(printed["request_id"], "a1");
    let link = printed["deep_link"].as_str().expect("link");
    assert!(
        link.starts_with("securesign://sign?requestId=a1&"),
        "{link}"
    );
}

#[test]
fn the_command_tells_a_refusal_from_wrong_usage_and_never_shows_the_key() {
    let emulator = Emulator::start(&[]);
    for (key, args, code, reason) in [
        ("ss_test_other", &VALIDATE[..], 1, "API_KEY_INVALID"),
        (
            "ss_test_emulator",
            &["validate", "--origin", "http://localhost:4000"],
            1,
            "DOMAIN_NOT_ALLOWED",
        ),
        ("ss_live_emulator", &VALIDATE[..], 2, "WRONG_ENVIRONMENT"),
        ("ss_test_a b", &VALIDATE[..], 2, "INVALID_SECRET"),
        (
            "ss_test_emulator",
            &["validate", "--origin", "null"],
            2,
            "INVALID_ORIGIN",
        ),
        ("ss_test_emulator", &["validate"], 2, "--origin"),
    ] {
        let output = command(&emulator, key, args);
        let shown = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{reason}: {shown}");
        assert!(
            output.stdout.is_empty() && shown.contains(reason),
            "{shown}"
        );
        assert!(!shown.contains(key), "{shown}");
        // A script reads what a person is told, where it was tried.
        let args: Vec<_> = args.iter().copied().chain(["--json"]).collect();
        let output = command(&emulator, key, &args);
        assert_eq!(output.status.code(), Some(code), "{reason}");
        let expected = match code {
            1 => format!("{{\"error\":\"{reason}\"}}\n"),
            _ => String::new(),
        };
        assert_eq!(text(&output.stdout), expected);
    }
}
