//! `countermark webhook …`, as a person or a script calls it.

use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

const SECRET: &str = "It is a secret to everybody";
const BODY: &str = r#"{"a":1}"#;
const COMMON: [&str; 4] = ["--scheme", "github", "--secret-env", "HOOK_SECRET"];

fn command(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countermark"));
    command
        .args(["webhook", name])
        .args(args)
        .env("HOOK_SECRET", SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(name: &str, args: &[&str], input: &str) -> Output {
    let mut child = command(name, args).spawn().expect("runs");
    // A command that refuses its arguments does not read.
    let _ = child
        .stdin
        .take()
        .expect("stdin")
        .write_all(input.as_bytes());
    let output = child.wait_with_output().expect("ends");
    for text in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(text).contains(SECRET));
    }
    output
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    COMMON.iter().chain(more).copied().collect()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn signature(body: &str) -> String {
    let output = run("sign", &COMMON, body);
    assert_eq!(output.status.code(), Some(0));
    out(&output).trim().to_owned()
}

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

    // The same message again is a conflict.
    let again = run("send", &with(&["--url", &url]), BODY);
    assert_eq!(again.status.code(), Some(1));
    let replay = listener.line();
    assert_eq!(
        (&replay["error"], &replay["status"]),
        (&"REPLAYED".into(), &409.into())
    );

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
    for status in [200, 409] {
        assert_eq!(send(r#"{"type":"event_callback"}"#)["status"], status);
        assert_eq!(listener.line()["status"], status);
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

struct Listener {
    child: Child,
    lines: Option<BufReader<std::process::ChildStdout>>,
    url: String,
}

impl Listener {
    fn start(more: &[&str]) -> Self {
        Self::of("github", more)
    }

    fn of(scheme: &str, more: &[&str]) -> Self {
        let mut args = vec!["--scheme", scheme, "--secret-env", "HOOK_SECRET"];
        args.extend(["--listen", "127.0.0.1:0", "--json"]);
        args.extend(more);
        let mut command = command("listen", &args);
        let mut child = command
            .env("VERIFY_TOKEN", "a secret")
            .spawn()
            .expect("runs");
        let lines = BufReader::new(child.stdout.take().expect("stdout"));
        let mut this = Self {
            child,
            lines: Some(lines),
            url: String::new(),
        };
        let url = this.line()["listening"]
            .as_str()
            .expect("address")
            .to_owned();
        this.url = format!("{url}/hook");
        this
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        let lines = self.lines.as_mut().expect("open");
        lines.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.expect("kill").success());
        self.child.wait().expect("ends").code()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct TempFile(PathBuf);

impl TempFile {
    fn new(text: &str) -> Self {
        let name = format!("countermark-raw-{}-{}", std::process::id(), text.len());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).expect("writes");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
