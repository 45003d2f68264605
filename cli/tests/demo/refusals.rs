//! What the site does not do, and the headers of everything that it says.

use crate::running::{Demo, Visitor};
use std::{
    io::Write,
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

const FORMS: [&str; 5] = [
    "/login",
    "/login/check",
    "/login/cancel",
    "/logout",
    "/links",
];

#[test]
fn get_changes_nothing() {
    let demo = Demo::start(&[]);
    for path in [
        "/login",
        "/login/check",
        "/login/cancel",
        "/logout",
        "/login?login=1&secsignid=alice",
    ] {
        let reply = demo.get(path);
        assert_eq!(
            (reply.status, reply.header("allow")),
            (405, "POST"),
            "{path}"
        );
    }
    assert_eq!(demo.get("/?login=1&secsignid=alice").status, 200);
    assert!(demo.sessions("alice").is_empty());
}

#[test]
fn a_form_needs_the_token_of_its_own_visitor() {
    let demo = Demo::start(&[]);
    let other = Visitor::new(&demo).csrf;
    for path in FORMS {
        let mut visitor = Visitor::new(&demo);
        let own = visitor.csrf.clone();
        assert_eq!(
            visitor.post_raw(path, "secsignid=alice").status,
            403,
            "{path}: none"
        );
        assert_eq!(
            visitor
                .post_raw(path, &format!("csrf={other}&secsignid=alice"))
                .status,
            403,
            "{path}: foreign"
        );
        assert_eq!(
            visitor
                .post_raw(path, &format!("csrf={own}&csrf={own}&secsignid=alice"))
                .status,
            403,
            "{path}: two"
        );
        let cookie = visitor.cookie("countermark_visitor").unwrap().to_owned();
        visitor.set_cookie(
            "countermark_visitor",
            &format!("{cookie}; countermark_visitor={cookie}"),
        );
        assert_eq!(
            visitor
                .post_raw(path, &format!("csrf={own}&secsignid=alice"))
                .status,
            403,
            "{path}: two cookies"
        );
    }
    assert!(demo.sessions("alice").is_empty());
}

#[test]
fn the_members_page_believes_nothing_in_the_request() {
    let demo = Demo::start(&[]);
    let mut visitor = Visitor::new(&demo);
    for (path, headers) in [
        ("/members?secsignid=admin", ""),
        ("/members", "X-Forwarded-User: admin\r\n"),
        ("/members", "Authorization: Basic YWRtaW46YWRtaW4=\r\n"),
    ] {
        let reply = visitor.exchange("GET", path, headers, None);
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, "/"),
            "{path} {headers}"
        );
        assert!(!reply.body.contains("admin"));
    }
}

#[test]
fn no_path_leads_to_a_file() {
    let demo = Demo::start(&[]);
    for path in [
        "/../x",
        "/%2e%2e/x",
        "/..%5cx",
        "/assets/../../Cargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/../../../../../../../../etc/hostname",
        "/assets/site.css/",
        "/assets/site.css%00",
        "/assets/",
        "//evil.example/",
        "/nope/nope/x",
    ] {
        assert_eq!(demo.get(path).status, 404, "{path}");
    }
    assert_eq!(
        demo.get("/assets/site.css").header("content-type"),
        "text/css; charset=utf-8"
    );
    assert_eq!(
        demo.get("/assets/wait.js").header("content-type"),
        "text/javascript; charset=utf-8"
    );
}

#[test]
fn odd_requests_do_not_stop_it() {
    let demo = Demo::start(&[]);
    let mut visitor = Visitor::new(&demo);
    assert_eq!(visitor.post("/nope/", "a=b").status, 404);
    assert_eq!(visitor.post("/nope/nope/x", "a=b").status, 404);
    let huge = format!("secsignid={}", "a".repeat(2 << 20));
    assert_eq!(visitor.post("/login", &huge).status, 413);
    assert_eq!(visitor.post("/login", "%FF%FE=%00").status, 400);
    let reply = visitor.exchange(
        "POST",
        "/login",
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        None,
    );
    assert!((400..500).contains(&reply.status), "{}", reply.status);
    assert_eq!(
        visitor.exchange("PUT", "/login", "", Some("a=b")).status,
        405
    );
    assert_eq!(demo.get("/").status, 200);
}

#[test]
fn every_answer_carries_the_headers() {
    let demo = Demo::start(&[]);
    for (path, status) in [
        ("/", 200),
        ("/links", 200),
        ("/assets/wait.js", 200),
        ("/members", 303),
        ("/nope", 404),
        ("/login", 405),
    ] {
        let reply = demo.get(path);
        assert_eq!(reply.status, status, "{path}");
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(
            reply.headers("server").is_empty()
                && reply.headers("access-control-allow-origin").is_empty()
        );
    }
    let page = demo.get("/").body;
    assert!(
        !page.contains("style=") && !page.contains("<style") && !page.contains("onclick"),
        "inline code: {page}"
    );
}

#[cfg(unix)]
#[test]
fn signals_stop_it_cleanly_even_with_a_page_that_follows_a_login() {
    for signal in ["-TERM", "-INT"] {
        let mut demo = Demo::start(&[]);
        let mut stream = {
            let mut visitor = Visitor::new(&demo);
            visitor.post("/login", "secsignid=alice");
            let tag = visitor.tag();
            let cookies = ["countermark_visitor", "countermark_login"]
                .map(|name| format!("{name}={}", visitor.cookie(name).unwrap()));
            let mut stream = TcpStream::connect(&demo.site).unwrap();
            write!(
                stream,
                "GET /login/events?{tag} HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n",
                cookies.join("; ")
            )
            .unwrap();
            stream
        };
        let mut first = [0; 12];
        std::io::Read::read_exact(&mut stream, &mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        let pid = demo.child().id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let asked = Instant::now();
        let status = loop {
            if let Some(status) = demo.child().try_wait().unwrap() {
                break status;
            }
            assert!(
                asked.elapsed() < Duration::from_secs(60),
                "it does not stop"
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(status.code(), Some(0), "{signal}");
    }
}
