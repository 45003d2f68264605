//! The control API and the transcript.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use crate::support::{Emulator, connect, refusal, request, start_body};

#[test]
fn nothing_without_the_token() {
    let e = Emulator::start(&[]);
    let control = e.authority("control");
    for headers in [
        "",
        "Authorization: Bearer wrong\r\n",
        "Authorization: Basic eDp5\r\n",
    ] {
        let reply = request(connect(&control), "POST", "/reset", headers, "").unwrap();
        assert_eq!(reply.status, 401, "{headers}");
    }
    assert!(control.starts_with("127.0.0.1:"));
    assert_eq!(e.addresses["token"].as_str().unwrap().len(), 64);
    let empty = Emulator::start(&["--control-token", ""]);
    assert_eq!(empty.addresses["token"].as_str().unwrap().len(), 64);
    assert_eq!(empty.control("GET", "/", &Value::Null).status, 200);
    let given = Emulator::start(&["--control-token", "a-token"]);
    assert_eq!(given.addresses["token"], "a-token");
    assert_eq!(given.control("GET", "/", &Value::Null).status, 200);
}

// There the whole of 127.0.0.0/8 is this machine.
#[cfg(target_os = "linux")]
#[test]
fn the_control_api_can_be_elsewhere_with_a_token_of_ones_own() {
    let listen = ["--control-listen", "127.0.0.2:0"];
    let e = Emulator::start(&[&listen[..], &["--control-token", "a-token"]].concat());
    assert!(e.authority("control").starts_with("127.0.0.2:"));
    assert_eq!(e.control("GET", "/", &Value::Null).status, 200);
    for token in [&[] as &[&str], &["--control-token", ""]] {
        let told = refusal(&[&listen[..], token].concat());
        assert!(told.contains("--control-token"), "{told}");
    }
}

#[test]
fn whether_it_is_ready_can_be_asked_without_a_token() {
    let e = Emulator::start(&["--fault", "html-502"]);
    for port in ["server", "control"] {
        let reply = request(connect(&e.authority(port)), "GET", "/healthz", "", "").unwrap();
        assert_eq!(reply.status, 200, "{port}");
        // The length that it states is that of a body which does not come.
        let mut stream = connect(&e.authority(port));
        let head = b"HEAD /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
        stream.write_all(head).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 "), "{port}: {text}");
        assert!(text.ends_with("\r\n\r\n"), "{port}: {text}");
    }
    let reply = request(connect(&e.authority("control")), "POST", "/healthz", "", "").unwrap();
    assert_eq!(reply.status, 405);
    assert!(reply.text().contains("no such method"), "{}", reply.text());
    assert!(e.transcript().is_empty());
    assert_eq!(e.tell("GET", "/faults", &Value::Null)[0]["seen"], 0);
}

#[test]
fn every_refusal_is_json_and_says_why() {
    let e = Emulator::start(&["--clock", "1000"]);
    let none = Value::Null;
    for (method, path, body, status, why) in [
        ("DELETE", "/clock", &none, 405, "no such method"),
        ("POST", "/transcript", &none, 405, "no such method"),
        ("GET", "/nothing", &none, 404, "no such path"),
        ("GET", "/sessions/abc", &none, 404, "no such session"),
        ("GET", "/transcript?after=x", &none, 400, "after"),
        ("GET", "/transcript?afer=1", &none, 400, "afer"),
        ("GET", "/sessions?id=alice", &none, 400, "id"),
        ("DELETE", "/ids/%ff", &none, 400, "UTF-8"),
        ("PUT", "/ids/%ff", &json!({}), 400, "UTF-8"),
        ("POST", "/clock", &json!({}), 400, "exactly one of"),
        (
            "POST",
            "/clock",
            &json!({"advance_ms": 1, "set_ms": 5}),
            400,
            "exactly one of",
        ),
        ("POST", "/clock", &json!({"advance": 1}), 400, "advance_ms"),
        (
            "POST",
            "/faults",
            &json!([{"fault": "icon-raw", "request": "state"}]),
            400,
            "only in that to start",
        ),
        (
            "POST",
            "/faults",
            &json!([{"fault": "newline", "times": 0}]),
            400,
            "never hits",
        ),
    ] {
        let reply = e.control(method, path, body);
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text());
        let told: Value = serde_json::from_slice(&reply.body).unwrap();
        let told = told["error"].as_str().unwrap();
        assert!(told.contains(why), "{method} {path}: {told}");
    }
    assert_eq!(e.tell("GET", "/clock", &none)["now_ms"], 1000);
    assert_eq!(e.tell("GET", "/faults", &none), json!([]));
}

#[test]
fn sessions_are_seen_and_changed() {
    let e = Emulator::start(&[]);
    e.tell(
        "POST",
        "/next-session",
        &json!({ "authsessionid": "-9223372036854775808" }),
    );
    let session = e.start_session("alice");
    assert_eq!(session.number, "-9223372036854775808");
    let list = e.tell("GET", "/sessions?secsignid=Alice", &Value::Null);
    let seen = &list[0];
    assert_eq!(seen["authsessionid"], json!(session.number));
    assert_eq!(seen["requestid"], json!(session.request_id));
    assert_eq!(
        (&seen["servicename"], &seen["state_name"]),
        (&json!("Test shop"), &json!("PENDING"))
    );
    for state in ["0", "1", "2", "3", "4", "5", "6", "7", "8"] {
        assert_eq!(e.act(&session, state)["state"].to_string(), state);
        assert_eq!(e.state(&session), state);
    }
    let path = format!("/sessions/{}", session.number);
    assert_eq!(
        e.control("POST", &path, &json!({ "action": "deny" }))
            .status,
        409
    );
    assert_eq!(
        e.control("POST", &path, &json!({ "action": "9" })).status,
        400
    );
    assert_eq!(
        e.control("POST", "/sessions/1", &json!({ "action": "deny" }))
            .status,
        404
    );
    assert_eq!(e.control("GET", "/nothing", &Value::Null).status, 404);
}

#[test]
fn plans_decide_after_so_many_polls() {
    let e = Emulator::start(&["--approve-after", "2"]);
    let session = e.start_session("alice");
    assert_eq!(
        [e.state(&session), e.state(&session), e.state(&session)],
        ["1", "1", "3"]
    );
    let steps = json!([{ "after_polls": 1, "action": "fetch" }, { "after_polls": 2, "action": "wrong-symbol" }]);
    e.tell(
        "PUT",
        "/plan",
        &json!({ "secsignid": "bob", "steps": steps }),
    );
    let session = e.start_session("bob");
    assert_eq!(
        [e.state(&session), e.state(&session), e.state(&session)],
        ["1", "7", "4"]
    );
    let denied = Emulator::start(&["--deny-after", "0"]);
    assert_eq!(denied.state(&denied.start_session("alice")), "4");
}

#[test]
fn policy_and_ids_change_while_it_runs() {
    let e = Emulator::start(&["--id", "alice"]);
    e.tell(
        "PUT",
        "/ids/carol",
        &json!({ "priority_codes": ["99"], "frozen": true }),
    );
    assert_eq!(e.ask(&start_body("99")).field("errorcode"), Some("20006"));
    e.tell("DELETE", "/ids/carol", &Value::Null);
    assert_eq!(
        e.ask(&start_body("carol")).field("errorcode"),
        Some("20000")
    );
    assert_eq!(e.control("DELETE", "/ids/carol", &Value::Null).status, 404);
    assert_eq!(e.control("PUT", "/ids/no%20blanks", &json!({})).status, 400);
    let policy = e.tell(
        "PATCH",
        "/policy",
        &json!({ "any_id": true, "wrong_symbol": "suspend", "session_ms": 5_000 }),
    );
    assert_eq!(policy["release"], "refuse");
    let session = e.start_session("carol");
    assert_eq!(e.act(&session, "wrong-symbol")["state_name"], "SUSPENDED");
    for bad in [
        json!({ "session_ms": "long" }),
        json!({ "novelty": 1 }),
        json!([]),
        json!({ "error_status": 99 }),
    ] {
        assert_eq!(e.control("PATCH", "/policy", &bad).status, 400, "{bad}");
    }
    for bad in [
        json!([{ "fault": "nothing" }]),
        json!([{ "fault": "status" }]),
        json!({}),
    ] {
        assert!(
            (400..500).contains(&e.control("POST", "/faults", &bad).status),
            "{bad}"
        );
    }
}

#[test]
fn the_transcript_holds_what_was_said() {
    let file = std::env::temp_dir().join(format!(
        "countermark-transcript-{}.ndjson",
        std::process::id()
    ));
    let e = Emulator::start(&[
        "--transcript",
        file.to_str().unwrap(),
        "--clock",
        "1700000000000",
    ]);
    let body = start_body("alice");
    let reply = e.ask(&body);
    e.fault(&json!({ "fault": "drop-after", "times": 1 }));
    assert!(e.post(&start_body("bob")).is_err());
    let entries = e.transcript();
    assert_eq!(entries.len(), 2);
    let first = &entries[0];
    assert_eq!(
        (&first["method"], &first["path"], &first["request"]),
        (&json!("POST"), &json!("/"), &json!("start"))
    );
    assert_eq!(
        (&first["body"], &first["time_ms"]),
        (&json!(body), &json!(1_700_000_000_000_i64))
    );
    assert_eq!(
        (&first["reply"]["status"], &first["reply"]["body"]),
        (&json!(200), &json!(reply.text()))
    );
    assert!(
        first["headers"]
            .as_array()
            .unwrap()
            .contains(&json!(["host", "test"]))
    );
    assert_eq!(entries[1]["reply"], Value::Null);
    assert_eq!(
        e.tell("GET", "/transcript?after=1", &Value::Null)
            .as_array()
            .unwrap()
            .len(),
        1
    );
    e.tell("DELETE", "/transcript", &Value::Null);
    assert!(e.transcript().is_empty());
    let lines = std::fs::read_to_string(&file).unwrap();
    let told = refusal(&["--transcript", file.to_str().unwrap()]);
    assert!(told.contains("it holds something already"), "{told}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), lines);
    std::fs::remove_file(&file).unwrap();
    let written: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(written, entries);
}

#[test]
fn a_reset_goes_back_to_the_start() {
    let e = Emulator::start(&["--id", "alice", "--seed", "9", "--fault", "cancel:gone"]);
    let before = e.start_session("alice");
    e.tell("PUT", "/ids/alice", &json!({ "frozen": true }));
    e.tell("PATCH", "/policy", &json!({ "any_id": true }));
    e.fault(&json!({ "fault": "html-502" }));
    e.tell("POST", "/clock", &json!({ "advance_ms": 60_000 }));
    e.tell("POST", "/reset", &Value::Null);
    assert_eq!(e.tell("GET", "/", &Value::Null)["sessions"], 0);
    assert!(e.transcript().is_empty());
    assert_eq!(
        e.start_session("alice").number,
        before.number,
        "the seed begins anew, too"
    );
    assert_eq!(e.ask(&start_body("bob")).field("errorcode"), Some("20000"));
    assert_eq!(
        e.tell("GET", "/faults", &Value::Null)
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
