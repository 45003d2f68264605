//! The program itself: start, TLS, many sessions, and the end.

use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::support::{Emulator, FORM, connect_tls, refusal, request, start_body};

#[test]
fn signals_end_it_cleanly_and_free_the_port() {
    for signal in ["-TERM", "-INT"] {
        let mut e = Emulator::start(&["--fault", "reply-stalled"]);
        let server = e.authority("server");
        // A request that waits for its reply must not hold the end up.
        let waiting = std::thread::spawn({
            let server = server.clone();
            move || {
                request(
                    crate::support::connect(&server),
                    "POST",
                    "/",
                    FORM,
                    &start_body("alice"),
                )
            }
        });
        while e.transcript().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let began = Instant::now();
        assert_eq!(e.signal(signal), Some(0), "{signal}");
        assert!(began.elapsed().as_secs() < 20);
        assert!(waiting.join().unwrap().is_err());
        assert!(std::net::TcpStream::connect(&server).is_err());
    }
}

#[test]
fn wrong_arguments_are_told() {
    for args in [
        &["--fault", "nothing"] as &[&str],
        &["--ca-out", "x.pem"],
        &["--listen", "nowhere"],
        &["--id", "no blanks"],
        &["--tls", "not a name"],
        &["--transcript", "/nowhere/at/all"],
        &["--max-sessions", "0"],
        &["--securesign-rpm", "0"],
        &["--fault", "state:icon-raw"],
        &["--fault", "newline,times=0"],
        &["--control-token", "two words"],
    ] {
        assert!(!refusal(args).is_empty(), "{args:?}");
    }
    let list = Command::new(env!("CARGO_BIN_EXE_countermark"))
        .args(["id-server", "--list-faults"])
        .output()
        .unwrap();
    assert!(list.status.success() && String::from_utf8(list.stdout).unwrap().lines().count() > 30);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for args in [
        ["id-server", "--port", &port],
        ["id-server", "--control-port", &port],
        ["demo", "--port", &port],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_countermark"))
            .args(args)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(&format!("127.0.0.1:{port}")), "{told}");
    }
}

#[test]
fn an_origin_that_no_browser_sends_is_wrong_usage() {
    for (origin, told) in [
        ("https://shop.example/", "not an exact web origin"),
        ("http://shop.example", "http://localhost"),
        ("https://Shop.example:443", "https://shop.example"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_countermark"))
            .args(["id-server", "--securesign-origin", origin])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{origin}");
        let shown = String::from_utf8(output.stderr).unwrap();
        assert!(shown.contains(told), "{shown}");
    }
}

/// A device without an end must not fill the memory.
#[test]
fn keys_that_cannot_be_read_are_wrong_usage() {
    for path in ["/no/such/file", "/dev/null", "/dev/zero"] {
        let output = Command::new(env!("CARGO_BIN_EXE_countermark"))
            .args(["id-server", "--securesign-keys", path])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{path}");
    }
}

/// Starts with TLS for `localhost` and speaks to it as `name`.
fn tls(more: &[&str], name: &str) -> std::io::Result<u16> {
    let file = std::env::temp_dir().join(format!(
        "countermark-ca-{}-{}.pem",
        std::process::id(),
        more.len() + name.len()
    ));
    let mut args = vec![
        "--tls",
        "localhost,127.0.0.1",
        "--ca-out",
        file.to_str().unwrap(),
    ];
    args.extend(more);
    let e = Emulator::start(&args);
    assert!(
        e.addresses["server"]
            .as_str()
            .unwrap()
            .starts_with("https://localhost:")
    );
    assert_eq!(e.addresses["ca_pem"], Value::from(file.to_str().unwrap()));
    let pem = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(!pem.contains("PRIVATE"));
    let stream = connect_tls(&e.authority("server"), name, &pem);
    request(stream, "POST", "/", FORM, &start_body("alice")).map(|reply| reply.status)
}

#[test]
fn tls_is_trusted_by_name_and_authority() {
    assert_eq!(tls(&[], "localhost").unwrap(), 200);
    assert_eq!(tls(&[], "127.0.0.1").unwrap(), 200);
    assert!(
        tls(&[], "other.example")
            .unwrap_err()
            .to_string()
            .contains("not valid for name")
    );
    for (fault, reason) in [
        ("wrong-name", "not valid for name"),
        ("expired", "expired"),
        ("unknown-ca", "BadSignature"),
    ] {
        let error = tls(&["--tls-fault", fault], "localhost")
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{fault}: {error}");
    }
}

#[test]
fn the_number_of_sessions_is_bounded() {
    let e = Emulator::start(&["--max-sessions", "3"]);
    for i in 0..3 {
        e.start_session(&format!("user{i}"));
    }
    assert_eq!(e.ask(&start_body("user3")).field("error"), Some("422"));
}
