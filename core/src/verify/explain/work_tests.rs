//! No more is read than was paid for, whatever is tried.

use super::Search;
use crate::{
    facade::{WebhookHeader, WebhookKey},
    verify::webhook::{context::Request, plan::Plan},
};
use alloc::{vec, vec::Vec};

const WORK: u64 = 4 * 1024 * 1024;

/// The bytes read and hashed for the ideas about a request of a scheme that came through many proxies.
fn work(scheme: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> u64 {
    const OF_PROXIES: [(&str, &str); 9] = [
        ("Forwarded", "host=d.example"),
        ("X-Forwarded-Host", "a.example"),
        ("X-Original-Host", "b.example"),
        ("Host", "c.example"),
        ("X-Forwarded-Port", "8080"),
        ("X-Original-URI", "/a"),
        ("X-Original-URL", "/b"),
        ("X-Forwarded-Uri", "/c"),
        ("X-Rewrite-URL", "/d"),
    ];
    let headers: Vec<_> = headers
        .iter()
        .chain(&OF_PROXIES)
        .map(|(name, value)| WebhookHeader {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let plan = Plan::of_table(scheme).expect("a scheme of the table");
    let keys = vec![WebhookKey::new("main", "another secret")];
    let request = Request {
        method: Some("POST"),
        url: Some(url),
        query: None,
        headers: &headers,
        body,
    };
    let mut search = Search::new(&plan, &keys, request, 1_700_000_000_000, (0, 0));
    search.work.set(WORK);
    search.try_ideas(true);
    search.done.get()
}

#[test]
fn nothing_is_read_that_was_not_paid_for() {
    let signature = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let bird = [
        ("messagebird-signature", signature),
        ("messagebird-request-timestamp", "1700000000"),
    ];
    let github = [(
        "X-Hub-Signature-256",
        "sha256=0000000000000000000000000000000000000000000000000000000000000000",
    )];
    for length in [1_000, 100_000, 1_000_000, 3_000_000, 5_000_000] {
        let body = vec![b'a'; length];
        for (scheme, headers) in [("bird", &bird[..]), ("github", &github)] {
            for url in [
                "https://shop.example:8443/hook?a=1&b='2'",
                "/hook é%2f?a=%c3&b",
            ] {
                let done = work(scheme, url, headers, &body);
                assert!(done <= WORK, "{scheme}: {done} for {length}");
                assert!(done > 0 || length as u64 > WORK, "{scheme}: {length}");
            }
        }
    }
}
