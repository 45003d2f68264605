//! `countermark login`.

use crate::emulator::{BINARY, Emulator, file};
use serde_json::Value;
use std::process::{Command, Output, Stdio};

fn login(id: &str, args: &[&str]) -> Output {
    Command::new(BINARY)
        .arg("login")
        .arg(id)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn an_approved_login_prints_the_id_and_writes_the_access_pass() {
    let emulator = Emulator::start(&["--approve-after", "0", "--tls", "localhost"]);
    let (png, ca) = (file("pass.png"), file("trusted.pem"));
    std::fs::write(&ca, emulator.ca_pem()).expect("ca");
    let (png_name, ca_name) = (png.to_str().expect("path"), ca.to_str().expect("path"));
    let output = login(
        " Alice ",
        &[
            "--server",
            emulator.url(),
            "--ca",
            ca_name,
            "--png",
            png_name,
        ],
    );
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str()),
        (Some(0), "alice\n")
    );
    assert!(std::fs::read(&png).expect("png").starts_with(b"\x89PNG"));
    assert_eq!(emulator.requests(), ["start", "state"]);
}

#[test]
fn no_approval_ends_with_the_reason() {
    for (args, id, code, reason) in [
        (&["--deny-after", "0"][..], "alice", 1, "LOGIN_DENIED"),
        (&["--frozen-id", "alice"], "alice", 1, "FROZEN"),
        (
            &["--approve-after", "0", "--fault", "state:secsignid=mallory"],
            "alice",
            1,
            "IDENTITY_MISMATCH",
        ),
        (&[], "a b", 2, "INVALID_SECSIGN_ID"),
    ] {
        let emulator = Emulator::start(args);
        let output = login(id, &["--server", emulator.url()]);
        assert_eq!(
            (output.status.code(), output.stdout),
            (Some(code), Vec::new()),
            "{reason}"
        );
        assert!(
            text(&output.stderr).contains(reason),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    for args in [
        &["--server", "http://id.example"][..],
        &["--ca", "/no/such/file"],
        &["--ca", "/dev/null"],
        &["--ca", "/dev/zero"],
        &["--fallback", "https://a.example"],
        &["--no"],
    ] {
        assert_eq!(login("alice", args).status.code(), Some(2), "{args:?}");
    }
}

/// As in `countermark login alice 2>&1 >id | head -1`: a login that is under way goes on, and the exit code is its end.
#[test]
#[cfg(target_os = "linux")]
fn progress_that_nobody_reads_changes_nothing() {
    let emulator = Emulator::start(&["--approve-after", "0"]);
    for (id, code, printed) in [("alice", 0, "alice\n"), ("a b", 2, "")] {
        let output = Command::new(BINARY)
            .args(["login", id, "--server", emulator.url()])
            .stderr(std::fs::File::create("/dev/full").expect("opens"))
            .output()
            .expect("runs");
        assert_eq!(
            (output.status.code(), text(&output.stdout).as_str()),
            (Some(code), printed)
        );
    }
}

/// The environment of a CGI process is partly chosen by the visitor.
#[test]
fn proxy_variables_are_ignored() {
    let emulator = Emulator::start(&["--approve-after", "0"]);
    let mut command = Command::new(BINARY);
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env(name, "http://127.0.0.1:1");
    }
    let output = command
        .args(["login", "alice", "--server", emulator.url()])
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
#[cfg(unix)]
fn an_interrupt_cancels_the_login() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        interrupted_by(signal);
    }
}

#[cfg(unix)]
fn interrupted_by(signal: &str) {
    let emulator = Emulator::start(&[]);
    let child = Command::new(BINARY)
        .args(["login", "alice", "--server", emulator.url()])
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    while !emulator.requests().contains(&"state".to_owned()) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(kill.success());
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("canceled"));
    let sessions = emulator.control("GET", "/sessions?secsignid=alice", &Value::Null);
    assert!(
        sessions
            .as_array()
            .expect("list")
            .iter()
            .all(|session| session["state_name"] != "PENDING"),
        "{sessions}"
    );
    assert_eq!(
        emulator.requests().last().map(String::as_str),
        Some("cancel")
    );
}

/// What a login writes holds neither the request id nor the number of its session.
#[test]
fn nothing_that_is_printed_holds_the_session() {
    let emulator = Emulator::start(&["--fault", "state:status=500"]);
    let output = login("alice", &["--server", emulator.url()]);
    assert_eq!(output.status.code(), Some(1));
    let sessions = emulator.control("GET", "/sessions", &Value::Null);
    let printed = text(&output.stderr) + &text(&output.stdout);
    for field in ["requestid", "authsessionid"] {
        let value = sessions[0][field].as_str().expect("session");
        assert!(!value.is_empty() && !printed.contains(value), "{printed}");
    }
}
