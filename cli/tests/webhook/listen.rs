//! Receiving webhooks, and the verdict on each.

use crate::support::{BODY, Listener, command, out, run, with};
use serde_json::Value;
use std::{
    io::{BufRead as _, Read as _, Write as _},
    process::Command,
};

#[test]
fn sent_webhooks_are_received_once() {
    let mut listener = Listener::start(&[]);
    let url = listener.url.clone();
    let sent = run("send", &with(&["--url", &url]), BODY);
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    let first = listener.line();
    assert_eq!(
        (&first["verified"], &first["status"]),
        (&true.into(), &200.into())
    );

    assert_eq!(first["seen_before"], false);

    // The work of the first is done: a sender that did not see the answer must not try on.
    let again = run("send", &with(&["--url", &url]), BODY);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    let replay = listener.line();
    assert_eq!(
        (&replay["verified"], &replay["status"]),
        (&true.into(), &200.into())
    );
    assert_eq!(replay["seen_before"], true);

    let mut other = command("send", &with(&["--url", &url]));
    let mut other = other
        .env("HOOK_SECRET", "another secret")
        .spawn()
        .expect("runs");
    other
        .stdin
        .take()
        .expect("stdin")
        .write_all(BODY.as_bytes())
        .expect("writes");
    assert_eq!(other.wait().expect("ends").code(), Some(1));
    let refused = listener.line();
    assert_eq!(refused["error"], "SIGNATURE_MISMATCH");
    assert_eq!(refused["causes"].as_array().map(Vec::len), Some(0));

    assert_eq!(listener.end(), Some(0));
}

#[test]
fn a_sender_is_answered_also_where_nobody_reads_the_verdict() {
    let mut listener = Listener::start(&[]);
    listener.lines = None;
    let sent = run("send", &with(&["--url", &listener.url.clone()]), BODY);
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
}

#[test]
fn a_port_in_use_is_wrong_usage() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("listens");
    let address = taken.local_addr().expect("address").to_string();
    let output = run("listen", &with(&["--listen", &address]), "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&address));
}

#[test]
fn a_body_over_the_limit_is_refused() {
    let mut listener = Listener::start(&["--max-body", "10"]);
    let sent = run(
        "send",
        &with(&["--url", &listener.url.clone()]),
        &"x".repeat(5000),
    );
    assert_eq!(sent.status.code(), Some(1));
    assert_eq!(listener.line()["error"], "TOO_LARGE");
}

/// Sends a request as it is written here; the status of the answer, and its body.
fn asked(url: &str, request: &str) -> (u16, String) {
    let address = url.trim_start_matches("http://").trim_end_matches("/hook");
    let mut sender = std::net::TcpStream::connect(address).expect("connects");
    sender.write_all(request.as_bytes()).expect("writes");
    let mut answer = String::new();
    sender.read_to_string(&mut answer).expect("reads");
    let status = answer.get(9..12).and_then(|code| code.parse().ok());
    let (_, body) = answer.split_once("\r\n\r\n").expect("head");
    (status.expect("status"), body.to_owned())
}

#[test]
fn handshakes_are_answered() {
    const END: &str = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    let challenge = "GET /hook?hub.mode=subscribe&hub.verify_token=a%20secret&hub.challenge=12345";
    let mut listener = Listener::of("meta", &["--verify-token-env", "VERIFY_TOKEN"]);
    let good = asked(&listener.url, &format!("{challenge} {END}\r\n"));
    assert_eq!(good, (200, "12345".to_owned()));
    assert_eq!(listener.line()["handshake"], true);
    let other = challenge.replace("secret", "guess");
    assert_eq!(asked(&listener.url, &format!("{other} {END}\r\n")).0, 403);
    assert_eq!(listener.line()["handshake"], false);

    // The secret of the signatures is not what Meta repeats.
    let mut listener = Listener::of("meta", &[]);
    let (status, _) = asked(&listener.url, &format!("{challenge} {END}\r\n"));
    assert_eq!(
        (status, &listener.line()["error"]),
        (500, &"MISSING_CONTEXT".into())
    );

    let mut listener = Listener::of("notion", &[]);
    let token = r#"{"verification_token":"secret_abc123"}"#;
    let length = format!("Content-Length: {}\r\n\r\n{token}", token.len());
    let (status, _) = asked(&listener.url, &format!("POST /hook {END}{length}"));
    assert_eq!((status, &listener.line()["handshake"]), (200, &true.into()));
}

/// A sender that tries again signs a new time under the same id, and long after the first time has run out.
#[test]
fn a_later_attempt_under_the_same_id_is_a_copy() {
    let encoding = ["--encoding", "utf8"];
    let mut listener = Listener::of(
        "standard-webhooks",
        &[&encoding[..], &["--max-age-s", "3"]].concat(),
    );
    let url = listener.url.clone();
    for seen in [false, true] {
        let args = [
            "--scheme",
            "standard-webhooks",
            "--secret-env",
            "HOOK_SECRET",
        ];
        let args = [&args[..], &["--id", "msg_1", "--url", &url]].concat();
        let sent = run("send", &[&args[..], &encoding].concat(), BODY);
        assert_eq!(sent.status.code(), Some(0), "{sent:?}");
        assert_eq!(listener.line()["seen_before"], seen);
        if !seen {
            std::thread::sleep(std::time::Duration::from_millis(4100));
        }
    }
}

/// A sender that did not see the answer asks again with the same bytes.
#[test]
fn a_signed_handshake_is_answered_as_often_as_it_is_asked() {
    let mut listener = Listener::of("slack", &[]);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.expect("a time").as_millis().to_string();
    let url = listener.url.clone();
    let send = |body: &str| {
        let args = ["--scheme", "slack", "--secret-env", "HOOK_SECRET"];
        let more = ["--url", &url, "--now-ms", &now, "--json"];
        let sent = run("send", &[&args[..], &more].concat(), body);
        serde_json::from_str::<Value>(&out(&sent)).expect("JSON")
    };
    for _ in 0..2 {
        let answer = send(r#"{"type":"url_verification","challenge":"abc"}"#);
        assert_eq!(answer, serde_json::json!({"status": 200, "body": "abc"}));
        assert_eq!(listener.line()["handshake"], true);
    }
    // What is no handshake is taken once.
    for seen in [false, true] {
        assert_eq!(send(r#"{"type":"event_callback"}"#)["status"], 200);
        assert_eq!(listener.line()["seen_before"], seen);
    }
}

/// Twilio signs the URL, and the names and values of a form.
#[test]
fn what_is_sent_to_this_machine_verifies_under_each_of_its_names() {
    const FORM: &str = "From=%2B15550100&Body=Hello";
    let mut listener = Listener::of("twilio", &[]);
    let port = listener.url.trim_end_matches("/hook").rsplit(':').next();
    let port = port.expect("a port").to_owned();
    let args = ["--scheme", "twilio", "--secret-env", "HOOK_SECRET"];
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("http://{host}:{port}/hook?a=b");
        let sent = run("send", &[&args[..], &["--url", &url]].concat(), FORM);
        let told = listener.line();
        assert_eq!(told["verified"], true, "{host}: {told}");
        assert_eq!(sent.status.code(), Some(0), "{host}");
    }
    // Another's name is not this machine's.
    let signed = |url: &str| {
        let signed = run("sign", &[&args[..], &["--url", url]].concat(), FORM);
        out(&signed).lines().next().expect("a header").to_owned()
    };
    let length = FORM.len();
    for (host, url, is_signed) in [
        ("a.example", "http://a.example/hook".to_owned(), false),
        ("a.example", format!("http://127.0.0.1:{port}/hook"), true),
        ("[::1]:9", "http://[::1]:9/hook".to_owned(), true),
    ] {
        let (header, form) = (signed(&url), "application/x-www-form-urlencoded");
        let (got, _) = asked(
            &listener.url,
            &format!(
                "POST /hook HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {form}\r\n{header}\r\nContent-Length: {length}\r\n\r\n{FORM}"
            ),
        );
        assert_eq!(got == 200, is_signed, "{url}: {}", listener.line());
    }
    // What was said goes before what a request says.
    let mut listener = Listener::of("twilio", &["--public-origin", "https://a.example"]);
    let port = listener.url.trim_end_matches("/hook").rsplit(':').next();
    let url = format!("http://localhost:{}/hook", port.expect("a port"));
    run("send", &[&args[..], &["--url", &url]].concat(), FORM);
    assert_eq!(listener.line()["error"], "SIGNATURE_MISMATCH");
}

#[test]
fn a_body_that_is_broken_off_is_not_called_too_large() {
    let mut listener = Listener::start(&[]);
    let address = listener.url.trim_start_matches("http://");
    let address = address.trim_end_matches("/hook").to_owned();
    let mut sender = std::net::TcpStream::connect(&address).expect("connects");
    sender
        .write_all(b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        .expect("writes");
    drop(sender);
    let told = listener.line();
    assert_eq!(
        (&told["error"], &told["broken_off"], &told["path"]),
        (&Value::Null, &true.into(), &"/hook".into())
    );
}

#[test]
fn a_public_origin_has_a_scheme_and_a_host() {
    for origin in [
        "a.example",
        "ftp://a.example",
        "https://",
        "https://a.example/hook",
    ] {
        let output = run("listen", &with(&["--public-origin", origin]), "");
        assert_eq!(output.status.code(), Some(2), "{origin}");
        let demo = Command::new(env!("CARGO_BIN_EXE_countermark"))
            .args(["demo", "--port", "0", "--public-url", origin])
            .output()
            .expect("runs");
        assert_eq!(demo.status.code(), Some(2), "{origin}");
    }
}

#[test]
fn what_is_still_arriving_at_the_end_is_told() {
    let mut listener = Listener::start(&[]);
    let address = listener.url.trim_start_matches("http://");
    let address = address.trim_end_matches("/hook").to_owned();
    let mut sender = std::net::TcpStream::connect(&address).expect("connects");
    sender
        .write_all(b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        .expect("writes");
    // Another gets a higher number than its own once this one has been counted.
    for own in 1.. {
        run("send", &with(&["--url", &listener.url.clone()]), BODY);
        if listener.line()["number"] != own {
            break;
        }
    }
    let mut lines = listener.lines.take().expect("open");
    assert_eq!(listener.end(), Some(0));
    let mut line = String::new();
    lines.read_line(&mut line).expect("a line");
    let told: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(
        (&told["path"], &told["broken_off"], &told["status"]),
        (&"/slow".into(), &true.into(), &Value::Null)
    );
}

#[test]
fn what_is_no_http_is_told() {
    let listener = Listener::start(&[]);
    let (status, _) = asked(&listener.url, "POST /hook\r\n\r\n");
    assert_eq!(status, 400);
    let told: Value = serde_json::from_str(&listener.rest()).expect("JSON");
    assert_eq!(
        (&told["number"], &told["verified"]),
        (&1.into(), &false.into())
    );
    assert!(told["no_http"].is_string(), "{told}");
}

#[test]
fn a_person_is_told_of_copies_and_of_what_nobody_can_prove() {
    let listener = Listener::for_people("github", &[]);
    let url = listener.url.clone();
    for _ in 0..2 {
        run("send", &with(&["--url", &url]), BODY);
    }
    let other = ["--scheme", "github", "--secret-env", "VERIFY_TOKEN"];
    run("send", &[&other[..], &["--url", &url]].concat(), BODY);
    let text = listener.rest();
    assert_eq!(
        text.matches("verified, seen before, key").count(),
        1,
        "{text}"
    );
    assert!(text.contains("that of another endpoint"), "{text}");
    assert!(text.contains("or the body was changed"), "{text}");
    assert!(!text.contains("URL"), "{text}");

    let challenge = "GET /hook?hub.mode=subscribe&hub.verify_token=a&hub.challenge=1";
    let listener = Listener::for_people("meta", &[]);
    let end = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert_eq!(asked(&listener.url, &format!("{challenge} {end}")).0, 500);
    let text = listener.rest();
    assert!(text.contains("--verify-token-env"), "{text}");
}
