//! Whatever bytes a server sends, and whenever: no panic, no approval without its proof, no second start by guesswork.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use countermark::{
    ErrorCode,
    facade::{
        AccessPass, AppLink, FailureKind, FailurePhase, Login, LoginConfig, LoginService, Outcome,
        RequestKind, Step, normalize_secsign_id, parse_reply, safe_return_url,
    },
};
use proptest::{collection::vec, prelude::*, sample::select};

const GOOD_START: &str =
    "authsessionid=-42&requestid=AB12&secsignid=alice&authsessionstate=1&servicename=Smith & Sons";

/// A PNG of one pixel.
const TINY_PNG: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x0dIDATx\x9cc`dbf\x01\x00\x00\x19\x00\x0b\xe7ZF\xa4\x00\x00\x00\x00IEND\xaeB`\x82";

fn service() -> LoginService {
    LoginService::new(LoginConfig {
        server: Some("https://id.example.com".into()),
        fallback: Some("https://id2.example.com".into()),
        service_name: "Smith & Sons".into(),
        service_address: "https://www.example.com/".into(),
        ..LoginConfig::default()
    })
    .unwrap()
}

/// Pieces of replies, right and wrong ones, so that random bodies come near to real ones.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    const NAMES: &[&str] = &[
        "secsignid",
        "authsessionid",
        "requestid",
        "servicename",
        "serviceaddress",
        "authsessionstate",
        "authsessionicondata",
        "error",
        "errorcode",
        "errormsg",
        "AuthSessionState",
        "x",
        "",
    ];
    const VALUES: &[&str] = &[
        "alice",
        "mallory",
        "-42",
        "-43",
        "AB12",
        "Smith & Sons",
        "https://www.example.com/",
        "0",
        "1",
        "3",
        "7",
        "9",
        "03",
        "500",
        "400",
        "20000",
        "20006",
        "",
        "=",
        "iVBORw0KGgo=",
    ];
    let value = prop_oneof![select(VALUES).prop_map(String::from), ".{0,12}"];
    let field = (select(NAMES), value).prop_map(|(name, value)| format!("{name}={value}"));
    let answer = (
        select(vec!["-42", "-42", "-43"]),
        select(vec!["alice", "alice", "mallory"]),
        select(vec![1, 3, 3, 3, 4, 7, 9]),
    )
        .prop_map(|(session, id, state)| {
            format!("authsessionid={session}&secsignid={id}&authsessionstate={state}").into_bytes()
        });
    prop_oneof![
        3 => vec(field, 0..8).prop_map(|fields| fields.join("&").into_bytes()),
        1 => vec(any::<u8>(), 0..200),
        6 => answer,
        2 => Just(b"authsessionid=-42&secsignid=alice&authsessionstate=1".to_vec()),
        1 => Just(GOOD_START.as_bytes().to_vec()),
    ]
}

#[derive(Debug, Clone)]
enum Event {
    Response(u32, Vec<u8>),
    Failure(FailureKind, FailurePhase),
    Store(Option<ErrorCode>),
    Poll,
    Abort,
}

fn any_event() -> impl Strategy<Value = (Event, i64)> {
    let status =
        prop_oneof![6 => Just(200_u32), 1 => select(vec![302, 400, 500, 502, 0, u32::MAX])];
    let kind = select(vec![
        FailureKind::Timeout,
        FailureKind::Unreachable,
        FailureKind::Tls,
    ]);
    let phase = select(vec![FailurePhase::NotSent, FailurePhase::MaybeSent]);
    let refusal = select(vec![
        None,
        Some(ErrorCode::Replayed),
        Some(ErrorCode::StoreUnavailable),
    ]);
    let event = prop_oneof![
        8 => (status, any_body()).prop_map(|(status, body)| Event::Response(status, body)),
        3 => (kind, phase).prop_map(|(kind, phase)| Event::Failure(kind, phase)),
        4 => refusal.prop_map(Event::Store),
        2 => Just(Event::Poll),
        1 => Just(Event::Abort),
    ];
    let time = prop_oneof![9 => 0_i64..300_000, 1 => any::<i64>(), 1 => select(vec![i64::MIN, i64::MAX, -1])];
    (event, time)
}

/// Whether a body is an approval of session -42 by alice, judged without the library's reader.
fn is_approval(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    let has = |field: &str| {
        text.trim_end()
            .split('&')
            .any(|part| part.eq_ignore_ascii_case(field))
    };
    has("authsessionstate=3") && has("secsignid=alice") && has("authsessionid=-42")
}

/// Feeding where nothing is open is refused, and changes nothing.
fn feed(login: &mut Login, event: &Event, now_ms: i64) {
    match event {
        Event::Response(status, body) => drop(login.on_response(*status, body, now_ms)),
        Event::Failure(kind, phase) => drop(login.on_transport_error(*kind, *phase, now_ms)),
        Event::Store(refusal) => drop(login.on_store(*refusal, now_ms)),
        Event::Poll => {}
        Event::Abort => login.abort(now_ms),
    }
}

proptest! {
    #[test]
    fn reading_a_reply_never_panics(body in any_body(), bytes in vec(any::<u8>(), 0..300)) {
        for kind in [RequestKind::Start, RequestKind::State, RequestKind::Cancel, RequestKind::Release] {
            let _ = parse_reply(kind, &body);
            let _ = parse_reply(kind, &bytes);
        }
    }

    #[test]
    fn normalising_twice_is_normalising_once(id in "[ \\tA-Za-z0-9_@.-]{0,40}|.{0,20}") {
        if let Ok(once) = normalize_secsign_id(&id) {
            prop_assert!(once.is_ascii());
            prop_assert_eq!(normalize_secsign_id(&once), Ok(once));
        }
    }

    #[test]
    fn checking_a_picture_never_panics(bytes in vec(any::<u8>(), 0..300)) {
        let _ = AccessPass::from_png(bytes.clone());
        let _ = AccessPass::from_png([b"\x89PNG\r\n\x1a\n".as_slice(), &bytes].concat());
    }

    /// The checksums cover all but the signature and the lengths, and those are checked otherwise.
    #[test]
    fn one_flipped_bit_of_a_picture_is_found(at in 0..TINY_PNG.len(), bit in 0_u8..8) {
        let mut png = TINY_PNG.to_vec();
        prop_assert!(AccessPass::from_png(png.clone()).is_ok());
        png[at] ^= 1 << bit;
        prop_assert!(AccessPass::from_png(png).is_err());
    }

    #[test]
    fn no_value_leaves_its_place_in_a_link(
        id in "[a-z&=]{1,9}",
        number in "-?[0-9&=]{1,9}",
        url in "https://h/.{0,20}|.{0,20}",
        server in "[a-z.:0-9&=]{1,12}",
    ) {
        if let Ok(link) = AppLink::new(None, &server).and_then(|app| app.authenticate(&id, &number, &url)) {
            let query = link.strip_prefix("com.secsign.secsignid://authenticate?").unwrap();
            let names: Vec<_> = query.split('&').filter_map(|part| part.split('=').next()).collect();
            prop_assert_eq!(names, ["secsignid", "authsessionid", "returnurl", "idserverurl"]);
            prop_assert!(query.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%=&".contains(&b)));
        }
    }

    #[test]
    fn a_return_url_never_leaves_the_site(
        candidate in "[/\\\\.@:a-z?# \\t]{0,12}|https?://(site.example)?[a-z.@:/\\\\]{0,20}|.{0,12}",
    ) {
        let url = safe_return_url("https://site.example", &candidate, "/start").unwrap().to_ascii_lowercase();
        let path = url.starts_with('/') && !url.starts_with("//") && !url.contains('\\');
        let on_site = ["https://site.example/", "https://site.example?", "https://site.example#"];
        prop_assert!(path || url == "https://site.example" || on_site.iter().any(|start| url.starts_with(start)), "{}", url);
    }

    #[test]
    fn a_start_goes_to_one_host_unless_nothing_was_sent(events in vec(any_event(), 0..12)) {
        let mut login = Login::begin(&service(), "alice", 0).unwrap();
        let (mut taken, mut may_have_arrived, mut hosts) = (false, false, Vec::new());
        for (event, now_ms) in events {
            let step = login.poll(now_ms);
            taken |= matches!((&step, &event), (Step::Reserve { .. }, Event::Store(None)));
            if matches!(step, Step::Release { .. }) {
                prop_assert!(taken, "only what was taken is freed");
            }
            if let Step::Send(request) = step {
                prop_assert!(taken, "sent before the ID was taken");
                if hosts.last() != Some(&request.url) {
                    prop_assert!(!may_have_arrived, "a second start");
                    hosts.push(request.url);
                }
                may_have_arrived |= !matches!(event, Event::Failure(_, FailurePhase::NotSent) | Event::Store(_) | Event::Poll);
            }
            feed(&mut login, &event, now_ms);
            if let Ok(challenge) = login.challenge() {
                prop_assert_eq!(challenge.session.secsign_id(), "alice");
            }
            if let Ok(outcome) = login.outcome() {
                prop_assert_eq!(outcome.kind(), Outcome::Pending);
            }
        }
        prop_assert!(hosts.len() <= 2);
    }

    #[test]
    fn nothing_but_an_approval_by_the_right_user_approves(
        events in vec(any_event(), 0..150),
        task in 0_u8..4,
        start_ms in -1000_i64..260_000,
    ) {
        let service = service();
        let mut begun = Login::begin(&service, "alice", 0).unwrap();
        begun.on_store(None, 0).unwrap();
        begun.on_response(200, GOOD_START.as_bytes(), 0).unwrap();
        let session = begun.challenge().unwrap().session;
        let mut login = match task {
            0 => Login::check(&service, &session, start_ms),
            1 => Login::wait(&service, &session, None, start_ms),
            2 => Login::cancel(&service, &session, start_ms),
            _ => Login::release(&service, &session, start_ms),
        }
        .unwrap();
        let (mut approved, mut used, mut answered) = (false, false, 0_u32);
        for (event, now_ms) in events {
            let step = login.poll(now_ms);
            prop_assert!(login.poll(now_ms) == step, "the same answer until fed");
            if let (Step::Send(_), Event::Response(status, body)) = (&step, &event) {
                answered += 1;
                approved |= *status == 200 && task < 2 && is_approval(body);
            }
            used |= matches!((&step, &event), (Step::Reserve { .. }, Event::Store(None)));
            feed(&mut login, &event, now_ms);
            if let Ok(outcome) = login.outcome() {
                prop_assert!(outcome.kind() != Outcome::Approved || (approved && used));
                prop_assert_eq!(outcome.secsign_id(), (outcome.kind() == Outcome::Approved).then_some("alice"));
            }
        }
        prop_assert!(answered <= 61, "60 questions, and the cancel of an abort");
    }
}
