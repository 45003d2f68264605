//! Verifying and signing, and how a command ends.

use crate::support::{BODY, COMMON, SECRET, command, out, run, signature, with};
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

#[test]
fn what_is_signed_verifies_and_what_is_changed_does_not() {
    let header = signature(BODY);
    assert!(
        header.starts_with("X-Hub-Signature-256: sha256="),
        "{header}"
    );
    let good = run("verify", &with(&["-H", &header]), BODY);
    assert_eq!(good.status.code(), Some(0));
    assert!(out(&good).contains("covers    body"));
    let json = run("verify", &with(&["-H", &header, "--json"]), BODY);
    let json: Value = serde_json::from_str(&out(&json)).expect("JSON");
    assert_eq!(json["key_id"], "default");
    let bad = run("verify", &with(&["-H", &header]), r#"{"a":2}"#);
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("SIGNATURE_MISMATCH"));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for args in [
        &["--scheme", "nosuch", "--secret-env", "HOOK_SECRET"] as &[&str],
        &["--scheme", "github"],
        &["--scheme", "github", "--secret-env", "NO_SUCH_VARIABLE"],
        &["--scheme", "github", "--secret-env", SECRET],
        &["--scheme", "github", "--secret-stdin"],
        &[
            "--scheme",
            "github",
            "--secret-env",
            "HOOK_SECRET",
            "--encoding",
            "x",
        ],
        &[
            "--scheme",
            "github",
            "--secret-env",
            "HOOK_SECRET",
            "-H",
            "no colon",
        ],
        &[
            "--scheme",
            "github",
            "--secret-env",
            "HOOK_SECRET",
            "/nowhere/at/all",
        ],
    ] {
        assert_eq!(run("verify", args, BODY).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_scheme_that_is_none_is_told_where_they_are_listed() {
    let output = run(
        "verify",
        &["--scheme", "GitHub", "--secret-env", "HOOK_SECRET"],
        BODY,
    );
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("countermark webhook schemes"), "{told}");
    assert!(told.contains("near it: github"), "{told}");
    assert!(!told.contains("stripe"), "{told}");
}

/// As in `countermark webhook verify … | head -1`: the exit code is the verdict all the same.
#[test]
fn a_reader_who_went_away_is_no_failure() {
    let header = signature(BODY);
    for (name, body, code) in [
        ("verify", BODY, 0),
        ("explain", BODY, 0),
        ("explain", "{}", 1),
        ("sign", BODY, 0),
    ] {
        let mut child = command(name, &with(&["-H", &header]))
            .spawn()
            .expect("runs");
        drop(child.stdout.take());
        // It prints after it has read.
        let mut input = child.stdin.take().expect("stdin");
        input.write_all(body.as_bytes()).expect("writes");
        drop(input);
        let output = child.wait_with_output().expect("ends");
        assert_eq!(output.status.code(), Some(code), "{name}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_verdict_that_cannot_be_written_is_a_failure() {
    let full = std::fs::File::create("/dev/full").expect("opens");
    let output = command("schemes", &[]).stdout(full).output().expect("runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.starts_with("error: cannot write to standard output"),
        "{told}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_at_a_terminal_is_told_what_is_waited_for() {
    let program = env!("CARGO_BIN_EXE_countermark");
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command"])
        .arg(format!(
            "{program} webhook verify --scheme github --secret-env HOOK_SECRET"
        ))
        .arg("/dev/null")
        .env("HOOK_SECRET", SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("a line");
    assert!(
        line.contains("reading the body from standard input"),
        "{line}"
    );
    drop(child.stdin.take());
    assert_eq!(child.wait().expect("ends").code(), Some(1));
}

#[test]
fn verify_reads_a_saved_request() {
    let header = signature(BODY);
    for head in [
        format!("POST /hook HTTP/1.1\r\nHost: a.example\r\n{header}\r\n\r\n"),
        format!("\u{feff}POST /hook\n{header}\n\n"),
        format!("* Connected\n> POST /hook HTTP/1.1\r\n> {header}\r\n> \r\n"),
    ] {
        for name in ["verify", "explain"] {
            let saved = format!("{head}{BODY}");
            let output = run(name, &with(&["--raw", "-"]), &saved);
            assert!(out(&output).starts_with("verified"), "{name}: {output:?}");
            let output = run(name, &with(&["--raw", "-"]), &format!("{saved} "));
            assert_eq!(output.status.code(), Some(1), "{name}");
        }
    }
    let archive = run("verify", &with(&["--raw", "-"]), r#"{"log": {}}"#);
    assert_eq!(archive.status.code(), Some(2));
    let told = String::from_utf8_lossy(&archive.stderr);
    assert!(told.contains("this is JSON"), "{told}");
}

/// A piece of a body is another message.
#[test]
fn a_body_that_was_not_read_to_its_end_is_neither_signed_nor_sent() {
    let (long, url) = ("x".repeat(25 * 1024 * 1024 + 1), "http://127.0.0.1:1/");
    for (name, args) in [
        ("sign", with(&[])),
        ("send", with(&["--url", url])),
        (
            "verify",
            with(&[
                "-H",
                &format!("X-Hub-Signature-256: sha256={}", "0".repeat(64)),
            ]),
        ),
    ] {
        let output = run(name, &args, &long);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert_eq!(out(&output), "", "{name}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("TOO_LARGE"), "{name}: {told}");
        let args: Vec<_> = args.iter().copied().chain(["--json"]).collect();
        let output = run(name, &args, &long);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let json: Value = serde_json::from_str(&out(&output)).expect("JSON");
        assert_eq!(json["error"], "TOO_LARGE", "{name}");
    }
    let whole = run("sign", &COMMON, &long[1..]);
    assert_eq!(whole.status.code(), Some(0));
}

#[test]
fn schemes_are_listed() {
    let table = out(&run("schemes", &[], ""));
    assert!(table.lines().count() > 65 && table.contains("standard-webhooks"));
    assert!(table.lines().all(|line| line.len() <= 80), "{table}");
    let json: Value = serde_json::from_str(&out(&run("schemes", &["--json"], ""))).expect("JSON");
    assert_eq!(
        json.as_array().expect("list").len() + 1,
        table.lines().count()
    );
}

#[test]
fn a_mistake_of_the_caller_has_its_name_in_json_too() {
    let args = [
        "--scheme",
        "square",
        "--secret-env",
        "HOOK_SECRET",
        "--json",
    ];
    let header = ["-H", "x-square-hmacsha256-signature: AAAA"];
    let output = run("verify", &[&args[..], &header].concat(), BODY);
    assert_eq!(output.status.code(), Some(2));
    let json: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(
        json,
        serde_json::json!({"verified": false, "error": "MISSING_CONTEXT", "unusable_keys": []})
    );
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.trim_end().ends_with(": --url"), "{told}");
    // A secret that cannot be used, too.
    let args = ["--scheme", "github", "--secret-env", "HOOK_SECRET"];
    let more = ["--encoding", "hex", "--json", "-H", "X: 1"];
    let output = run("verify", &[&args[..], &more].concat(), BODY);
    assert_eq!(output.status.code(), Some(2));
    let json: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(json["error"], "INVALID_SECRET");
}
