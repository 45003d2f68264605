//! Signed links at the address that they open.

use crate::{
    http::Reply,
    running::{Demo, Visitor},
};

const PROFILES: [&str; 2] = ["onelogin", "countermark-v1"];

/// The address of a link of the laboratory, as its card has it.
fn link(page: &Reply, profile: &str, id: &str) -> String {
    let card = page
        .body
        .split_once(&format!("id=\"{profile}-{id}\""))
        .expect("the card")
        .1;
    let href = card
        .split_once(&format!("href=\"/enter/{profile}?"))
        .expect("its link")
        .1;
    let query = href
        .split_once('"')
        .expect("its end")
        .0
        .replace("&#38;", "&");
    format!("/enter/{profile}?{query}")
}

fn laboratory(visitor: &mut Visitor<'_>) -> Reply {
    let reply = visitor.post("/links", "");
    assert_eq!((reply.status, reply.header("location")), (303, "/links"));
    visitor.get("/links")
}

#[test]
fn a_good_link_leads_to_a_clean_address_under_a_new_name_once() {
    for profile in PROFILES {
        let demo = Demo::start(&[]);
        let mut visitor = Visitor::new(&demo);
        let page = laboratory(&mut visitor);
        let before = visitor.cookie("countermark_visitor").unwrap().to_owned();
        let good = link(&page, profile, "good");
        let reply = visitor.get(&good);
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, "/members"),
            "{profile}"
        );
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(!reply.body.contains("Ann"));
        assert_ne!(visitor.cookie("countermark_visitor"), Some(before.as_str()));
        assert!(visitor.get("/members").body.contains("bigbob@corp.example"));
        assert_eq!(visitor.get(&good).status, 401, "{profile}: a second time");
        assert_eq!(
            Visitor::new(&demo).get(&good).status,
            401,
            "{profile}: by somebody else"
        );
        if let Some((path, signature)) = good.rsplit_once("&signature=") {
            let loud = format!("{path}&signature={}", signature.to_ascii_uppercase());
            assert_eq!(
                demo.get(&loud).status,
                401,
                "the signature in capitals is the same signature"
            );
        }
    }
}

#[test]
fn every_bad_link_gets_the_same_answer() {
    let demo = Demo::start(&[]);
    let page = laboratory(&mut Visitor::new(&demo));
    let mut bodies = Vec::new();
    for profile in PROFILES {
        for id in ["expired", "tampered", "shifted", "replayed"] {
            let mut visitor = Visitor::new(&demo);
            let reply = visitor.get(&link(&page, profile, id));
            assert_eq!(reply.status, 401, "{profile} {id}");
            assert_eq!(visitor.get("/members").status, 303, "{profile} {id}");
            bodies.push(reply.body);
        }
        for query in [
            "",
            "?",
            "?email=%FF",
            "?email=a&email=b",
            "?signature=%00",
            "?a=b;c",
        ] {
            bodies.push(demo.get(&format!("/enter/{profile}{query}")).body);
        }
        // A sound link of one profile is nothing at the door of the other.
        let other = PROFILES
            .into_iter()
            .find(|other| *other != profile)
            .unwrap();
        let foreign = link(&page, profile, "good")
            .replace(&format!("/enter/{profile}"), &format!("/enter/{other}"));
        bodies.push(demo.get(&foreign).body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "an oracle: {bodies:?}");
    assert!(bodies[0].contains("This link cannot sign you in"));
}

#[test]
fn a_link_scanner_uses_no_login_up() {
    let demo = Demo::start(&[]);
    let page = laboratory(&mut Visitor::new(&demo));
    for profile in PROFILES {
        let good = link(&page, profile, "good");
        for method in ["HEAD", "POST", "OPTIONS"] {
            let reply = demo.raw(&format!("{method} {good} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            assert_eq!(reply.status, 405, "{method} {profile}");
        }
        let ahead = format!(
            "GET {good} HTTP/1.1\r\nHost: x\r\nSec-Purpose: prefetch;prerender\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(demo.raw(&ahead).status, 503, "{profile}");
        assert_eq!(demo.get(&good).status, 303, "{profile}");
    }
}

#[test]
fn of_many_at_once_one_gets_in() {
    let demo = Demo::start(&[]);
    let page = laboratory(&mut Visitor::new(&demo));
    for profile in PROFILES {
        let good = link(&page, profile, "good");
        let mut statuses: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..30)
                .map(|_| scope.spawn(|| demo.get(&good).status))
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses[0], 303, "{profile}");
        assert!(
            statuses[1..].iter().all(|status| *status == 401),
            "{profile}: {statuses:?}"
        );
    }
}
