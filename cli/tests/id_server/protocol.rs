//! The form protocol, from start to end.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::support::{Emulator, FORM, connect, request, start_body};

#[test]
fn a_login_runs_from_request_to_approval() {
    let e = Emulator::start(&["--id", "alice"]);
    let reply = e.ask(&start_body("Alice"));
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; charset=UTF-8")
    );
    assert_eq!(reply.field("servicename"), Some("Test shop"));
    assert_eq!(reply.field("serviceaddress"), Some("https://shop.example"));
    assert_eq!(reply.field("secsignid"), Some("alice"));
    assert_eq!(reply.field("authsessionstate"), Some("1"));
    let png = STANDARD
        .decode(reply.field("authsessionicondata").unwrap())
        .unwrap();
    let info = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .unwrap()
        .info()
        .clone();
    assert_eq!(
        (info.width, info.height, info.color_type),
        (88, 88, png::ColorType::Rgba)
    );

    let session = crate::support::Session::read(&reply);
    assert_eq!(e.state(&session), "1");
    e.act(&session, "fetch");
    assert_eq!(e.state(&session), "7");
    e.act(&session, "approve");
    let state = e.ask(&session.body("ReqGetAuthSessionState"));
    assert_eq!(
        state.text(),
        format!(
            "authsessionid={}&secsignid=alice&authsessionstate=3",
            session.number
        )
    );
    let release = e.ask(&session.body("ReqReleaseAuthSession"));
    assert_eq!(release.field("error"), Some("400"));
    assert_eq!(e.state(&session), "3", "a refused release changes nothing");
}

#[test]
fn time_is_the_servers_own() {
    let e = Emulator::start(&["--clock", "1700000000000"]);
    let session = e.start_session("alice");
    e.tell("POST", "/clock", &json!({ "advance_ms": 119_999 }));
    assert_eq!(e.state(&session), "1");
    e.tell("POST", "/clock", &json!({ "advance_ms": 1 }));
    assert_eq!(e.state(&session), "2");

    let session = e.start_session("alice");
    e.act(&session, "approve");
    e.tell("POST", "/clock", &json!({ "advance_ms": 119_999 }));
    assert_eq!(e.state(&session), "3");
    let clock = e.tell(
        "POST",
        "/clock",
        &json!({ "set_ms": 1_700_000_240_000_i64 }),
    );
    assert_eq!(
        clock,
        json!({ "now_ms": 1_700_000_240_000_i64, "running": false })
    );
    assert_eq!(e.state(&session), "8");
    assert_eq!(
        e.tell("POST", "/clock", &json!({ "running": true }))["running"],
        true
    );
    assert!(
        e.state(&session).starts_with("error=400"),
        "long forgotten by now"
    );
}

#[test]
fn two_requests_for_one_id_end_both_and_freeze_it() {
    let e = Emulator::start(&[]);
    let (first, second) = (e.start_session("alice"), e.start_session("ALICE"));
    assert_eq!(
        (e.state(&first), e.state(&second)),
        ("5".to_owned(), "5".to_owned())
    );
    assert_eq!(
        e.ask(&start_body("alice")).field("errorcode"),
        Some("20006")
    );
    e.tell("PUT", "/ids/alice", &json!({ "frozen": false }));
    assert_eq!(e.state(&e.start_session("alice")), "1");

    let e = Emulator::start(&["--competing", "refuse"]);
    let first = e.start_session("bob");
    assert_eq!(e.ask(&start_body("bob")).field("errorcode"), Some("20006"));
    assert_eq!(e.state(&first), "5");
}

#[test]
fn a_cancelled_session_cannot_be_asked_for() {
    let e = Emulator::start(&[]);
    let session = e.start_session("alice");
    let reply = e.ask(&session.body("ReqCancelAuthSession"));
    assert_eq!(
        reply.text(),
        format!("authsessionid={}&authsessionstate=6", session.number)
    );
    assert!(e.state(&session).starts_with("error=400&errormsg="));
    assert_eq!(
        e.state(&e.start_session("alice")),
        "1",
        "and the ID is free again"
    );
}

#[test]
fn a_handle_must_fit_in_all_its_parts() {
    let e = Emulator::start(&[]);
    let session = e.start_session("alice");
    let mut wrong = session.clone();
    wrong.request_id = "0".repeat(64);
    assert!(e.state(&wrong).starts_with("error=400"));
    let mut wrong = session.clone();
    wrong.secsignid = "bob".to_owned();
    assert!(e.state(&wrong).starts_with("error=400"));
    assert_eq!(e.state(&session), "1");
}

#[test]
fn ids_are_unknown_unless_created_and_codes_stand_for_their_owner() {
    let e = Emulator::start(&["--id", "alice=4711,0815", "--frozen-id", "frida"]);
    let unknown = e.ask(&start_body("bob"));
    assert_eq!(
        (
            unknown.status,
            unknown.field("error"),
            unknown.field("errorcode")
        ),
        (200, Some("500"), Some("20000"))
    );
    assert_eq!(
        e.ask(&start_body("frida")).field("errorcode"),
        Some("20006")
    );
    assert_eq!(
        e.ask(&start_body("%20alice")).field("errorcode"),
        Some("20000"),
        "blanks are the client's to trim"
    );
    let session = e.start_session("0815");
    assert_eq!(session.secsignid, "0815");
    e.act(&session, "approve");
    assert_eq!(
        e.ask(&session.body("ReqGetAuthSessionState"))
            .field("secsignid"),
        Some("alice")
    );
}

#[test]
fn release_in_its_old_form_echoes_and_ends_the_session() {
    let e = Emulator::start(&["--release", "echo"]);
    let session = e.start_session("alice");
    e.act(&session, "approve");
    let reply = e.ask(&session.body("ReqReleaseAuthSession"));
    assert_eq!(
        reply.text(),
        format!("authsessionid={}&authsessionstate=3", session.number)
    );
    assert!(e.state(&session).starts_with("error=400"));
}

#[test]
fn the_firewall_lets_nothing_else_through() {
    let e = Emulator::start(&[]);
    let server = e.authority("server");
    let send = |method, path, headers, body: &str| {
        request(connect(&server), method, path, headers, body).unwrap()
    };
    let get = send("GET", "/", "", "");
    assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
    assert_eq!(send("POST", "/other", FORM, "").status, 404);
    assert_eq!(
        send(
            "POST",
            "/",
            "Content-Type: text/plain\r\n",
            &start_body("a")
        )
        .status,
        403
    );
    assert_eq!(e.ask(&format!("{}&extra=1", start_body("a"))).status, 403);
    assert_eq!(
        e.ask(&format!("{}&secsignid=b", start_body("a"))).status,
        403
    );
    assert_eq!(e.ask(&"x".repeat(70_000)).status, 413);
    assert_eq!(e.tell("GET", "/", &json!(null))["sessions"], 0);

    let open = Emulator::start(&["--no-firewall", "--strict-text", "--error-status", "400"]);
    assert_eq!(
        open.ask(&format!("{}&extra=1", start_body("a"))).status,
        200
    );
    let refused =
        open.ask(&start_body("b").replace("shop.example", "shop.example%26secsignid%3Dadmin"));
    assert_eq!((refused.status, refused.field("error")), (400, Some("400")));
}

#[test]
fn a_seed_repeats_every_number_and_half_are_negative() {
    let numbers = || {
        let e = Emulator::start(&["--seed", "42"]);
        (0..16)
            .map(|i| e.start_session(&format!("user{i}")).number)
            .collect::<Vec<_>>()
    };
    let first = numbers();
    assert_eq!(first, numbers());
    let negative = first
        .iter()
        .filter(|number| number.starts_with('-'))
        .count();
    assert!((1..16).contains(&negative), "{first:?}");
}
