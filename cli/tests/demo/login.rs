//! A login without a browser, and every way to get one that is not yours.

use crate::running::{Demo, Visitor};
use serde_json::json;

/// Starts a login and gives the visitor who waits for the phone.
fn waiting<'a>(demo: &'a Demo, id: &str) -> Visitor<'a> {
    let mut visitor = Visitor::new(demo);
    let reply = visitor.post("/login", &format!("secsignid={id}"));
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/login/wait"),
        "{}",
        reply.body
    );
    assert_eq!(visitor.get("/login/wait").status, 200);
    visitor
}

fn is_signed_in(visitor: &mut Visitor<'_>) -> bool {
    visitor.get("/members").status == 200
}

#[test]
fn an_approval_signs_in_once_under_a_new_name() {
    let demo = Demo::start(&[]);
    let mut visitor = waiting(&demo, " Alice ");
    let before = visitor.cookie("countermark_visitor").unwrap().to_owned();
    let handle = visitor.cookie("countermark_login").unwrap().to_owned();
    let csrf = visitor.csrf.clone();

    let reply = visitor.post("/login/check", "");
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/login/wait")
    );
    assert!(!is_signed_in(&mut visitor), "nobody has confirmed");

    // At once: the answer of a moment ago, that nobody has confirmed, must not be given again.
    demo.act("alice", "approve");
    let reply = visitor.post("/login/check", "");
    assert_eq!((reply.status, reply.header("location")), (303, "/members"));
    assert!(visitor.get("/members").body.contains("Welcome, alice"));
    assert_ne!(visitor.cookie("countermark_visitor"), Some(before.as_str()));
    assert_eq!(visitor.cookie("countermark_login"), None);

    // A second click, with everything that the browser had: it is told the same, and makes no second session.
    let mut again = Visitor::new(&demo);
    again.set_cookie("countermark_visitor", &before);
    again.set_cookie("countermark_login", &handle);
    again.csrf = csrf;
    let reply = again.post("/login/check", "");
    assert_eq!((reply.status, reply.header("location")), (303, "/members"));
    assert_eq!(
        again.cookie("countermark_visitor"),
        visitor.cookie("countermark_visitor")
    );
}

#[test]
fn a_handle_of_another_visitor_is_unknown() {
    let demo = Demo::start(&[]);
    let victim = waiting(&demo, "victoria");
    demo.act("victoria", "approve");
    let mut thief = waiting(&demo, "mallory");
    thief.set_cookie(
        "countermark_login",
        victim.cookie("countermark_login").unwrap(),
    );
    for path in ["/login/check", "/login/cancel"] {
        let reply = thief.post_for_json(path, "");
        assert_eq!(reply.status, 404, "{path}");
        assert!(
            reply.body.contains(r#""code":"UNKNOWN_HANDLE""#),
            "{}",
            reply.body
        );
    }
    assert_eq!(thief.get("/login/events").status, 404);
    assert!(!is_signed_in(&mut thief));
    assert_eq!(
        demo.sessions("victoria")[0]["state_name"],
        "AUTHENTICATED",
        "the thief must not cancel it either"
    );
}

#[test]
fn a_page_whose_login_was_replaced_is_not_told_of_the_other_one() {
    let demo = Demo::start(&[]);
    let mut visitor = waiting(&demo, "alice");
    let old = visitor.tag();
    assert_eq!(visitor.get("/").status, 200);
    visitor.post("/login", "secsignid=alice");
    let tag = visitor.tag();
    assert_ne!(tag, old);
    demo.act("alice", "deny");
    std::thread::sleep(std::time::Duration::from_millis(600));
    for query in [format!("?{old}"), "?".to_owned(), String::new()] {
        let told = visitor.get(&format!("/login/events{query}")).body;
        assert!(told.contains("event: replaced"), "{told}");
        assert!(!told.contains("denied"), "{told}");
    }
    let told = visitor.get(&format!("/login/events?{tag}")).body;
    assert!(told.contains("\"state\":\"denied\""), "{told}");
}

#[test]
fn the_parts_of_a_session_are_no_handle() {
    let demo = Demo::start(&[]);
    let _victim = waiting(&demo, "victoria");
    demo.act("victoria", "approve");
    let session = &demo.sessions("victoria")[0];
    let triple = format!(
        "secsignid=victoria&authsessionid={}&requestid={}",
        session["authsessionid"].as_str().unwrap(),
        session["requestid"].as_str().unwrap()
    );
    let mut thief = Visitor::new(&demo);
    assert_eq!(thief.post("/login/check", &triple).status, 404);
    thief.set_cookie("countermark_login", session["requestid"].as_str().unwrap());
    assert_eq!(thief.post("/login/check", &triple).status, 404);
    assert!(!is_signed_in(&mut thief));
}

#[test]
fn a_planted_visitor_cookie_is_not_adopted() {
    let demo = Demo::start(&[]);
    let mut visitor = Visitor::new(&demo);
    let planted = "0".repeat(64);
    visitor.set_cookie("countermark_visitor", &planted);
    visitor.get("/");
    assert_ne!(
        visitor.cookie("countermark_visitor"),
        Some(planted.as_str())
    );
}

#[test]
fn another_identity_than_the_one_asked_for_signs_nobody_in() {
    let demo = Demo::start(&[]);
    let mut visitor = waiting(&demo, "alice");
    demo.act("alice", "approve");
    demo.control(
        "POST",
        "/faults",
        &json!([{"request": "state", "fault": "secsignid", "value": "mallory"}]),
    );
    let reply = visitor.post("/login/check", "");
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/login/ended")
    );
    assert!(visitor.get("/login/ended").body.contains("Login failed"));
    assert!(!is_signed_in(&mut visitor));
}

#[test]
fn cancel_reaches_the_phone_and_an_approval_that_comes_later_is_worth_nothing() {
    let demo = Demo::start(&[]);
    let mut visitor = waiting(&demo, "alice");
    assert_eq!(
        visitor.post("/login/cancel", "").header("location"),
        "/login/ended"
    );
    assert_eq!(demo.sessions("alice")[0]["state_name"], "CANCELED");
    assert_eq!(visitor.post("/login/check", "").status, 404);
    assert!(!is_signed_in(&mut visitor));
}

#[test]
fn the_phone_shows_what_is_configured_whatever_the_request_says() {
    let demo = Demo::start(&[
        "--service-name",
        "Smith & Sons",
        "--public-url",
        "https://login.example",
    ]);
    let mut visitor = Visitor::new(&demo);
    let cookie = visitor.cookie("countermark_visitor").unwrap();
    let body = format!(
        "csrf={}&secsignid=alice&servicename=Bank&serviceaddress=https%3A%2F%2Fbank.example&request=ReqCancelAuthSession",
        visitor.csrf
    );
    let reply = demo.raw(&format!(
        "POST /login?servicename=Bank HTTP/1.1\r\nHost: evil&secsignid=admin\r\nX-Forwarded-Host: bank.example\r\n\
         Cookie: countermark_visitor={cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/login/wait")
    );
    let session = &demo.sessions("alice")[0];
    assert_eq!(session["servicename"], "Smith & Sons");
    assert_eq!(session["serviceaddress"], "https://login.example");
    assert!(
        reply
            .headers("set-cookie")
            .iter()
            .all(|cookie| cookie.contains("; Secure"))
    );
    assert!(visitor.get("/").body.contains("Smith &#38; Sons"));
}

#[test]
fn what_is_no_secsign_id_is_refused_here_and_shown_escaped() {
    let demo = Demo::start(&[]);
    let mut visitor = Visitor::new(&demo);
    for typed in [
        "",
        "+++",
        "a+b",
        "a%26b",
        "al%0Aice",
        "%D0%B0lice",
        "%E2%84%AAevin",
        "a%00",
        "%27+OR+1%3D1+--",
    ] {
        let reply = visitor.post_for_json("/login", &format!("secsignid={typed}"));
        assert_eq!(reply.status, 400, "{typed}");
        assert!(
            reply.body.contains(r#""code":"INVALID_SECSIGN_ID""#),
            "{}",
            reply.body
        );
    }
    let reply = visitor.post(
        "/login",
        "secsignid=%3Cimg+src%3Dx+onerror%3D%22a%28%29%22%3E%24%26",
    );
    assert_eq!(reply.status, 400);
    assert!(!reply.body.contains("<img"), "{}", reply.body);
    assert!(
        reply
            .body
            .contains("value=\"&#60;img src=x onerror=&#34;a()&#34;&#62;$&#38;\""),
        "{}",
        reply.body
    );
    assert_eq!(visitor.post("/login", "x=y").status, 400, "none at all");
    assert_eq!(
        visitor
            .post("/login", "secsignid=alice&secsignid=bob")
            .status,
        400,
        "two values are none"
    );
    assert!(
        demo.control("GET", "/transcript", &serde_json::Value::Null)
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_access_pass_comes_from_the_server_whatever_is_posted() {
    let demo = Demo::start(&[]);
    let mut visitor = waiting(&demo, "alice");
    let shown = |page: &str| {
        page.split_once("src=\"data:")
            .unwrap()
            .1
            .split_once('"')
            .unwrap()
            .0
            .to_owned()
    };
    let before = shown(&visitor.get("/login/wait").body);
    let reply = visitor.post(
        "/login/check",
        "authsessionicondata=AAAA&secsignid=bob&servicename=Bank",
    );
    assert_eq!(reply.header("location"), "/login/wait");
    let page = visitor.get("/login/wait").body;
    assert_eq!(shown(&page), before);
    assert!(page.contains("<strong>alice</strong>") && !page.contains("Bank"));
}

#[test]
fn a_second_visitor_for_the_same_id_is_told_to_wait_and_nothing_is_sent() {
    let demo = Demo::start(&[]);
    let _first = waiting(&demo, "alice");
    let mut second = Visitor::new(&demo);
    let reply = second.post_for_json("/login", "secsignid=ALICE");
    assert_eq!(reply.status, 429);
    assert!(reply.body.contains(r#""code":"BUSY""#), "{}", reply.body);
    assert_eq!(demo.sessions("alice").len(), 1);
}

#[test]
fn starts_are_counted_by_address_whatever_the_cookie() {
    let demo = Demo::start(&["--starts-per-minute", "2"]);
    let codes: Vec<_> = ["ann", "ben", "cem"]
        .map(|id| {
            Visitor::new(&demo)
                .post_for_json("/login", &format!("secsignid={id}"))
                .status
        })
        .into();
    assert_eq!(codes, [303, 303, 429]);
}

/// The visitor reads the same few words whatever went wrong behind the site.
#[test]
fn faults_of_the_id_server_are_generic_texts() {
    for (fault, status) in [
        (json!({"fault": "drop-before"}), 502),
        (json!({"fault": "html-502"}), 502),
        (json!({"fault": "html-200"}), 502),
        (json!({"fault": "error", "value": "500/99999"}), 502),
        (json!({"fault": "unknown"}), 401),
        (
            json!({"fault": "icon", "value": "\"><script>alert(1)</script>"}),
            502,
        ),
        (json!({"fault": "secsignid", "value": "mallory"}), 401),
    ] {
        let demo = Demo::start(&[]);
        demo.control("POST", "/faults", &json!([fault]));
        let mut visitor = Visitor::new(&demo);
        let reply = visitor.post("/login", "secsignid=alice");
        assert_eq!(reply.status, status, "{fault}");
        for secret in [
            "script>a",
            "error:",
            "Error",
            ".rs",
            "countermark::",
            "panicked",
            "mallory",
            "Protocol",
            "hyper",
        ] {
            assert!(!reply.body.contains(secret), "{secret} in {}", reply.body);
        }
        assert_eq!(
            visitor.get("/login/wait").status,
            303,
            "nothing is under way"
        );
    }
}

/// Who types an ID learns that he gets no login for it, and not whether it exists.
#[test]
fn an_id_that_is_unknown_and_one_that_is_frozen_are_answered_alike() {
    let demo = Demo::start(&[]);
    demo.control("PATCH", "/policy", &json!({"any_id": false}));
    demo.control("PUT", "/ids/bob", &json!({"frozen": true}));
    let answers = ["bob", "mallory"].map(|id| {
        let page = Visitor::new(&demo).post("/login", &format!("secsignid={id}"));
        let text = page.body.split("role=\"alert\"").nth(1);
        let text = text.and_then(|rest| rest.split('<').next());
        let asked = format!("secsignid={id}");
        let json = Visitor::new(&demo).post_for_json("/login", &asked);
        (page.status, text.map(str::to_owned), json.status, json.body)
    });
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].1.is_some() && answers[0].0 == 401);
}

#[test]
fn programs_get_refusals_as_json() {
    let demo = Demo::start(&[]);
    demo.control("POST", "/faults", &json!([{"fault": "drop-before"}]));
    let reply = Visitor::new(&demo).post_for_json("/login", "secsignid=alice");
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (502, "application/json")
    );
    let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    assert!(
        body["error"]["code"].is_string() && body["error"]["message"].is_string(),
        "{body}"
    );
}
