//! Sealed sessions: a token opens as what was sealed, and changed anywhere it does not.

#![no_main]

use countermark::{
    Secret,
    facade::{Login, LoginConfig, LoginService, SealKey, Sealer},
};

const NOW_MS: i64 = 1_700_000_000_000;

fn sealer() -> Sealer {
    let key = SealKey {
        id: "k1".into(),
        secret: Secret::from([7; 32].as_slice()),
        not_before_ms: None,
        not_after_ms: None,
    };
    Sealer::new(vec![key], "S", "https://s.example/").unwrap()
}

libfuzzer_sys::fuzz_target!(|input: (&str, u16, u8, &[u8], &[u8])| {
    let (text, at, change, binding, reply) = input;
    let sealer = sealer();
    // Nobody who lacks the key makes a token that opens.
    assert!(sealer.open(text, b"visitor", NOW_MS).is_err());

    let service = LoginService::new(LoginConfig {
        server: Some("https://id.example".into()),
        service_name: "S".into(),
        service_address: "https://s.example/".into(),
        ..LoginConfig::default()
    })
    .unwrap();
    let mut login = Login::begin(&service, "alice", NOW_MS).unwrap();
    login.on_store(None, NOW_MS).unwrap();
    // Numbers of any length that a server could give, and then whatever else: a reply without them opens no session.
    let digits = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| char::from(b'0' + byte % 10))
            .collect::<String>()
    };
    let (session, request) = reply.split_at(reply.len().min(usize::from(at % 24)));
    let body = format!(
        "secsignid=alice&authsessionstate=1&servicename=S&serviceaddress=https://s.example/&authsessionid={}&requestid={}",
        digits(session),
        digits(request),
    );
    login.on_response(200, body.as_bytes(), NOW_MS).unwrap();
    let Ok(challenge) = login.challenge() else {
        return;
    };
    let Ok(token) = sealer.seal(&challenge.session, binding, NOW_MS, &[9; 24]) else {
        return;
    };
    let opened = sealer.open(&token, binding, NOW_MS).unwrap();
    assert_eq!(opened.secsign_id(), "alice");
    assert_eq!(
        opened.auth_session_id(),
        challenge.session.auth_session_id()
    );

    let mut changed = token.clone().into_bytes();
    let at = usize::from(at) % changed.len();
    changed[at] = change;
    if let (Ok(changed), true) = (
        String::from_utf8(changed.clone()),
        changed != token.as_bytes(),
    ) {
        assert!(
            sealer.open(&changed, binding, NOW_MS).is_err(),
            "{token} {changed}"
        );
    }
});
