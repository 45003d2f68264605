//! No key stays in memory that was given back: every block is searched for it when it is freed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64ct::{Base64, Encoding as _};
use countermark::facade::{KeyEncoding, WebhookKey, WebhookRequest, WebhookSigner};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// What no key of these tests has twice, so that the tables of an algorithm are not taken for it.
const KEY: [u8; 32] = *b"k3y-th4t-n0b0dy-m4y-f1nd-4g41n..";

thread_local! {
    static SEARCHES: Cell<bool> = const { Cell::new(false) };
    static FOUND: Cell<u32> = const { Cell::new(0) };
}

/// Searches what a thread frees.
struct Searching;

// SAFETY: every call is handed on to the system's allocator. The memory is zeroed, so all of it may be read until it is freed.
unsafe impl GlobalAlloc for Searching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's contract is the system's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if SEARCHES.try_with(Cell::get) == Ok(true) {
            // SAFETY: the caller owns these bytes until the call below.
            let freed = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
            if freed.windows(16).any(|bytes| bytes == &KEY[..16]) {
                FOUND.with(|found| found.set(found.get() + 1));
            }
        }
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Searching = Searching;

/// How many blocks with the key are freed while a signer of it is made, used and dropped.
fn freed(scheme: &str, secret: &str, encoding: KeyEncoding) -> (u32, bool) {
    let mut key = WebhookKey::new("k1", secret);
    key.encoding = Some(encoding);
    let request = WebhookRequest {
        url: Some("https://img.example/plain/x"),
        query: Some("a=b"),
        ..WebhookRequest::default()
    };
    FOUND.set(0);
    SEARCHES.set(true);
    let signer = WebhookSigner::new(scheme, vec![key]);
    let signed =
        signer.and_then(|signer| signer.sign(&request, b"{}", Some("msg_1"), 1_700_000_000_000));
    SEARCHES.set(false);
    (FOUND.get(), signed.is_ok())
}

#[test]
fn the_search_finds_a_key() {
    SEARCHES.set(true);
    drop(KEY.to_vec());
    SEARCHES.set(false);
    assert_eq!(FOUND.get(), 1);
}

#[test]
fn no_freed_block_holds_a_key() {
    let (base64, hex) = (
        Base64::encode_string(&KEY),
        base16ct::lower::encode_string(&KEY),
    );
    for (scheme, secret, encoding) in [
        (
            "standard-webhooks",
            format!("whsk_{base64}"),
            KeyEncoding::Whsk,
        ),
        (
            "standard-webhooks",
            format!("whsec_{base64}"),
            KeyEncoding::Whsec,
        ),
        ("discord", hex.clone(), KeyEncoding::Ed25519SeedHex),
        (
            "telegram-webapp-ed25519",
            format!("1:{hex}"),
            KeyEncoding::BotIdEd25519SeedHex,
        ),
        ("adyen-header", hex.clone(), KeyEncoding::Hex),
        (
            "imgproxy",
            format!("{hex}:0011"),
            KeyEncoding::HexKeyHexSalt,
        ),
        (
            "imgproxy",
            format!("0011:{hex}"),
            KeyEncoding::HexKeyHexSalt,
        ),
        (
            "github",
            String::from_utf8(KEY.to_vec()).unwrap(),
            KeyEncoding::Utf8,
        ),
    ] {
        assert_eq!(
            freed(scheme, &secret, encoding),
            (0, true),
            "{scheme} {encoding:?}"
        );
    }
    // Nor does one that is refused.
    let short = Base64::encode_string(&KEY[..31]);
    for (scheme, secret, encoding) in [
        (
            "standard-webhooks",
            format!("whsk_{short}"),
            KeyEncoding::Whsk,
        ),
        (
            "standard-webhooks",
            format!("whpk_{short}"),
            KeyEncoding::Whpk,
        ),
        ("github", hex, KeyEncoding::Whsk),
    ] {
        assert_eq!(
            freed(scheme, &secret, encoding),
            (0, false),
            "{scheme} {encoding:?}"
        );
    }
}
