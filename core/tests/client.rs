//! The login client over a scripted server and a clock that only moves when waited for.

use countermark::{
    Client, ErrorCode, OnceStore, Result, Secret, SecureSign,
    facade::{
        FailureKind, FailurePhase, HttpRequest, LoginConfig, Outcome, ReplayMemory,
        SecureSignClient, SecureSignConfig, SecureSignEnvironment, SecureSignPlatform,
    },
    transport::{
        BoxFuture, HttpReply, ScriptedAnswer, ScriptedTransport, Transport, TransportFailure,
    },
};
use std::{
    future::{Future, pending, poll_fn, ready},
    sync::Arc,
    task::Poll,
};

const NOW: i64 = 1_700_000_000_000;
const REQUEST_ID: &str = "F2C5F1389246";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("runtime")
        .block_on(future)
}

#[allow(clippy::unnecessary_wraps, reason = "an entry of a script")]
fn reply(body: &str) -> ScriptedAnswer {
    Ok(HttpReply {
        status: 200,
        body: body.as_bytes().to_vec(),
    })
}

/// Every user's session has its own number.
fn session(id: &str) -> String {
    format!("authsessionid=-833741260390033071{}", id.len())
}

fn started(id: &str) -> ScriptedAnswer {
    reply(&format!(
        "secsignid={id}&{}&requestid={REQUEST_ID}&servicename=Example&serviceaddress=https://example.com\
         &authsessionstate=1",
        session(id)
    ))
}

fn state(id: &str, state: u32) -> ScriptedAnswer {
    reply(&format!(
        "{}&secsignid={id}&authsessionstate={state}",
        session(id)
    ))
}

fn canceled() -> ScriptedAnswer {
    reply(&format!("{}&authsessionstate=6", session("alice")))
}

fn failed(phase: FailurePhase) -> ScriptedAnswer {
    Err(TransportFailure {
        kind: FailureKind::Unreachable,
        phase,
    })
}

fn config() -> LoginConfig {
    LoginConfig {
        server: Some("https://id.example".into()),
        service_name: "Example".into(),
        service_address: "https://example.com".into(),
        ..LoginConfig::default()
    }
}

fn client(answers: Vec<ScriptedAnswer>) -> (Client, Arc<ScriptedTransport>) {
    let transport = Arc::new(ScriptedTransport::new(NOW, answers));
    let client = Client::builder(config())
        .transport(transport.clone())
        .build()
        .expect("client");
    (client, transport)
}

fn code<T>(result: Result<T>) -> &'static str {
    result.err().map_or("", |error| error.code().name())
}

#[test]
fn a_second_start_for_an_id_is_busy_and_sends_nothing() {
    let (client, transport) = client(vec![started("alice"), started("bob")]);
    run(client.begin("alice")).expect("begun");
    assert_eq!(code(run(client.begin(" ALICE "))), "BUSY");
    assert_eq!(transport.requests().len(), 1);
    run(client.begin("bob")).expect("another user is not concerned");
    transport.advance(119_000);
    assert_eq!(code(run(client.begin("alice"))), "BUSY");
}

#[test]
fn a_start_that_was_certainly_not_sent_can_be_tried_again_at_once() {
    let (client, _) = client(vec![failed(FailurePhase::NotSent), started("alice")]);
    assert_eq!(code(run(client.begin("alice"))), "NETWORK");
    run(client.begin("alice")).expect("begun");
}

#[test]
fn a_start_that_may_have_been_sent_keeps_the_id_busy_for_the_life_of_a_session() {
    for answer in [
        failed(FailurePhase::MaybeSent),
        reply("<html>"),
        Ok(HttpReply {
            status: 502,
            body: Vec::new(),
        }),
    ] {
        let (client, transport) = client(vec![answer, started("alice")]);
        assert_ne!(code(run(client.begin("alice"))), "");
        transport.advance(120_000);
        assert_eq!(code(run(client.begin("alice"))), "BUSY");
        assert_eq!(transport.requests().len(), 1);
        transport.advance(61_000);
        run(client.begin("alice")).expect("begun");
    }
}

/// A server that takes its time.
struct Slow(ScriptedTransport);

impl Transport for Slow {
    fn send<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> BoxFuture<'a, Result<HttpReply, TransportFailure>> {
        Box::pin(async {
            tokio::task::yield_now().await;
            self.0.send(request).await
        })
    }

    fn now_ms(&self) -> i64 {
        self.0.now_ms()
    }
}

#[test]
fn a_canceled_start_is_finished_and_withdrawn() {
    for cancel in [canceled(), failed(FailurePhase::MaybeSent)] {
        let answers = vec![started("alice"), cancel, started("alice")];
        let slow = Arc::new(Slow(ScriptedTransport::new(NOW, answers)));
        let client = Client::builder(config())
            .transport(slow.clone())
            .build()
            .expect("client");
        let told = |sent: &str| {
            let requests = slow.0.requests();
            let last = requests.last().expect("a request");
            String::from_utf8_lossy(&last.body).contains(sent)
        };
        let begun = run(client.begin_until_canceled("alice", ready(())));
        assert!(begun.expect("withdrawn").is_none());
        assert_eq!(slow.0.requests().len(), 2);
        assert!(told("ReqCancelAuthSession"));
    }
    let (client, _) = client(vec![started("alice"), canceled(), started("alice")]);
    let begun = run(client.begin_until_canceled("alice", pending()));
    assert!(begun.expect("begun").is_some());
}

#[test]
fn an_id_that_the_server_refused_is_not_busy() {
    let unknown =
        reply("error=500&errormsg=A SecSign ID does not exist with that name.&errorcode=20000");
    let (client, _) = client(vec![
        unknown,
        reply("error=500&errormsg=x&errorcode=20006"),
        started("alice"),
    ]);
    assert_eq!(code(run(client.begin("alice"))), "UNKNOWN_ID");
    assert_eq!(code(run(client.begin("alice"))), "FROZEN");
    run(client.begin("alice")).expect("begun");
}

#[test]
fn a_fallback_is_asked_once_and_only_if_nothing_was_sent() {
    for (phase, requests, result) in [
        (FailurePhase::NotSent, 2, ""),
        (FailurePhase::MaybeSent, 1, "NETWORK"),
    ] {
        let transport = Arc::new(ScriptedTransport::new(
            NOW,
            vec![failed(phase), started("alice")],
        ));
        let config = LoginConfig {
            fallback: Some("https://id2.example".into()),
            ..config()
        };
        let client = Client::builder(config)
            .transport(transport.clone())
            .build()
            .expect("client");
        assert_eq!(code(run(client.begin("alice"))), result);
        assert_eq!(transport.requests().len(), requests);
    }
}

#[test]
fn an_approval_is_given_out_once_and_frees_the_id() {
    let (client, _) = client(vec![
        started("alice"),
        state("alice", 7),
        state("alice", 3),
        state("alice", 3),
        started("alice"),
    ]);
    let session = run(client.begin("alice")).expect("begun").session;
    assert_eq!(
        run(client.check(&session)).expect("outcome").kind(),
        Outcome::Fetched
    );
    let outcome = run(client.check(&session)).expect("outcome");
    assert_eq!(outcome.require_approved().expect("approved"), "alice");
    assert_eq!(code(run(client.check(&session))), "ALREADY_CONSUMED");
    run(client.begin("alice")).expect("begun again");
}

#[test]
fn two_processes_with_one_store_use_an_approval_once() {
    let store: Arc<dyn OnceStore> = Arc::new(ReplayMemory::new(None).expect("store"));
    let clients: Vec<_> = [
        vec![started("alice"), state("alice", 3)],
        vec![state("alice", 3)],
    ]
    .map(|answers| {
        let transport = Arc::new(ScriptedTransport::new(NOW, answers));
        Client::builder(config())
            .transport(transport)
            .once_store(store.clone())
            .build()
            .expect("client")
    })
    .into();
    let session = run(clients[0].begin("alice")).expect("begun").session;
    assert_eq!(code(run(clients[1].begin("alice"))), "BUSY");
    assert_eq!(
        run(clients[1].check(&session)).expect("outcome").kind(),
        Outcome::Approved
    );
    assert_eq!(code(run(clients[0].check(&session))), "ALREADY_CONSUMED");
}

#[test]
fn an_ended_login_cannot_remove_the_guard_of_the_next() {
    let (client, transport) = client(vec![
        started("alice"),
        state("alice", 4),
        started("alice"),
        state("alice", 4),
    ]);
    let first = run(client.begin("alice")).expect("begun").session;
    assert_eq!(
        run(client.check(&first)).expect("outcome").kind(),
        Outcome::Denied
    );
    run(client.begin("alice")).expect("the first has ended");
    assert_eq!(
        run(client.check(&first)).expect("outcome").kind(),
        Outcome::Denied
    );
    assert_eq!(code(run(client.begin("alice"))), "BUSY");
    assert_eq!(transport.requests().len(), 4);
}

#[test]
fn a_forgotten_login_cannot_remove_the_guard_of_the_next() {
    let (client, transport) = client(vec![started("alice"), started("alice"), state("alice", 2)]);
    let first = run(client.begin("alice")).expect("begun").session;
    transport.advance(181_000);
    run(client.begin("alice")).expect("the first is out of time");
    assert_eq!(
        run(client.check(&first)).expect("outcome").kind(),
        Outcome::Expired
    );
    assert_eq!(code(run(client.begin("alice"))), "BUSY");
}

#[test]
fn a_clock_that_is_set_back_and_forth_does_not_bring_an_approval_back() {
    let (client, transport) = client(vec![started("alice"), state("alice", 3)]);
    let session = run(client.begin("alice")).expect("begun").session;
    transport.advance(-3_600_000);
    assert_eq!(
        run(client.check(&session)).expect("outcome").kind(),
        Outcome::Approved
    );
    transport.advance(3_600_000);
    assert_eq!(code(run(client.check(&session))), "ALREADY_CONSUMED");
    transport.advance(245_000);
    assert_eq!(code(run(client.check(&session))), "ALREADY_CONSUMED");
}

#[test]
fn a_start_that_took_its_time_keeps_the_id_busy_for_the_life_of_its_session() {
    let (client, transport) = client(vec![started("alice")]);
    run(client.begin("alice")).expect("begun");
    // The server may have opened the session 20 s after the guard was taken: connecting 5 s, exchange 15 s.
    transport.advance(20_000 + 120_000);
    assert_eq!(code(run(client.begin("alice"))), "BUSY");
}

#[test]
fn a_suspended_id_gets_a_pause() {
    let (client, transport) = client(vec![started("alice"), state("alice", 5), started("alice")]);
    let session = run(client.begin("alice")).expect("begun").session;
    assert_eq!(
        run(client.check(&session)).expect("outcome").kind(),
        Outcome::Suspended
    );
    assert_eq!(code(run(client.begin("alice"))), "BUSY");
    transport.advance(181_000);
    run(client.begin("alice")).expect("begun");
}

#[test]
fn a_canceled_login_frees_the_id_and_can_no_longer_be_used() {
    let (client, _) = client(vec![
        started("alice"),
        canceled(),
        state("alice", 3),
        started("alice"),
    ]);
    let session = run(client.begin("alice")).expect("begun").session;
    run(client.cancel(&session)).expect("canceled");
    assert_eq!(code(run(client.check(&session))), "ALREADY_CONSUMED");
    run(client.begin("alice")).expect("begun");
}

#[test]
fn another_identity_is_refused() {
    let other = reply(&format!(
        "{}&secsignid=mallory&authsessionstate=3",
        session("alice")
    ));
    let (client, _) = client(vec![started("alice"), other]);
    let session = run(client.begin("alice")).expect("begun").session;
    assert_eq!(code(run(client.check(&session))), "IDENTITY_MISMATCH");
}

#[test]
fn a_session_of_another_service_is_refused_without_a_request() {
    let (client, transport) = client(vec![started("alice")]);
    let session = run(client.begin("alice")).expect("begun").session;
    let other = LoginConfig {
        service_address: "https://other.example".into(),
        ..config()
    };
    let other = Client::builder(other)
        .transport(transport.clone())
        .build()
        .expect("client");
    assert_eq!(code(run(other.check(&session))), "UNKNOWN_HANDLE");
    assert_eq!(code(run(other.cancel(&session))), "UNKNOWN_HANDLE");
    assert_eq!(transport.requests().len(), 1);
}

#[test]
fn nobody_decides() {
    let (client, transport) = client(vec![started("alice"), state("alice", 1)]);
    let session = run(client.begin("alice")).expect("begun").session;
    assert_eq!(
        run(client.wait(&session, None)).expect("outcome").kind(),
        Outcome::Expired
    );
    let asked = transport.requests().len() - 1;
    assert!(
        (40..=60).contains(&asked),
        "{asked} questions in two minutes"
    );
}

#[test]
fn a_wait_survives_a_failure_and_stops_at_the_approval() {
    let bad = Ok(HttpReply {
        status: 502,
        body: b"<html>".to_vec(),
    });
    let (client, transport) = client(vec![
        started("alice"),
        state("alice", 1),
        bad,
        state("alice", 7),
        state("alice", 3),
    ]);
    let session = run(client.begin("alice")).expect("begun").session;
    assert_eq!(
        run(client.wait(&session, None)).expect("outcome").kind(),
        Outcome::Approved
    );
    assert_eq!(transport.requests().len(), 5);
}

#[test]
fn a_wait_with_a_deadline_leaves_the_login_open() {
    let (client, _) = client(vec![started("alice"), state("alice", 7)]);
    let session = run(client.begin("alice")).expect("begun").session;
    let outcome = run(client.wait(&session, Some(NOW + 10_000))).expect("outcome");
    assert_eq!(
        (outcome.kind(), outcome.is_open()),
        (Outcome::Fetched, true)
    );
    assert_eq!(code(run(client.begin("alice"))), "BUSY");
}

/// Ends when it is looked at for the third time.
fn third_look() -> impl Future<Output = ()> {
    let mut looks = 0;
    poll_fn(move |_| {
        looks += 1;
        if looks > 2 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

#[test]
fn a_canceled_wait_withdraws_the_login() {
    let (client, transport) = client(vec![started("alice"), state("alice", 1), canceled()]);
    let session = run(client.begin("alice")).expect("begun").session;
    // The looks are in the pause before the question, at the question, and in the pause after it.
    let outcome = run(client.wait_until_canceled(&session, None, third_look())).expect("outcome");
    assert_eq!(outcome.kind(), Outcome::Canceled);
    let requests = transport.requests();
    let bodies: Vec<_> = requests
        .iter()
        .map(|request| String::from_utf8_lossy(&request.body))
        .collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies[1].contains("ReqGetAuthSessionState"));
    assert!(bodies[2].contains("ReqCancelAuthSession"));
}

#[test]
fn an_end_that_is_known_is_given_out_though_the_wait_is_canceled() {
    let (client, transport) = client(vec![started("alice"), state("alice", 3)]);
    let session = run(client.begin("alice")).expect("begun").session;
    // The third look would be while the store is asked.
    let outcome = run(client.wait_until_canceled(&session, None, third_look())).expect("outcome");
    assert_eq!(outcome.kind(), Outcome::Approved);
    assert_eq!(transport.requests().len(), 2);
}

#[test]
fn a_wait_that_nobody_cancels_is_a_wait() {
    let (client, _) = client(vec![started("alice"), state("alice", 1), state("alice", 4)]);
    let session = run(client.begin("alice")).expect("begun").session;
    let wait = client.wait_until_canceled(&session, None, pending());
    assert_eq!(run(wait).expect("outcome").kind(), Outcome::Denied);
}

#[test]
fn logins_at_once_do_not_mix() {
    let (client, _) = client(vec![
        started("alice"),
        started("bob"),
        state("bob", 3),
        state("alice", 3),
    ]);
    let alice = run(client.begin("alice")).expect("begun").session;
    let bob = run(client.begin("bob")).expect("begun").session;
    assert_eq!(
        run(client.check(&bob)).expect("outcome").secsign_id(),
        Some("bob")
    );
    assert_eq!(
        run(client.check(&alice)).expect("outcome").secsign_id(),
        Some("alice")
    );
}

#[test]
fn clients_of_two_servers_do_not_mix() {
    let transport = Arc::new(ScriptedTransport::new(
        NOW,
        vec![started("alice"), started("alice"), state("alice", 3)],
    ));
    let client = |server: &str| {
        let server = Some(server.into());
        Client::builder(LoginConfig { server, ..config() })
            .transport(transport.clone())
            .build()
            .expect("client")
    };
    let (one, other) = (client("https://id.example"), client("https://id.other"));
    let session = run(one.begin("alice")).expect("begun").session;
    run(other.begin("alice")).expect("begun elsewhere");
    assert_eq!(code(run(other.check(&session))), "UNKNOWN_HANDLE");
    let outcome = run(one.check(&session)).expect("outcome");
    assert_eq!(outcome.secsign_id(), Some("alice"));
    let asked: Vec<_> = transport.requests().into_iter().map(|r| r.url).collect();
    let (one, other) = ("https://id.example/", "https://id.other/");
    assert_eq!(asked, [one, other, one]);
}

#[test]
fn a_full_store_refuses_before_anything_is_sent() {
    let transport = Arc::new(ScriptedTransport::new(NOW, vec![started("alice")]));
    let store = Arc::new(ReplayMemory::new(Some(1)).expect("store"));
    let client = Client::builder(config())
        .transport(transport.clone())
        .once_store(store)
        .build()
        .expect("client");
    run(client.begin("alice")).expect("begun");
    assert_eq!(
        code(run(client.begin("bob"))),
        ErrorCode::StoreUnavailable.name()
    );
    assert_eq!(transport.requests().len(), 1);
}

#[test]
fn release_never_fails_because_of_the_server() {
    let (client, _) = client(vec![
        started("alice"),
        state("alice", 3),
        reply("error=400&errormsg=unknown"),
        failed(FailurePhase::MaybeSent),
    ]);
    let session = run(client.begin("alice")).expect("begun").session;
    assert_eq!(
        run(client.check(&session)).expect("outcome").kind(),
        Outcome::Approved
    );
    run(client.release(&session)).expect("released");
    run(client.release(&session)).expect("released");
}

#[test]
fn no_text_holds_the_request_id() {
    let (client, _) = client(vec![
        started("alice"),
        reply(&format!("requestid={REQUEST_ID}&authsessionstate=3abc")),
    ]);
    let challenge = run(client.begin("alice")).expect("begun");
    let error = run(client.check(&challenge.session)).expect_err("refused");
    let texts = format!("{challenge:?} {client:?} {error} {error:?}");
    assert!(!texts.contains(REQUEST_ID), "{texts}");
    assert!(!texts.contains("833741260390033071"), "{texts}");
}

#[test]
fn the_blocking_client_needs_no_runtime_and_refuses_to_block_one() {
    let (client, _) = client(vec![started("alice"), state("alice", 3)]);
    let client = countermark::blocking::Client::from(client);
    let session = client.begin("alice").expect("begun").session;
    assert_eq!(run(async { code(client.check(&session)) }), "WRONG_STATE");
    assert_eq!(
        client.wait(&session, None).expect("outcome").kind(),
        Outcome::Approved
    );
}

/// A connection lives in the runtime of the call that opened it, so a blocking call must not find one of another call.
#[derive(Debug)]
struct Pooled(Arc<ScriptedTransport>);

impl Transport for Pooled {
    fn send<'a>(&'a self, _: &'a HttpRequest) -> BoxFuture<'a, ScriptedAnswer> {
        Box::pin(ready(failed(FailurePhase::MaybeSent)))
    }

    fn single_use(&self) -> Option<Arc<dyn Transport>> {
        Some(self.0.clone())
    }
}

#[test]
fn the_blocking_clients_keep_no_connection() {
    let pooled = |answers| Arc::new(Pooled(Arc::new(ScriptedTransport::new(NOW, answers))));
    let client = Client::builder(config())
        .transport(pooled(vec![started("alice")]))
        .build()
        .expect("client");
    let client = countermark::blocking::Client::from(client);
    client.begin("alice").expect("begun");

    let config = SecureSignConfig {
        base_url: None,
        environment: SecureSignEnvironment::Test,
        tenant_id: "org_9f2a".into(),
        callback_hosts: vec!["shop.example".into()],
        clock_skew_s: None,
    };
    let key = Secret::from("ss_test_0123456789abcdefghijklmnopqrstuv");
    let api = SecureSign::with_transport(
        SecureSignClient::new(config, key).expect("client"),
        pooled(vec![reply(
            r#"{"success":true,"tenantId":"org_9f2a","allowed":true}"#,
        )]),
    );
    let api = countermark::blocking::SecureSign::from(api);
    let valid = api.validate("https://shop.example", SecureSignPlatform::Web);
    assert_eq!(valid.expect("valid").tenant_id, "org_9f2a");
}
