//! The protocol's rules for requests, and what each fault does to a reply.

use super::*;
use crate::id_server::config::{Config, IdConfig};
use crate::id_server::emulator::Emulator;
use crate::id_server::policy::{Policy, Release};

const START: &str = "apimethod=Test&request=ReqRequestAuthSession&secsignid=alice&servicename=Shop&serviceaddress=https://shop.example";

fn emulator(policy: Policy) -> Emulator {
    let ids = vec![IdConfig {
        id: "alice".to_owned(),
        ..IdConfig::default()
    }];
    Emulator::new(Config {
        policy,
        ids,
        seed: Some(1),
        stopped_at_ms: Some(0),
        ..Config::default()
    })
    .unwrap()
}

fn post(emulator: &Emulator, body: &str) -> Answer {
    let incoming = Incoming {
        method: "POST",
        path: "/",
        content_type: Some("application/x-www-form-urlencoded; charset=utf-8"),
        body: body.as_bytes(),
    };
    answer(&mut emulator.lock(), incoming)
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

/// Splits a reply as the protocol says, and nothing more.
fn value(reply: &str, name: &str) -> Option<String> {
    reply
        .split('&')
        .find_map(|part| part.split_once('=').filter(|(n, _)| *n == name))
        .map(|(_, v)| v.to_owned())
}

fn handle(reply: &str, request: &str) -> String {
    let [id, number, request_id] =
        ["secsignid", "authsessionid", "requestid"].map(|name| value(reply, name).unwrap());
    format!(
        "apimethod=Test&request={request}&secsignid={id}&authsessionid={number}&requestid={request_id}"
    )
}

#[test]
fn a_start_reply_has_the_seven_fields_raw() {
    let e = emulator(Policy::default());
    let reply = text(&post(
        &e,
        &START
            .replace("=Shop", "=A+%26+B%2BC+%C3%A4")
            .replace("alice", "ALICE"),
    ));
    assert_eq!(
        value(&reply, "servicename").as_deref(),
        Some("A "),
        "a raw & breaks the value, as at the vendor's"
    );
    let reply = text(&post(
        &e,
        &START
            .replace("=Shop", "=Node.js%20test")
            .replace("alice", "bob"),
    ));
    for (name, wanted) in [
        ("servicename", "Node.js test"),
        ("serviceaddress", "https://shop.example"),
        ("secsignid", "bob"),
        ("authsessionstate", "1"),
    ] {
        assert_eq!(value(&reply, name).as_deref(), Some(wanted));
    }
    let request_id = value(&reply, "requestid").unwrap();
    assert!(
        request_id.len() == 64
            && request_id
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
    );
    assert!(
        value(&reply, "authsessionid")
            .unwrap()
            .parse::<i64>()
            .is_ok()
    );
    assert!(
        value(&reply, "authsessionicondata")
            .unwrap()
            .starts_with("iVBORw0KGgoAAAANSUhEUgAAAFgAAABY")
    );
    assert_eq!(reply.split('&').count(), 7);
}

#[test]
fn state_cancel_and_release_answer_with_their_own_fields() {
    let e = emulator(Policy {
        release: Release::Echo,
        ..Policy::default()
    });
    let start = text(&post(&e, START));
    let number = value(&start, "authsessionid").unwrap();
    let state = handle(&start, "ReqGetAuthSessionState");
    assert_eq!(
        text(&post(&e, &state)),
        format!("authsessionid={number}&secsignid=alice&authsessionstate=1")
    );
    let cancel = handle(&start, "ReqCancelAuthSession");
    assert_eq!(
        text(&post(&e, &cancel)),
        format!("authsessionid={number}&authsessionstate=6")
    );
    for again in [&state, &cancel] {
        assert_eq!(
            value(&text(&post(&e, again)), "error").as_deref(),
            Some("400")
        );
    }
    let start = text(&post(&e, START));
    let number = value(&start, "authsessionid").unwrap();
    let release = handle(&start, "ReqReleaseAuthSession");
    assert_eq!(
        text(&post(&e, &release)),
        format!("authsessionid={number}&authsessionstate=1")
    );
    e.lock().policy.release = Release::Refuse;
    assert!(text(&post(&e, &release)).starts_with("error=400&errormsg="));
}

#[test]
fn only_posts_of_forms_with_known_parameters_pass_the_firewall() {
    let e = emulator(Policy::default());
    let send = |method, path, content_type, body: &str| {
        answer(
            &mut e.lock(),
            Incoming {
                method,
                path,
                content_type,
                body: body.as_bytes(),
            },
        )
        .status
    };
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(send("GET", "/", None, ""), 405);
    assert_eq!(send("PUT", "/", form, START), 405);
    assert_eq!(send("POST", "/rest", form, START), 404);
    assert_eq!(send("POST", "/", None, START), 403);
    assert_eq!(send("POST", "/", Some("application/json"), START), 403);
    for extra in [
        "&more=1",
        "&requestid=1",
        "&secsignid=bob",
        "&bare",
        "&x=%zz",
        "&pluginname=a&pluginname=b",
    ] {
        assert_eq!(
            send("POST", "/", form, &format!("{START}{extra}")),
            403,
            "{extra}"
        );
    }
    assert_eq!(
        e.lock().store.len(),
        0,
        "nothing of this has reached the server"
    );
    assert_eq!(
        send(
            "POST",
            "/",
            form,
            &format!("{START}&pluginname=p&showaccesspass=true&timezone=UTC&")
        ),
        200
    );
    e.lock().policy.firewall = false;
    assert_eq!(
        send(
            "POST",
            "/",
            None,
            &format!("{}&more=1&secsignid=bob", START.replace("alice", "carol"))
        ),
        200
    );
}

#[test]
fn missing_and_malformed_parameters_are_errors_400() {
    let e = emulator(Policy::default());
    let long = "x".repeat(256);
    for body in [
        String::new(),
        START.replace("apimethod=Test&", ""),
        START.replace("=Test", "="),
        START.replace("ReqRequest", "ReqDelete"),
        START.replace("secsignid=alice&", ""),
        START.replace("=Shop", "="),
        START.replace("&serviceaddress=https://shop.example", ""),
        START.replace("Shop", &long),
        format!("{START}&showaccesspass=maybe"),
        "apimethod=Test&request=ReqGetAuthSessionState&secsignid=alice&authsessionid=1".to_owned(),
    ] {
        let answer = post(&e, &body);
        assert_eq!(
            (answer.status, value(&text(&answer), "error").as_deref()),
            (200, Some("400")),
            "{body}"
        );
    }
    e.lock().policy = Policy {
        strict_text: true,
        error_status: 400,
        ..Policy::default()
    };
    let answer = post(&e, &START.replace("Shop", "A%26B"));
    assert_eq!(
        (answer.status, text(&answer).starts_with("error=400")),
        (400, true)
    );
}

#[test]
fn unknown_and_frozen_ids_have_their_codes() {
    let e = emulator(Policy {
        any_id: false,
        ..Policy::default()
    });
    let codes = |reply: &str| {
        (
            value(reply, "error").unwrap(),
            value(reply, "errorcode").unwrap(),
        )
    };
    let reply = text(&post(&e, &START.replace("alice", "nobody")));
    assert_eq!(codes(&reply), ("500".to_owned(), "20000".to_owned()));
    e.lock().store.freeze("alice", true);
    let reply = text(&post(&e, START));
    assert_eq!(codes(&reply), ("500".to_owned(), "20006".to_owned()));
}

#[test]
fn a_session_without_access_pass_has_no_picture() {
    let e = emulator(Policy::default());
    for flag in ["false", "0"] {
        let reply = text(&post(
            &e,
            &format!("{}&showaccesspass={flag}", START.replace("alice", flag)),
        ));
        assert_eq!(value(&reply, "authsessionicondata"), None);
        assert!(value(&reply, "requestid").is_some());
    }
}

#[test]
fn an_approved_priority_code_names_its_owner() {
    let e = emulator(Policy::default());
    e.lock()
        .store
        .create("alice", &["4711".to_owned()])
        .unwrap();
    let start = text(&post(&e, &START.replace("alice", "4711")));
    let state = handle(&start, "ReqGetAuthSessionState");
    assert_eq!(
        value(&text(&post(&e, &state)), "secsignid").as_deref(),
        Some("4711")
    );
    let number = value(&start, "authsessionid").unwrap().parse().unwrap();
    let policy = Policy::default();
    e.lock()
        .store
        .act(number, crate::id_server::state::Action::Approve, 0, &policy);
    assert_eq!(
        value(&text(&post(&e, &state)), "secsignid").as_deref(),
        Some("alice")
    );
}

/// Starts a session for a fresh ID under the given faults.
fn faulty(faults: &[&str]) -> Answer {
    let e = emulator(Policy::default());
    e.lock().faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    post(&e, START)
}

#[test]
fn field_faults_change_the_reply_and_nothing_else() {
    let plain = text(&faulty(&[]));
    let number: i64 = value(&plain, "authsessionid").unwrap().parse().unwrap();
    let icon = value(&text(&faulty(&["icon-raw"])), "authsessionicondata").unwrap();
    assert!(icon.ends_with("==") && icon.contains('+') && icon.contains('/'));
    let blanks = value(&text(&faulty(&["icon-blanks"])), "authsessionicondata").unwrap();
    assert_eq!(blanks, icon.replace('+', " "));
    for (fault, name, wanted) in [
        ("icon-missing", "authsessionicondata", None),
        ("icon=", "authsessionicondata", Some("")),
        (
            "icon=\"><script>",
            "authsessionicondata",
            Some("\"><script>"),
        ),
        ("field-unknown", "novelty", Some("1")),
        ("field-unknown=a=b=c", "a", Some("b=c")),
        ("field-missing=requestid", "requestid", None),
        ("state=9", "authsessionstate", Some("9")),
        ("state=3abc", "authsessionstate", Some("3abc")),
        ("state=", "authsessionstate", Some("")),
        ("secsignid", "secsignid", Some("mallory")),
        ("secsignid=bob", "secsignid", Some("bob")),
        ("authsessionid=-1", "authsessionid", Some("-1")),
        (
            "authsessionid",
            "authsessionid",
            Some(&*number.wrapping_add(1).to_string()),
        ),
        ("requestid=x", "requestid", Some("x")),
        (
            "values-encoded",
            "serviceaddress",
            Some("https%3A%2F%2Fshop.example"),
        ),
    ] {
        assert_eq!(
            value(&text(&faulty(&[fault])), name).as_deref(),
            wanted,
            "{fault}"
        );
    }
    let doubled = text(&faulty(&["field-duplicated"]));
    assert!(doubled.ends_with("&authsessionstate=1") && doubled.starts_with(&plain));
    assert_eq!(
        text(&faulty(&["field-duplicated=authsessionstate=3"])),
        format!("{plain}&authsessionstate=3")
    );
    assert!(
        text(&faulty(&["field-bare"]))
            .split('&')
            .any(|part| part == "bare")
    );
    assert_eq!(text(&faulty(&["newline"])), format!("{plain}\n"));
    assert!(faulty(&["not-utf8"]).body.ends_with(b"\xff"));
    let mut shuffled: Vec<_> = plain.split('&').map(str::to_owned).collect();
    let reply = text(&faulty(&["field-order"]));
    let mut other: Vec<_> = reply.split('&').map(str::to_owned).collect();
    assert_ne!(shuffled, other);
    shuffled.sort();
    other.sort();
    assert_eq!(shuffled, other);
}

#[test]
fn whole_replies_can_be_replaced() {
    assert!(faulty(&["body-empty"]).body.is_empty());
    assert!(faulty(&["body-huge"]).body.len() > 1 << 20);
    assert!(faulty(&["body-huge=100000"]).body.len() > 100_000);
    for (fault, status) in [("html-200", 200), ("html-502", 502)] {
        let answer = faulty(&[fault]);
        assert_eq!(
            (answer.status, answer.content_type),
            (status, "text/html; charset=UTF-8")
        );
    }
    assert_eq!(faulty(&["status=503"]).status, 503);
    let answer = faulty(&["redirect=https://evil.example/"]);
    assert_eq!(
        (answer.status, answer.location.as_deref()),
        (302, Some("https://evil.example/"))
    );
    for (fault, start) in [
        ("error=422", "error=422&errormsg="),
        ("error=500/20006", "error=500&"),
        ("frozen", "error=500&"),
        ("unknown", "error=500&"),
        ("gone", "error=400&"),
    ] {
        assert!(text(&faulty(&[fault])).starts_with(start), "{fault}");
    }
    assert_eq!(
        text(&faulty(&["error=500/20006", "errormsg-missing"])),
        "error=500&errorcode=20006"
    );
}

#[test]
fn a_state_can_fall_back_by_one() {
    let e = emulator(Policy::default());
    let start = text(&post(&e, START));
    e.lock().faults = vec!["state:state-backwards".parse().unwrap()];
    let number = value(&start, "authsessionid").unwrap().parse().unwrap();
    let mut seen = String::new();
    for state in [7, 3, 1, 4] {
        let forced = crate::id_server::state::Action::Force(State::new(state).unwrap());
        e.lock().store.act(number, forced, 0, &Policy::default());
        seen += &value(
            &text(&post(&e, &handle(&start, "ReqGetAuthSessionState"))),
            "authsessionstate",
        )
        .unwrap();
    }
    assert_eq!(seen, "1714");
}

#[test]
fn a_request_that_is_dropped_before_leaves_no_session() {
    for (fault, sessions) in [
        ("drop-before", 0),
        ("reset", 0),
        ("drop-after", 1),
        ("reply-stalled", 1),
        ("frozen", 0),
    ] {
        let e = emulator(Policy::default());
        e.lock().faults = vec![format!("start:{fault}").parse().unwrap()];
        let answer = post(&e, START);
        assert_eq!(e.lock().store.len(), sessions, "{fault}");
        assert_eq!(answer.faults, [fault]);
        assert_eq!(answer.delivery == Delivery::Whole, fault == "frozen");
    }
}
