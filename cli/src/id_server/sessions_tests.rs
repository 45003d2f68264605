//! What becomes of sessions and IDs, with a clock in hand.

use super::*;
use crate::id_server::policy::{Release, WrongSymbol};

const T0: i64 = 1_700_000_000_000;

struct World {
    store: Store,
    policy: Policy,
    random: Random,
    now_ms: i64,
}

fn world() -> World {
    World {
        store: Store::new(1_000),
        policy: Policy::default(),
        random: Random::new(Some(1)),
        now_ms: T0,
    }
}

impl World {
    fn start(&mut self, secsignid: &str) -> Result<(i64, String), Refusal> {
        let start = Start {
            secsignid,
            service_name: "Shop",
            service_address: "https://shop.example",
            plugin_name: None,
            access_pass: true,
        };
        let session = self
            .store
            .start(start, self.now_ms, &self.policy, &mut self.random)?;
        Ok((session.id, session.request_id_text()))
    }

    fn poll(&mut self, handle: &(i64, String), secsignid: &str) -> Result<State, Refusal> {
        let (id, request_id) = handle;
        let session = self.store.handle(
            &id.to_string(),
            request_id,
            secsignid,
            self.now_ms,
            &self.policy,
        )?;
        Ok(session.poll(self.now_ms, &self.policy))
    }

    fn act(&mut self, handle: &(i64, String), action: Action) -> Option<bool> {
        self.store.act(handle.0, action, self.now_ms, &self.policy)
    }
}

#[test]
fn a_session_expires_after_exactly_two_minutes() {
    let mut w = world();
    let handle = w.start("alice").unwrap();
    w.now_ms = T0 + 119_999;
    assert_eq!(w.poll(&handle, "alice"), Ok(State::Pending));
    w.now_ms = T0 + 120_000;
    assert_eq!(w.poll(&handle, "alice"), Ok(State::Expired));
    assert_eq!(w.act(&handle, Action::Approve), Some(false));
    w.now_ms = T0 + FORGET_MS;
    assert_eq!(w.poll(&handle, "alice"), Err(Refusal::NotFound));
    assert!(w.store.accounts().is_empty());
}

#[test]
fn an_approval_can_be_read_for_two_minutes_or_once() {
    let mut w = world();
    let handle = w.start("alice").unwrap();
    assert_eq!(w.act(&handle, Action::Fetch), Some(true));
    assert_eq!(w.poll(&handle, "alice"), Ok(State::Fetched));
    w.now_ms += 100_000;
    w.act(&handle, Action::Approve);
    w.now_ms += 119_999;
    assert_eq!(w.poll(&handle, "ALICE"), Ok(State::Authenticated));
    w.now_ms += 1;
    assert_eq!(w.poll(&handle, "alice"), Ok(State::Invalid));

    w.policy.approval_once = true;
    let handle = w.start("bob").unwrap();
    w.act(&handle, Action::Approve);
    assert_eq!(w.poll(&handle, "bob"), Ok(State::Authenticated));
    assert_eq!(w.poll(&handle, "bob"), Ok(State::Invalid));
}

#[test]
fn a_second_request_suspends_both_and_freezes_the_id_until_it_is_reactivated() {
    let mut w = world();
    let first = w.start("alice").unwrap();
    let second = w.start("Alice").unwrap();
    assert_eq!(w.poll(&first, "alice"), Ok(State::Suspended));
    assert_eq!(w.poll(&second, "alice"), Ok(State::Suspended));
    assert_eq!(w.start("alice"), Err(Refusal::Frozen));
    w.now_ms += FORGET_MS * 2;
    assert_eq!(
        w.start("alice"),
        Err(Refusal::Frozen),
        "time alone does not thaw an ID"
    );
    assert!(w.store.freeze("alice", false));
    assert!(w.start("alice").is_ok());
}

#[test]
fn the_other_policy_refuses_the_second_request() {
    let mut w = world();
    w.policy.competing = Competing::Refuse;
    let first = w.start("alice").unwrap();
    assert_eq!(w.start("alice"), Err(Refusal::Frozen));
    assert_eq!(w.poll(&first, "alice"), Ok(State::Suspended));
    assert_eq!(w.store.len(), 1);
}

#[test]
fn a_request_after_the_first_is_over_is_no_rival() {
    for end in [
        Action::Approve,
        Action::Deny,
        Action::Expire,
        Action::WrongSymbol,
    ] {
        let mut w = world();
        let first = w.start("alice").unwrap();
        w.act(&first, end);
        assert!(w.start("alice").is_ok(), "{end:?}");
        assert!(!w.store.is_frozen("alice"));
    }
}

#[test]
fn all_three_parts_of_the_handle_must_fit() {
    let mut w = world();
    let (id, request_id) = w.start("alice").unwrap();
    let other = w.start("bob").unwrap();
    assert_eq!(
        w.poll(&(id, request_id.clone()), "alice"),
        Ok(State::Pending)
    );
    for (handle, secsignid) in [
        ((id, other.1.clone()), "alice"),
        ((id, request_id.to_lowercase()), "alice"),
        ((id, String::new()), "alice"),
        ((other.0, request_id.clone()), "alice"),
        ((id.wrapping_add(1), request_id.clone()), "alice"),
        ((id, request_id.clone()), "bob"),
        ((id, request_id.clone()), "alice "),
    ] {
        assert_eq!(
            w.poll(&handle, secsignid),
            Err(Refusal::NotFound),
            "{handle:?} {secsignid:?}"
        );
    }
    for number in [
        "",
        "x",
        "+1",
        "01",
        "-0",
        "1e3",
        "0x10",
        "9223372036854775808",
        " 1",
    ] {
        assert_eq!(parse_number(number), None, "{number}");
    }
    for number in ["-9223372036854775808", "-1", "0", "9223372036854775807"] {
        assert_eq!(
            parse_number(number).map(|n| n.to_string()).as_deref(),
            Some(number)
        );
    }
}

#[test]
fn a_cancelled_session_is_gone_and_an_ended_one_cannot_be_cancelled() {
    let mut w = world();
    let handle = w.start("alice").unwrap();
    let id = handle.0.to_string();
    let session = w
        .store
        .handle(&id, &handle.1, "alice", T0, &w.policy)
        .unwrap();
    assert_eq!(session.cancel(T0), Ok(()));
    assert_eq!(w.poll(&handle, "alice"), Err(Refusal::NotFound));
    let denied = w.start("alice").unwrap();
    w.act(&denied, Action::Deny);
    let session = w
        .store
        .handle(&denied.0.to_string(), &denied.1, "alice", T0, &w.policy)
        .unwrap();
    assert_eq!(session.cancel(T0), Err(Refusal::NotFound));
    assert_eq!(w.poll(&denied, "alice"), Ok(State::Denied));
}

#[test]
fn a_released_session_tells_its_state_once() {
    let mut w = world();
    w.policy.release = Release::Echo;
    let handle = w.start("alice").unwrap();
    w.act(&handle, Action::Approve);
    let session = w
        .store
        .handle(&handle.0.to_string(), &handle.1, "alice", T0, &w.policy)
        .unwrap();
    assert_eq!(session.release(), State::Authenticated);
    assert_eq!(w.poll(&handle, "alice"), Err(Refusal::NotFound));
}

#[test]
fn a_wrong_symbol_does_what_the_policy_says() {
    for (policy, state) in [
        (WrongSymbol::Deny, State::Denied),
        (WrongSymbol::Suspend, State::Suspended),
        (WrongSymbol::Retry, State::Fetched),
    ] {
        let mut w = world();
        w.policy.wrong_symbol = policy;
        let handle = w.start("alice").unwrap();
        w.act(&handle, Action::WrongSymbol);
        assert_eq!(w.poll(&handle, "alice"), Ok(state));
    }
}

#[test]
fn plans_count_the_state_requests() {
    let mut w = world();
    let step = |after_polls, action| PlanStep {
        after_polls,
        action,
    };
    w.store
        .set_plan(None, &[step(1, Action::Fetch), step(3, Action::Approve)]);
    let handle = w.start("alice").unwrap();
    let states: Vec<_> = (0..5)
        .map(|_| w.poll(&handle, "alice").unwrap().digit())
        .collect();
    assert_eq!(states, ['1', '7', '7', '3', '3']);

    // A plan of one's own, set while the session is open, counts from then.
    let handle = w.start("bob").unwrap();
    w.poll(&handle, "bob").unwrap();
    w.store
        .set_plan(Some("bob"), &[step(1, Action::Force(State::Undefined))]);
    let states: Vec<_> = (0..3)
        .map(|_| w.poll(&handle, "bob").unwrap().digit())
        .collect();
    assert_eq!(states, ['1', '0', '0']);
}

#[test]
fn every_state_can_be_forced() {
    let mut w = world();
    let handle = w.start("alice").unwrap();
    for state in (0..=8).filter_map(State::new) {
        w.act(&handle, Action::Force(state));
        assert_eq!(w.poll(&handle, "alice"), Ok(state));
    }
}

#[test]
fn ids_exist_by_policy_and_codes_stand_for_them() {
    let mut w = world();
    w.policy.any_id = false;
    assert_eq!(w.start("alice"), Err(Refusal::UnknownId));
    w.store.create("Alice", &["4711".to_owned()]).unwrap();
    let handle = w.start("4711").unwrap();
    assert_eq!(
        &*w.store.session(handle.0, T0, &w.policy).unwrap().account,
        "alice"
    );
    assert!(w.poll(&handle, "4711").is_ok() && w.poll(&handle, "alice").is_ok());
    assert!(
        w.start("alice").is_ok() && w.store.is_frozen("alice"),
        "a code's session is a rival too"
    );
    w.policy.any_id = true;
    for id in [
        " bob",
        "bob ",
        "b b",
        "",
        "b&b",
        "b\u{f6}b",
        "a\n",
        &"a".repeat(256),
    ] {
        assert_eq!(w.start(id), Err(Refusal::UnknownId), "{id:?}");
    }
    assert!(w.start(&"a".repeat(255)).is_ok());
    assert!(w.store.create("no blanks", &[]).is_err());
    assert!(w.store.remove("alice") && !w.store.remove("alice"));
}

/// Memory of this process, in bytes.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<usize>()
        .unwrap()
        * 1_024
}

#[cfg(target_os = "linux")]
#[test]
fn fifty_thousand_pending_sessions_fit_and_no_more() {
    const COUNT: usize = 50_000;
    let mut w = world();
    w.store = Store::new(COUNT);
    let before = resident();
    for i in 0..COUNT {
        w.start(&format!("user{i}@company.example")).unwrap();
    }
    let each = resident().saturating_sub(before) / COUNT;
    println!("{each} bytes a session");
    // Other tests run beside this one, so the bound leaves them room.
    assert!(each < 1_500, "{each} bytes a session");
    assert_eq!(w.start("one-more"), Err(Refusal::Full));
    w.now_ms += FORGET_MS;
    assert!(w.start("one-more").is_ok());
    assert_eq!(w.store.len(), 1);
    assert_eq!(w.store.accounts().len(), 1);
}
