//! Sending a signed webhook.

use crate::support::{BODY, Listener, out, run, with};
use std::io::{Read as _, Write as _};

#[test]
fn send_keeps_to_this_machine_unless_told() {
    for url in [
        "https://a.example/",
        "http://10.0.0.1/",
        "ftp://localhost/",
        "x",
    ] {
        let output = run("send", &with(&["--url", url]), BODY);
        assert_eq!(output.status.code(), Some(2), "{url}");
    }
    let plain = run(
        "send",
        &with(&["--url", "http://a.example/", "--allow-remote"]),
        BODY,
    );
    assert_eq!(plain.status.code(), Some(2));
    // Names of hosts are the same in any case.
    let own = run("send", &with(&["--url", "http://LOCALHOST:1/"]), BODY);
    assert_eq!(own.status.code(), Some(1), "{own:?}");
}

/// Nothing of it would be sent, which is no silence of the handler.
#[test]
fn what_cannot_be_sent_is_wrong_usage() {
    for (option, value) in [
        ("--method", "PO ST"),
        ("-H", "a b: c"),
        ("-H", "X-A: b\nX-C: d"),
        ("--query", "a=b\nc"),
    ] {
        let url = "http://127.0.0.1:1/";
        let output = run("send", &with(&["--url", url, option, value]), BODY);
        assert_eq!(output.status.code(), Some(2), "{value:?}: {output:?}");
    }
}

/// No proxy has lost it.
#[test]
fn a_header_that_is_signed_is_asked_of_whoever_signs() {
    let args = ["--scheme", "plivo-v2", "--secret-env", "HOOK_SECRET"];
    let args = [&args[..], &["--url", "http://127.0.0.1:1/"]].concat();
    for name in ["sign", "send"] {
        let output = run(name, &args, BODY);
        assert_eq!(output.status.code(), Some(1), "{name}: {output:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        let hint = "hint: give it with -H 'X-Plivo-Signature-V2-Nonce: VALUE'\n";
        assert!(
            told.contains("MISSING_HEADER") && told.ends_with(hint),
            "{told}"
        );
        let output = run(name, &[&args[..], &["--json"]].concat(), BODY);
        assert_eq!(out(&output), "{\"error\":\"MISSING_HEADER\"}\n");
    }
    let nonce = ["-H", "X-Plivo-Signature-V2-Nonce: 1234"];
    let output = run("sign", &[&args[..], &nonce].concat(), BODY);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn send_says_who_did_not_answer() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("listens");
    let address = taken.local_addr().expect("address").to_string();
    drop(taken);
    let url = format!("http://{address}/hook?token=abc");
    let output = run("send", &with(&["--url", &url]), BODY);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        told,
        format!("error: no answer from {address}: unreachable\n")
    );
    let output = run("send", &with(&["--url", &url, "--json"]), BODY);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(out(&output), "{\"error\":\"NETWORK\"}\n");
    // A mistake on the command line is told to whoever made it.
    let usage = run("send", &with(&["--json"]), BODY);
    assert_eq!((usage.status.code(), out(&usage)), (Some(2), String::new()));
}

#[test]
fn a_server_that_gives_no_answer_is_told_from_none() {
    for answer in [&b""[..], b"220 mail.example ESMTP\r\n"] {
        let server = std::net::TcpListener::bind("127.0.0.1:0").expect("listens");
        let address = server.local_addr().expect("address").to_string();
        let serving = std::thread::spawn(move || {
            let (mut taken, _) = server.accept().expect("accepts");
            // Read before the end, or the system resets the connection.
            let _ = taken.read(&mut [0; 4096]).expect("reads");
            taken.write_all(answer).expect("writes");
        });
        let url = format!("http://{address}/");
        let output = run("send", &with(&["--url", &url]), BODY);
        serving.join().expect("ends");
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("it took the connection"), "{told}");
    }
}

#[test]
fn the_method_that_is_sent_is_signed() {
    let mut listener = Listener::of("hubspot-v3", &[]);
    let args = ["--scheme", "hubspot-v3", "--secret-env", "HOOK_SECRET"];
    let url = listener.url.clone();
    let sent = run("send", &[&args[..], &["--url", &url]].concat(), BODY);
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    assert_eq!(listener.line()["method"], "POST");
}

#[test]
fn a_handler_behind_a_proxy_gets_what_was_signed_for_the_public_url() {
    for scheme in ["twilio", "square", "hubspot-v3"] {
        let mut listener = Listener::of(scheme, &["--public-origin", "https://a.example"]);
        let args = ["--scheme", scheme, "--secret-env", "HOOK_SECRET"];
        let url = listener.url.clone();
        let urls = ["--url", &url, "--signed-url", "https://a.example/hook"];
        let sent = run("send", &[&args[..], &urls].concat(), "a=b");
        assert_eq!(sent.status.code(), Some(0), "{scheme}: {sent:?}");
        assert_eq!(listener.line()["verified"], true, "{scheme}");
    }
    // Its signature is a part of the URL.
    let args = ["--scheme", "imgproxy", "--secret-env", "HOOK_SECRET"];
    let more = ["--encoding", "utf8", "--url", "http://127.0.0.1:1/a"];
    let signed = ["--signed-url", "https://a.example/a"];
    let output = run("send", &[&args[..], &more, &signed].concat(), "");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}
