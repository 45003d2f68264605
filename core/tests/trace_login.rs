//! What a driver sees of the step machine, where a single request and answer does not show it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use countermark::{
    ErrorCode, Result,
    facade::{
        AuthSession, Challenge, FailureKind, FailurePhase, HttpRequest, Login, LoginConfig,
        LoginService, Outcome, Step,
    },
};

const T0: i64 = 1_700_000_000_000;
const REQUEST_ID: &str = "F2C5F138A1B2C3D4";

fn config() -> LoginConfig {
    LoginConfig {
        server: Some("https://id.example.com".into()),
        fallback: Some("https://id2.example.com".into()),
        service_name: "Example".into(),
        service_address: "https://www.example.com/".into(),
        ..LoginConfig::default()
    }
}

fn service() -> LoginService {
    LoginService::new(config()).unwrap()
}

fn start_reply(secsign_id: &str) -> String {
    format!(
        "authsessionid=-8337412603900330717&requestid={REQUEST_ID}&secsignid={secsign_id}&authsessionstate=1"
    )
}

fn state_reply(secsign_id: &str, state: u32) -> String {
    format!("authsessionid=-8337412603900330717&secsignid={secsign_id}&authsessionstate={state}")
}

/// A start whose ID is taken.
fn begin(service: &LoginService, secsign_id: &str, now_ms: i64) -> Result<Login> {
    let mut login = Login::begin(service, secsign_id, now_ms)?;
    login.on_store(None, now_ms)?;
    Ok(login)
}

/// Lets the store do what the login asks for, and gives what that was.
fn stored(login: &mut Login, now_ms: i64) -> Vec<Step> {
    let mut steps = Vec::new();
    loop {
        match login.poll(now_ms) {
            step @ (Step::Reserve { .. } | Step::Release { .. }) => steps.push(step),
            _ => return steps,
        }
        login.on_store(None, now_ms).unwrap();
    }
}

fn session(service: &LoginService) -> AuthSession {
    let mut login = begin(service, "alice", T0).unwrap();
    login
        .on_response(200, start_reply("alice").as_bytes(), T0)
        .unwrap();
    login.challenge().unwrap().session
}

fn sent(step: Step) -> HttpRequest {
    match step {
        Step::Send(request) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn says_the_same_until_it_is_fed() {
    let mut login = begin(&service(), "alice", T0).unwrap();
    let first = sent(login.poll(T0));
    assert!(sent(login.poll(T0 + 999_999)) == first);
    assert!(sent(login.poll(i64::MIN)) == first);
    assert_eq!(login.challenge().unwrap_err().code(), ErrorCode::WrongState);
    assert_eq!(login.outcome().unwrap_err().code(), ErrorCode::WrongState);
    login
        .on_response(200, start_reply("alice").as_bytes(), T0)
        .unwrap();
    assert_eq!(login.poll(T0), Step::Done);
    assert_eq!(login.poll(T0), Step::Done);
}

#[test]
fn refuses_an_answer_that_nothing_asked_for() {
    let service = service();
    let session = session(&service);
    let mut waiting = Login::wait(&service, &session, None, T0).unwrap();
    assert!(matches!(waiting.poll(T0), Step::Wait { .. }));
    let unasked = waiting.on_response(200, state_reply("alice", 3).as_bytes(), T0);
    assert_eq!(unasked.unwrap_err().code(), ErrorCode::WrongState);
    let unasked = waiting.on_transport_error(FailureKind::Timeout, FailurePhase::MaybeSent, T0);
    assert_eq!(unasked.unwrap_err().code(), ErrorCode::WrongState);

    let mut done = Login::check(&service, &session, T0).unwrap();
    done.on_response(200, state_reply("alice", 4).as_bytes(), T0)
        .unwrap();
    let late = done.on_response(200, state_reply("alice", 3).as_bytes(), T0);
    assert_eq!(late.unwrap_err().code(), ErrorCode::WrongState);
    stored(&mut done, T0);
    assert_eq!(done.outcome().unwrap().kind(), Outcome::Denied);
}

#[test]
fn an_id_is_free_again_only_if_no_session_can_be_open() {
    let service = service();
    let mut login = Login::begin(&service, "alice", T0).unwrap();
    let Step::Reserve { key, until_ms } = login.poll(T0) else {
        panic!("sends before the ID is taken")
    };
    assert_eq!(until_ms, T0 + 180_000);
    login.on_store(None, T0).unwrap();
    sent(login.poll(T0));
    login.abort(T0);
    assert_eq!(login.poll(T0), Step::Done, "nobody knows how far it came");

    let mut login = begin(&service, "alice", T0).unwrap();
    for _ in 0..2 {
        login
            .on_transport_error(FailureKind::Unreachable, FailurePhase::NotSent, T0)
            .unwrap();
    }
    assert_eq!(login.challenge().unwrap_err().code(), ErrorCode::WrongState);
    assert_eq!(stored(&mut login, T0), [Step::Release { key }]);
    assert_eq!(login.challenge().unwrap_err().code(), ErrorCode::Network);
}

#[test]
fn what_the_store_was_not_asked_for_it_cannot_answer() {
    let service = service();
    let mut login = begin(&service, "alice", T0).unwrap();
    let unasked = login.on_store(Some(ErrorCode::Replayed), T0);
    assert_eq!(unasked.unwrap_err().code(), ErrorCode::WrongState);
    login
        .on_response(200, start_reply("alice").as_bytes(), T0)
        .unwrap();
    login.challenge().unwrap();
    assert!(login.on_store(None, T0).is_err());
}

#[test]
fn an_end_cannot_be_aborted() {
    let service = service();
    let mut login = Login::wait(&service, &session(&service), None, T0 + 10_000).unwrap();
    login
        .on_response(200, state_reply("alice", 3).as_bytes(), T0 + 10_000)
        .unwrap();
    login.abort(T0 + 10_000);
    assert_eq!(stored(&mut login, T0 + 10_000).len(), 2);
    assert_eq!(login.outcome().unwrap().secsign_id(), Some("alice"));
}

#[test]
fn time_at_its_ends_breaks_nothing() {
    let service = service();
    for opened in [i64::MIN, 0, i64::MAX] {
        let mut begun = begin(&service, "alice", opened).unwrap();
        begun
            .on_response(200, start_reply("alice").as_bytes(), opened)
            .unwrap();
        let session = begun.challenge().unwrap().session;
        for asked in [i64::MIN, 0, i64::MAX] {
            for deadline in [None, Some(i64::MIN), Some(i64::MAX)] {
                let mut login = Login::wait(&service, &session, deadline, asked).unwrap();
                for now in [asked, i64::MAX, i64::MIN, 0].into_iter().cycle().take(400) {
                    if let Step::Send(_) = login.poll(now) {
                        login
                            .on_response(200, state_reply("alice", 1).as_bytes(), now)
                            .unwrap();
                    }
                }
                stored(&mut login, i64::MAX);
                assert_eq!(login.poll(i64::MAX), Step::Done);
                assert_eq!(login.outcome().unwrap().secsign_id(), None);
            }
        }
    }
}

#[test]
fn tells_the_server_s_own_words_of_an_error() {
    let mut login = begin(&service(), "alice", T0).unwrap();
    let reply = "error=500&errormsg=A SecSign ID does not exist\r\nwith that name.&errorcode=20000";
    login.on_response(200, reply.as_bytes(), T0).unwrap();
    stored(&mut login, T0);
    let error = login.challenge().unwrap_err();
    let report = error.server_report().unwrap();
    assert_eq!(error.code(), ErrorCode::UnknownId);
    assert_eq!(
        (report.error.as_str(), report.code.as_deref()),
        ("500", Some("20000"))
    );
    assert_eq!(
        report.message.as_deref(),
        Some("A SecSign ID does not exist  with that name.")
    );
    assert!(!error.to_string().contains("exist\r"));
}

#[test]
fn only_an_approval_has_an_identity() {
    let service = service();
    let session = session(&service);
    for (state, code) in [
        (0, ErrorCode::LoginInvalid),
        (1, ErrorCode::LoginPending),
        (2, ErrorCode::LoginExpired),
        (4, ErrorCode::LoginDenied),
        (5, ErrorCode::LoginSuspended),
        (6, ErrorCode::LoginCanceled),
        (7, ErrorCode::LoginPending),
        (8, ErrorCode::LoginInvalid),
    ] {
        let mut login = Login::check(&service, &session, T0).unwrap();
        login
            .on_response(200, state_reply("alice", state).as_bytes(), T0)
            .unwrap();
        stored(&mut login, T0);
        let outcome = login.outcome().unwrap();
        assert_eq!(outcome.secsign_id(), None);
        assert_eq!(
            outcome.require_approved().unwrap_err().code(),
            code,
            "state {state}"
        );
    }
    let mut login = Login::check(&service, &session, T0).unwrap();
    login
        .on_response(200, state_reply("alice", 3).as_bytes(), T0)
        .unwrap();
    stored(&mut login, T0);
    assert_eq!(
        login.outcome().unwrap().require_approved().unwrap(),
        "alice"
    );
}

#[test]
fn a_priority_code_opens_a_session_for_the_stated_user() {
    let service = LoginService::new(LoginConfig {
        allow_priority_code: true,
        ..config()
    })
    .unwrap();
    let mut login = begin(&service, "code.1234", T0).unwrap();
    login
        .on_response(200, start_reply("alice").as_bytes(), T0)
        .unwrap();
    let session = login.challenge().unwrap().session;
    assert_eq!(session.secsign_id(), "alice");
    let request = sent(Login::check(&service, &session, T0).unwrap().poll(T0));
    assert!(
        String::from_utf8(request.body)
            .unwrap()
            .contains("&secsignid=alice&")
    );
}

#[test]
fn two_logins_at_once_do_not_mix() {
    let service = service();
    let mut first = begin(&service, "alice", T0).unwrap();
    let mut second = begin(&service, "bob", T0).unwrap();
    second
        .on_response(200, start_reply("bob").as_bytes(), T0)
        .unwrap();
    first
        .on_response(200, start_reply("alice").as_bytes(), T0)
        .unwrap();
    let (alice, bob) = (
        first.challenge().unwrap().session,
        second.challenge().unwrap().session,
    );
    let mut first = Login::check(&service, &alice, T0).unwrap();
    let mut second = Login::check(&service, &bob, T0).unwrap();
    first
        .on_response(200, state_reply("alice", 3).as_bytes(), T0)
        .unwrap();
    second
        .on_response(200, state_reply("bob", 3).as_bytes(), T0)
        .unwrap();
    stored(&mut first, T0);
    stored(&mut second, T0);
    assert_eq!(first.outcome().unwrap().secsign_id(), Some("alice"));
    assert_eq!(second.outcome().unwrap().secsign_id(), Some("bob"));
}

#[test]
fn a_clock_that_is_set_back_does_not_stretch_a_pause() {
    let service = service();
    let mut login = Login::wait(&service, &session(&service), None, T0).unwrap();
    let Step::Wait { until_ms } = login.poll(T0 - 3_600_000) else {
        panic!("waits")
    };
    assert!(
        until_ms <= T0 - 3_600_000 + 20_000,
        "an hour is not slept away"
    );
}

#[test]
fn a_request_has_its_limits_with_it() {
    let request = sent(begin(&service(), "alice", T0).unwrap().poll(T0));
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://id.example.com/")
    );
    assert_eq!(request.headers.len(), 1);
    assert!(request.connect_timeout_ms <= request.total_timeout_ms);
    assert_eq!(request.max_reply_bytes, 64 * 1024);
}

#[test]
fn an_error_does_not_repeat_the_request_id() {
    let service = service();
    let mut login = Login::check(&service, &session(&service), T0).unwrap();
    let reply = format!("error=500&errormsg=no session {REQUEST_ID} here");
    login.on_response(200, reply.as_bytes(), T0).unwrap();
    let error = login.outcome().unwrap_err();
    assert_eq!(error.code(), ErrorCode::ServerError);
    assert!(!format!("{error:?} {error}").contains(REQUEST_ID));
}

#[test]
fn nothing_printed_holds_the_handle() {
    let service = service();
    let session = session(&service);
    let mut check = Login::check(&service, &session, T0).unwrap();
    let step = check.poll(T0);
    let challenge = Challenge {
        session: session.clone(),
        access_pass: None,
    };
    let reply = state_reply("alice", 4);
    check.on_response(200, reply.as_bytes(), T0).unwrap();
    let once = stored(&mut check, T0);
    let printed = format!("{session:?} {challenge:?} {check:?} {step:?} {service:?} {once:?}");
    for secret in [REQUEST_ID, "8337412603900330717", "alice"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
