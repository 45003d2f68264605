use super::*;
use crate::facade::login::SessionParts;
use alloc::vec;

const NOW: i64 = 1_700_000_000_000;

fn session() -> AuthSession {
    AuthSession::new(&SessionParts {
        secsign_id: "alice",
        auth_session_id: "-42",
        request_id: "0123456789abcdef",
        service_name: "Shop",
        service_address: "https://shop.example",
        server: "https://id.example",
        created_at_ms: NOW,
    })
}

fn key(id: &str, fill: u8) -> SealKey {
    SealKey {
        id: String::from(id),
        secret: Secret::new(vec![fill; 32]),
        not_before_ms: None,
        not_after_ms: None,
    }
}

fn sealer(keys: Vec<SealKey>) -> Sealer {
    Sealer::new(keys, "Shop", "https://shop.example").unwrap()
}

fn open(sealer: &Sealer, token: &str, binding: &[u8], now: i64) -> Option<ErrorCode> {
    sealer
        .open(token, binding, now)
        .err()
        .map(|error| error.code())
}

#[test]
fn a_token_opens_for_its_visitor_until_its_last_millisecond() {
    let sealer = sealer(vec![key("k", 1)]);
    let token = sealer.seal(&session(), b"visitor", NOW, &[7; 24]).unwrap();
    let opened = sealer.open(&token, b"visitor", NOW).unwrap();
    assert_eq!(*opened.to_bytes(), *session().to_bytes());
    assert_eq!(
        open(&sealer, &token, b"visitor", NOW + AUTH_SESSION_USABLE_MS),
        None
    );
    let late = NOW + AUTH_SESSION_USABLE_MS + 1;
    assert_eq!(
        open(&sealer, &token, b"visitor", late),
        Some(ErrorCode::HandleExpired)
    );
    assert_eq!(
        open(&sealer, &token, b"another", late),
        Some(ErrorCode::UnknownHandle)
    );
}

#[test]
fn every_other_context_key_and_bit_is_unknown() {
    let ours = sealer(vec![key("k", 1)]);
    let token = ours.seal(&session(), b"visitor", NOW, &[7; 24]).unwrap();
    let unknown = Some(ErrorCode::UnknownHandle);
    assert_eq!(
        open(&sealer(vec![key("k", 2)]), &token, b"visitor", NOW),
        unknown
    );
    assert_eq!(
        open(&sealer(vec![key("l", 1)]), &token, b"visitor", NOW),
        unknown
    );
    let elsewhere = Sealer::new(vec![key("k", 1)], "Shop", "https://evil.example").unwrap();
    assert_eq!(open(&elsewhere, &token, b"visitor", NOW), unknown);
    let shifted = Sealer::new(vec![key("k", 1)], "Shoph", "ttps://shop.example").unwrap();
    assert_eq!(open(&shifted, &token, b"visitor", NOW), unknown);
    for at in 0..token.len() {
        let mut text = token.clone().into_bytes();
        text[at] = if text[at] == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(text).unwrap();
        assert_eq!(open(&ours, &text, b"visitor", NOW), unknown, "{at}");
        assert_eq!(open(&ours, &token[..at], b"visitor", NOW), unknown, "{at}");
    }
}

#[test]
fn keys_rotate() {
    let old = sealer(vec![key("old", 1)]);
    let both = sealer(vec![key("new", 2), key("old", 1)]);
    let token = old.seal(&session(), b"visitor", NOW, &[7; 24]).unwrap();
    assert_eq!(open(&both, &token, b"visitor", NOW), None);
    let token = both.seal(&session(), b"visitor", NOW, &[8; 24]).unwrap();
    assert_eq!(
        open(&old, &token, b"visitor", NOW),
        Some(ErrorCode::UnknownHandle)
    );
}

#[test]
fn what_cannot_be_sealed() {
    let ours = sealer(vec![key("k", 1)]);
    let code = |sealer: &Sealer, binding: &[u8], now, entropy: &[u8]| {
        sealer
            .seal(&session(), binding, now, entropy)
            .unwrap_err()
            .code()
    };
    assert_eq!(
        code(&ours, b"visitor", NOW, &[7; 23]),
        ErrorCode::InvalidInput
    );
    assert_eq!(
        code(&ours, b"visitor", NOW, &[7; 25]),
        ErrorCode::InvalidInput
    );
    assert_eq!(code(&ours, b"", NOW, &[7; 24]), ErrorCode::InvalidInput);
    let elsewhere = Sealer::new(vec![key("k", 1)], "Shop", "https://evil.example").unwrap();
    assert_eq!(
        code(&elsewhere, b"visitor", NOW, &[7; 24]),
        ErrorCode::InvalidInput
    );
    let late = NOW + AUTH_SESSION_USABLE_MS + 1;
    assert_eq!(
        code(&ours, b"visitor", late, &[7; 24]),
        ErrorCode::HandleExpired
    );
    let mut short = key("k", 1);
    short.secret = Secret::new(vec![1; 31]);
    let error = Sealer::new(vec![short], "Shop", "https://shop.example").unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidSecret);
}
