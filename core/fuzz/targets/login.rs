//! The step machine of a login, with random answers of servers and stores at random times: never a panic, never two starts that may
//! both have arrived, never an approval without state 3, the right identity and a use of the session.

#![no_main]

use arbitrary::Arbitrary;
use countermark::{
    ErrorCode,
    facade::{FailureKind, FailurePhase, Login, LoginConfig, LoginService, Outcome, Step},
};

#[derive(Arbitrary, Debug)]
enum Event<'a> {
    Response(u16, &'a [u8]),
    /// A reply to the question for the state, well made: session, ID, state.
    State(bool, bool, u8),
    Started,
    Failure(u8, bool),
    Store(u8),
    Abort,
    Nothing,
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    task: u8,
    has_fallback: bool,
    deadline_ms: Option<u32>,
    events: Vec<(Event<'a>, i32)>,
}

const STARTED: &[u8] = b"authsessionid=-42&requestid=AB12&secsignid=alice&authsessionstate=1&servicename=S&serviceaddress=https://s.example/";

fn service(has_fallback: bool) -> LoginService {
    LoginService::new(LoginConfig {
        server: Some("https://id.example".into()),
        fallback: has_fallback.then(|| "https://id2.example".into()),
        service_name: "S".into(),
        service_address: "https://s.example/".into(),
        ..LoginConfig::default()
    })
    .unwrap()
}

/// The body of an event that is an answer.
fn body(event: &Event<'_>) -> Option<(u32, Vec<u8>)> {
    Some(match event {
        Event::Response(status, body) => (u32::from(*status), body.to_vec()),
        Event::State(session, id, state) => {
            let (session, id) = (
                if *session { "-42" } else { "-43" },
                if *id { "alice" } else { "mallory" },
            );
            (
                200,
                format!(
                    "authsessionid={session}&secsignid={id}&authsessionstate={}",
                    state % 10
                )
                .into_bytes(),
            )
        }
        Event::Started => (200, STARTED.to_vec()),
        _ => return None,
    })
}

fn feed(login: &mut Login, event: &Event<'_>, now_ms: i64) {
    if let Some((status, body)) = body(event) {
        drop(login.on_response(status, &body, now_ms));
    }
    match event {
        Event::Failure(kind, arrived) => {
            let kind = [
                FailureKind::Timeout,
                FailureKind::Unreachable,
                FailureKind::Tls,
            ][usize::from(kind % 3)];
            let phase = if *arrived {
                FailurePhase::MaybeSent
            } else {
                FailurePhase::NotSent
            };
            drop(login.on_transport_error(kind, phase, now_ms));
        }
        Event::Store(answer) => {
            let refusal = [
                None,
                None,
                Some(ErrorCode::Replayed),
                Some(ErrorCode::StoreUnavailable),
            ][usize::from(answer % 4)];
            drop(login.on_store(refusal, now_ms));
        }
        Event::Abort => login.abort(now_ms),
        _ => {}
    }
}

/// Whether a body approves session -42 of alice, judged without the library's reader.
fn is_approval(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let has = |field: &str| {
        text.trim_end()
            .split('&')
            .any(|part| part.eq_ignore_ascii_case(field))
    };
    has("authsessionstate=3") && has("secsignid=alice") && has("authsessionid=-42")
}

fn begin(input: &Input<'_>) {
    let mut login = Login::begin(&service(input.has_fallback), "alice", 0).unwrap();
    let (mut taken, mut may_have_arrived, mut starts) = (false, false, Vec::new());
    let mut now_ms = 0_i64;
    for (event, later_ms) in &input.events {
        now_ms = now_ms.saturating_add(i64::from(*later_ms));
        let step = login.poll(now_ms);
        assert_eq!(login.poll(now_ms), step, "the same answer until fed");
        match &step {
            Step::Reserve { .. } => {
                taken |= matches!(event, Event::Store(answer) if answer % 4 < 2)
            }
            Step::Release { .. } => assert!(taken, "only what was taken is freed"),
            Step::Send(request) => {
                assert!(taken, "sent before the ID was taken");
                assert!(!may_have_arrived, "a second start");
                if starts.last() != Some(&request.url) {
                    starts.push(request.url.clone());
                }
                may_have_arrived |=
                    body(event).is_some() || matches!(event, Event::Failure(_, true));
            }
            Step::Wait { .. } | Step::Done => {}
        }
        feed(&mut login, event, now_ms);
        if let Ok(challenge) = login.challenge() {
            assert_eq!(challenge.session.secsign_id(), "alice");
        }
        if let Ok(outcome) = login.outcome() {
            assert_eq!(outcome.kind(), Outcome::Pending, "a start approves nothing");
        }
    }
    assert!(starts.len() <= 2);
}

fn go_on(input: &Input<'_>) {
    let service = service(input.has_fallback);
    let mut begun = Login::begin(&service, "alice", 0).unwrap();
    begun.on_store(None, 0).unwrap();
    begun.on_response(200, STARTED, 0).unwrap();
    let session = begun.challenge().unwrap().session;
    let mut login = match input.task % 5 {
        1 => Login::check(&service, &session, 0),
        2 => Login::wait(&service, &session, input.deadline_ms.map(i64::from), 0),
        3 => Login::cancel(&service, &session, 0),
        _ => Login::release(&service, &session, 0),
    }
    .unwrap();
    let may_approve = matches!(input.task % 5, 1 | 2);
    let (mut approved, mut used, mut now_ms) = (false, false, 0_i64);
    for (event, later_ms) in &input.events {
        now_ms = now_ms.saturating_add(i64::from(*later_ms));
        let step = login.poll(now_ms);
        assert_eq!(login.poll(now_ms), step, "the same answer until fed");
        if let (Step::Send(_), Some((200, body))) = (&step, body(event)) {
            approved |= may_approve && is_approval(&body);
        }
        used |= matches!((&step, event), (Step::Reserve { .. }, Event::Store(answer)) if answer % 4 < 2);
        feed(&mut login, event, now_ms);
        if let Ok(outcome) = login.outcome() {
            let is_approved = outcome.kind() == Outcome::Approved;
            assert!(
                !is_approved || (approved && used),
                "an approval that nobody gave, or that was not used"
            );
            assert_eq!(outcome.secsign_id(), is_approved.then_some("alice"));
        }
    }
}

libfuzzer_sys::fuzz_target!(|input: Input<'_>| {
    if input.task % 5 == 0 {
        begin(&input);
    } else {
        go_on(&input);
    }
});
