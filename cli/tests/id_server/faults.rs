//! Each fault, as a client sees it on the connection.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Emulator, FORM, connect, field, start_body};

/// A start under one fault of the command line.
fn start_under(fault: &str) -> (Emulator, std::io::Result<crate::support::Reply>) {
    let e = Emulator::start(&["--seed", "1", "--fault", fault]);
    let reply = e.post(&start_body("alice"));
    (e, reply)
}

fn sessions(e: &Emulator) -> u64 {
    e.tell("GET", "/", &json!(null))["sessions"]
        .as_u64()
        .unwrap()
}

#[test]
fn faults_of_the_text() {
    for (fault, check) in [
        (
            "icon-raw",
            (|r| field(r, "authsessionicondata").unwrap().ends_with("==")) as fn(&str) -> bool,
        ),
        ("icon-blanks", |r| {
            field(r, "authsessionicondata").unwrap().contains(' ')
        }),
        ("icon-missing", |r| {
            field(r, "authsessionicondata").is_none()
        }),
        ("field-order", |r| !r.starts_with("authsessionid")),
        ("field-unknown", |r| field(r, "novelty") == Some("1")),
        ("field-duplicated", |r| {
            r.matches("authsessionstate=").count() == 2
        }),
        ("field-duplicated=authsessionstate=3", |r| {
            r.ends_with("&authsessionstate=3")
        }),
        ("field-bare", |r| {
            r.split('&').any(|part| !part.contains('='))
        }),
        ("field-missing=requestid", |r| {
            field(r, "requestid").is_none()
        }),
        ("values-encoded", |r| {
            field(r, "serviceaddress") == Some("https%3A%2F%2Fshop.example")
        }),
        ("newline", |r| r.ends_with('\n')),
        ("state=9", |r| field(r, "authsessionstate") == Some("9")),
        ("state=3abc", |r| {
            field(r, "authsessionstate") == Some("3abc")
        }),
        ("secsignid", |r| field(r, "secsignid") == Some("mallory")),
        ("authsessionid=5", |r| {
            field(r, "authsessionid") == Some("5")
        }),
        ("body-empty", str::is_empty),
        ("body-huge", |r| r.len() > 1 << 20),
        ("frozen", |r| field(r, "errorcode") == Some("20006")),
        ("unknown", |r| field(r, "errorcode") == Some("20000")),
        ("error=422/7", |r| {
            field(r, "error") == Some("422") && field(r, "errorcode") == Some("7")
        }),
    ] {
        let (_, reply) = start_under(fault);
        let reply = reply.unwrap();
        assert!(check(reply.text()), "{fault}: {:.300}", reply.text());
    }
    let e = Emulator::start(&["--fault", "frozen", "--fault", "errormsg-missing"]);
    assert_eq!(
        e.ask(&start_body("alice")).text(),
        "error=500&errorcode=20006"
    );
    assert!(start_under("not-utf8").1.unwrap().body.ends_with(b"\xff"));
}

#[test]
fn faults_of_http() {
    for (fault, status) in [("html-200", 200), ("html-502", 502)] {
        let reply = start_under(fault).1.unwrap();
        assert_eq!(reply.status, status);
        assert!(reply.text().starts_with("<!doctype html>"));
    }
    assert_eq!(start_under("status=500").1.unwrap().status, 500);
    let reply = start_under("redirect=https://evil.example/").1.unwrap();
    assert_eq!(
        (reply.status, reply.header("location")),
        (302, Some("https://evil.example/"))
    );
}

#[test]
fn connections_can_end_before_and_after_the_request_is_carried_out() {
    for (fault, error, stored) in [
        ("drop-before", ErrorKind::UnexpectedEof, 0),
        ("drop-after", ErrorKind::UnexpectedEof, 1),
        ("reset", ErrorKind::ConnectionReset, 0),
    ] {
        let (e, reply) = start_under(&format!("start:{fault},times=1"));
        assert_eq!(reply.unwrap_err().kind(), error, "{fault}");
        assert_eq!(sessions(&e), stored, "{fault}");
        let entry = &e.transcript()[0];
        assert_eq!(
            (&entry["reply"], &entry["faults"]),
            (&json!(null), &json!([fault]))
        );
        e.start_session("bob");
    }
}

/// How long the body of the reply is by its head, and how much of it came before the connection ended.
fn lengths(e: &Emulator, body: &str) -> (usize, usize) {
    let mut stream = connect(&e.authority("server"));
    let length = body.len();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: test\r\n{FORM}Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let announced = head.split_once("content-length: ").unwrap().1;
    let announced = announced.lines().next().unwrap().parse().unwrap();
    (announced, body.len())
}

#[test]
fn a_body_can_break_off_drip_or_fall_silent() {
    for more in [&[] as &[&str], &["--fault", "body-huge=4000000"]] {
        let e = Emulator::start(&[&["--fault", "body-truncated"], more].concat());
        let (announced, received) = lengths(&e, &start_body("alice"));
        assert_eq!(received, announced / 2, "{more:?}");
        assert!(received > 100 && sessions(&e) == 1, "{more:?}");
    }

    let began = Instant::now();
    let (_, reply) = start_under("body-slow=600");
    assert!(reply.unwrap().field("requestid").is_some());
    assert!(began.elapsed() >= Duration::from_millis(500));

    for (fault, some) in [("body-stalled", true), ("reply-stalled", false)] {
        let e = Emulator::start(&["--fault", fault]);
        let mut stream = connect(&e.authority("server"));
        let body = start_body("alice");
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: test\r\n{FORM}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(700)))
            .unwrap();
        let mut bytes = Vec::new();
        let error = stream.read_to_end(&mut bytes).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "{error}"
        );
        assert_eq!(!bytes.is_empty(), some, "{fault}");
        assert_eq!(sessions(&e), 1, "{fault}");
    }
}

#[test]
fn faults_hit_the_kind_the_count_and_the_id_that_they_name() {
    let e = Emulator::start(&["--fault", "state:html-502,after=1,times=1"]);
    let session = e.start_session("alice");
    let statuses: Vec<_> = (0..4)
        .map(|_| e.ask(&session.body("ReqGetAuthSessionState")).status)
        .collect();
    assert_eq!(statuses, [200, 502, 200, 200]);
    e.fault(&json!({ "fault": "gone", "request": "cancel", "secsignid": "bob" }));
    assert_eq!(
        e.ask(&session.body("ReqCancelAuthSession"))
            .field("authsessionstate"),
        Some("6")
    );
    let bob = e.start_session("bob");
    assert_eq!(
        e.ask(&bob.body("ReqCancelAuthSession")).field("error"),
        Some("400")
    );
    let faults = e.tell("GET", "/faults", &json!(null));
    assert_eq!(faults[1]["seen"], 1);
    e.tell("DELETE", "/faults", &json!(null));
    assert_eq!(
        e.ask(&bob.body("ReqCancelAuthSession"))
            .field("authsessionstate"),
        Some("6")
    );
}

#[test]
fn a_state_can_go_backwards() {
    let e = Emulator::start(&["--fault", "state:state-backwards,after=1,times=1"]);
    let session = e.start_session("alice");
    e.act(&session, "fetch");
    assert_eq!(
        [e.state(&session), e.state(&session), e.state(&session)],
        ["7", "1", "7"]
    );
}

#[test]
fn another_session_in_the_state_reply() {
    let e = Emulator::start(&[
        "--fault",
        "state:authsessionid",
        "--fault",
        "state:secsignid=victoria",
    ]);
    let session = e.start_session("alice");
    let reply = e.ask(&session.body("ReqGetAuthSessionState"));
    assert_ne!(reply.field("authsessionid"), Some(session.number.as_str()));
    assert_eq!(reply.field("secsignid"), Some("victoria"));
}
