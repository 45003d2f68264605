//! Why a webhook is refused.

use crate::support::{BODY, TempFile, out, run, signature, with};
use serde_json::Value;
use std::process::Output;

#[test]
fn explain_names_the_mistake() {
    let header = signature(BODY);
    let output = run("explain", &with(&["-H", &header]), &format!("{BODY}\n"));
    assert_eq!(output.status.code(), Some(1));
    let text = out(&output);
    assert!(
        text.contains("proved    body_newline_added, +1 bytes"),
        "{text}"
    );
    let sent = "body      8 bytes, SHA-256 ";
    assert!(text.contains(sent), "{text}");
    assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    let json = run(
        "explain",
        &with(&["-H", &header, "--json"]),
        "{\n  \"a\": 1\n}",
    );
    let json: Value = serde_json::from_str(&out(&json)).expect("JSON");
    assert_eq!(json["causes"][0]["cause"], "body_pretty_printed");
    assert_eq!(json["checks"][5]["state"], "failed");
    assert!(!json.to_string().contains(&header[28..]));
    let good = run("explain", &with(&["-H", &header]), BODY);
    assert_eq!(good.status.code(), Some(0));
}

#[test]
fn explain_finds_the_scheme_by_header_and_secret() {
    fn without_scheme(header: &str, body: &str) -> Output {
        let args = ["--secret-env", "HOOK_SECRET", "-H", header];
        run("explain", &args, body)
    }
    let header = signature(BODY);
    let good = out(&without_scheme(&header, BODY));
    assert!(good.starts_with("scheme    github\nverified"), "{good}");
    // Several schemes have this header: the signature tells which one it is, also where the body was changed.
    let args = ["--scheme", "bitbucket", "--secret-env", "HOOK_SECRET"];
    let signed = out(&run("sign", &args, BODY));
    let refused = out(&without_scheme(signed.trim(), &format!("{BODY}\n")));
    assert!(
        refused.starts_with("scheme    bitbucket\nrefused"),
        "{refused}"
    );
    assert!(refused.contains("body_newline_added"), "{refused}");
    let unknown = without_scheme("X: 1", BODY);
    assert_eq!(unknown.status.code(), Some(2));
    let told = String::from_utf8_lossy(&unknown.stderr);
    assert!(told.contains("--scheme"), "{told}");
}

#[test]
fn explain_says_that_a_secret_of_another_endpoint_cannot_be_proved() {
    let header = format!("X-Hub-Signature-256: sha256={}", "0".repeat(64));
    for body in [BODY, "{}"] {
        let output = out(&run("explain", &with(&["-H", &header]), body));
        assert!(output.contains("that of another endpoint"), "{output}");
    }
}

#[test]
fn explain_reads_a_saved_request() {
    let header = signature(BODY);
    let file = TempFile::new(&format!(
        "POST /hook HTTP/1.1\r\nHost: a.example\r\n{header}\r\n\r\n\u{feff}{BODY}"
    ));
    let output = run("explain", &with(&["--raw", file.path()]), "");
    assert!(out(&output).contains("body_bom_added"), "{output:?}");
    let text = std::fs::read_to_string(file.path()).expect("reads");
    let piped = run("explain", &with(&["--raw", "-"]), &text);
    assert_eq!(out(&piped), out(&output));
    // What the command line says goes before what the file says, of headers too.
    let other = signature(&format!("\u{feff}{BODY}"));
    let mended = run("explain", &with(&["--raw", file.path(), "-H", &other]), "");
    assert!(out(&mended).starts_with("verified"), "{mended:?}");
    let twice = ["--scheme", "github", "--secret-stdin", "--raw", "-"];
    assert_eq!(run("explain", &twice, &text).status.code(), Some(2));
    let broken = TempFile::new("no request");
    let output = run("explain", &with(&["--raw", broken.path()]), "");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn explain_tells_of_a_long_body_no_more_than_it_read() {
    let header = signature(BODY);
    let long = "x".repeat(26 * 1024 * 1024);
    let output = out(&run("explain", &with(&["-H", &header]), &long));
    assert!(
        output.contains("body_too_large, more than 26214400 bytes\n"),
        "{output}"
    );
    assert!(!output.contains("SHA-256"), "{output}");
    let json = run("explain", &with(&["-H", &header, "--json"]), &long);
    let json: Value = serde_json::from_str(&out(&json)).expect("JSON");
    assert_eq!(json["causes"][0]["amount"], Value::Null);
    assert_eq!(json["body_len"], Value::Null);
    // The head of a saved request does not count as its body.
    let head = format!("POST / HTTP/1.1\r\n{header}\r\n\r\n");
    let whole = format!("{head}{}", "x".repeat(25 * 1024 * 1024));
    let output = out(&run("explain", &with(&["--raw", "-"]), &whole));
    assert!(!output.contains("body_too_large"), "{output}");
    let output = out(&run(
        "explain",
        &with(&["--raw", "-"]),
        &format!("{whole}x"),
    ));
    assert!(output.contains("body_too_large"), "{output}");
}

/// Explains a request with a signature that no secret has made.
fn closing(scheme: &str, more: &[&str]) -> String {
    let args = ["--scheme", scheme, "--secret-env", "HOOK_SECRET"];
    let output = run("explain", &[&args[..], more].concat(), "a=b");
    let text = out(&output);
    let (_, closing) = text
        .split_once("no known mistake is proved: ")
        .unwrap_or_else(|| panic!("{scheme}: {output:?}"));
    closing.to_owned()
}

#[test]
fn explain_suspects_only_what_the_scheme_signs() {
    let token = closing("gitlab-token", &["-H", "X-Gitlab-Token: another"]);
    assert!(
        token.starts_with("what X-Gitlab-Token holds is not your secret"),
        "{token}"
    );
    assert!(!token.contains("body"), "{token}");
    let url = ["--url", "https://a.example/hook"];
    let signature = "X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let twilio = closing("twilio", &[&url[..], &["-H", signature]].concat());
    assert!(twilio.contains("or the URL is not the one"), "{twilio}");
    assert!(twilio.contains("or the body was changed"), "{twilio}");
    let header = format!("X-Hub-Signature-256: sha256={}", "0".repeat(64));
    let github = closing("github", &["-H", &header]);
    assert!(!github.contains("URL"), "{github}");
}

#[test]
fn explain_names_the_option_that_gives_what_is_missing() {
    let args = ["--scheme", "hubspot-v3", "--secret-env", "HOOK_SECRET"];
    let text = out(&run("explain", &args, BODY));
    assert!(text.contains("context_missing: method"), "{text}");
    assert!(text.contains("with the request: --method\n"), "{text}");
}

#[test]
fn explain_tells_a_saved_webhook_by_its_age() {
    let args = ["--scheme", "slack", "--secret-env", "HOOK_SECRET"];
    let signed = out(&run(
        "sign",
        &[&args[..], &["--now-ms", "1700000000000"]].concat(),
        BODY,
    ));
    let headers: Vec<&str> = signed.lines().flat_map(|line| ["-H", line]).collect();
    let later = ["--now-ms", "1700183600000"];
    let text = out(&run(
        "explain",
        &[&args[..], &headers, &later].concat(),
        BODY,
    ));
    assert!(
        text.contains("clock_skew, -183600 seconds (2 days 3 hours)"),
        "{text}"
    );
    assert!(text.contains("--any-time"), "{text}");
    let any = ["--any-time"];
    let text = out(&run("explain", &[&args[..], &headers, &any].concat(), BODY));
    assert!(text.starts_with("verified"), "{text}");
}

#[test]
fn explain_counts_without_a_sign() {
    let cut = format!("X-Hub-Signature-256: sha256={}", "0".repeat(60));
    let text = out(&run("explain", &with(&["-H", &cut]), BODY));
    assert!(text.contains(", 4 characters missing"), "{text}");
    let header = format!("X-Hub-Signature-256: sha256={}", "0".repeat(64));
    let other = header.replace('0', "1");
    let text = out(&run("explain", &with(&["-H", &header, "-H", &other]), BODY));
    assert!(text.contains(", 2 copies"), "{text}");
}

#[test]
fn explain_names_the_key_in_json() {
    let header = signature(BODY);
    let args = ["-H", &header, "--json", "--key-id", "2026-11"];
    for (body, key) in [(BODY, Value::from("2026-11")), ("{}", Value::Null)] {
        let json = out(&run("explain", &with(&args), body));
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["key_id"], key);
    }
}
