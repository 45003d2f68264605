//! The phone page, used as a browser without script would.

use serde_json::json;

use crate::support::{Emulator, Session, connect, request, start_body};

/// The numbers of the offered symbols.
fn offered(page: &str) -> Vec<String> {
    page.match_indices("name=\"answer\" value=\"")
        .map(|(at, found)| {
            page[at + found.len()..]
                .split('"')
                .next()
                .unwrap()
                .to_owned()
        })
        .filter(|value| value != "deny")
        .collect()
}

/// Opens the request and tells the right symbol and a wrong one.
fn open(e: &Emulator, session: &Session) -> (String, String) {
    let reply = e.phone("POST", "/open", &format!("session={}", session.number));
    assert_eq!(reply.status, 303);
    let page = e.phone("GET", reply.header("location").unwrap(), "");
    let seen = e.tell(
        "GET",
        &format!("/sessions/{}", session.number),
        &json!(null),
    );
    assert_eq!(seen["state_name"], "FETCHED");
    let (right, name) = (
        seen["symbol"].to_string(),
        seen["symbol_name"].as_str().unwrap(),
    );
    let all = offered(page.text());
    assert_eq!(all.len(), 4);
    assert!(all.contains(&right) && page.text().contains(&format!("alt=\"{name}\"")));
    let wrong = all.into_iter().find(|symbol| *symbol != right).unwrap();
    (right, wrong)
}

fn decide(e: &Emulator, session: &Session, answer: &str) -> String {
    let reply = e.phone(
        "POST",
        "/decide",
        &format!("session={}&answer={answer}", session.number),
    );
    assert_eq!(reply.status, 303, "{}", reply.text());
    e.phone("GET", reply.header("location").unwrap(), "")
        .text()
        .to_owned()
}

#[test]
fn a_person_approves_denies_and_errs() {
    let e = Emulator::start(&[]);
    assert!(
        e.phone("GET", "/requests?secsignid=alice", "")
            .text()
            .contains("No request is waiting")
    );
    let session = e.start_session("alice");
    let list = e.phone("GET", "/requests?secsignid=+Alice+", "");
    assert!(list.text().contains("Test shop") && list.text().contains("https://shop.example"));
    let (right, _) = open(&e, &session);
    assert!(decide(&e, &session, &right).contains("<h1>Approved</h1>"));
    assert_eq!(e.state(&session), "3");

    let session = e.start_session("alice");
    let (_, wrong) = open(&e, &session);
    assert!(decide(&e, &session, &wrong).contains("<h1>Denied</h1>"));
    assert_eq!(e.state(&session), "4");

    let session = e.start_session("alice");
    assert!(decide(&e, &session, "deny").contains("<h1>Denied</h1>"));
    for answer in ["approve", "4711", "-1", ""] {
        let body = format!("session={}&answer={answer}", session.number);
        assert_eq!(e.phone("POST", "/decide", &body).status, 400, "{answer}");
    }
}

#[test]
fn a_session_without_access_pass_is_approved_by_a_button() {
    let e = Emulator::start(&[]);
    let session = Session::read(&e.ask(&format!("{}&showaccesspass=false", start_body("alice"))));
    let page = e.phone("GET", &format!("/request/{}", session.number), "");
    assert_eq!(offered(page.text()), ["approve"]);
    decide(&e, &session, "approve");
    assert_eq!(e.state(&session), "3");
}

#[test]
fn a_frozen_id_is_reactivated() {
    let e = Emulator::start(&["--frozen-id", "frida"]);
    assert!(
        e.phone("GET", "/requests?secsignid=frida", "")
            .text()
            .contains("This ID is frozen")
    );
    assert_eq!(
        e.phone("POST", "/reactivate", "secsignid=frida").status,
        303
    );
    assert_eq!(e.state(&e.start_session("frida")), "1");
    assert_eq!(
        e.phone("POST", "/reactivate", "secsignid=nobody").status,
        404
    );
}

#[test]
fn pages_are_strict_and_escaped() {
    let e = Emulator::start(&["--id", "alice"]);
    let name = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22";
    let session = Session::read(&e.ask(&start_body("alice").replace("Test+shop", name)));
    for path in [
        "/",
        "/requests?secsignid=alice",
        &format!("/request/{}", session.number),
        "/requests?secsignid=%22%3E%3Cb%3E",
    ] {
        let page = e.phone("GET", path, "");
        let text = page.text();
        assert!(
            !text.contains("<script>") && !text.contains("style=") && !text.contains("<b>"),
            "{path}"
        );
        assert!(
            text.contains("<html lang=\"en\">") && text.matches("<h1>").count() == 1,
            "{path}"
        );
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    }
    assert_eq!(
        e.phone("GET", "/symbol/0.png", "").header("content-type"),
        Some("image/png")
    );
    for path in [
        "/symbol/96.png",
        "/symbol/0",
        "/request/1",
        "/request/x",
        "/none",
    ] {
        assert_eq!(e.phone("GET", path, "").status, 404, "{path}");
    }
}

#[test]
fn a_phone_in_the_network_can_press_them() {
    let e = Emulator::start(&["--listen", "0.0.0.0"]);
    let phone = e.authority("phone");
    assert!(
        phone.starts_with("127.0.0.1:"),
        "{phone} is no address to connect to"
    );
    let session = e.start_session("alice");
    // The client calls the host `test`; without TLS a browser sends no Sec-Fetch-Site from there.
    let headers = format!("{}Origin: http://test\r\n", crate::support::FORM);
    let body = format!("session={}&answer=deny", session.number);
    let reply = request(connect(&phone), "POST", "/decide", &headers, &body).unwrap();
    assert_eq!(reply.status, 303);
    assert_eq!(e.state(&session), "4");
}

#[test]
fn other_sites_cannot_press_the_buttons() {
    let e = Emulator::start(&[]);
    let session = e.start_session("alice");
    let body = format!("session={}&answer=deny", session.number);
    for header in [
        "Origin: https://evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Origin: null\r\n",
    ] {
        let headers = format!("{}{header}", crate::support::FORM);
        let reply = request(
            connect(&e.authority("phone")),
            "POST",
            "/decide",
            &headers,
            &body,
        )
        .unwrap();
        assert_eq!(reply.status, 403, "{header}");
    }
    assert_eq!(e.state(&session), "1");
}
