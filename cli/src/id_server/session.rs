//! One AuthSession: its handle, its state, and what changes it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::icons::Symbol;
use super::policy::{Policy, WrongSymbol};
use super::state::{Action, State};

/// Why the server does not do what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 500/20000.
    UnknownId,
    /// 500/20006.
    Frozen,
    /// 400: no such session, or it is over.
    NotFound,
    /// 422: no room.
    Full,
}

/// After so many state requests, something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanStep {
    /// How many state requests are answered before.
    pub(crate) after_polls: u32,
    /// What happens then.
    pub(crate) action: Action,
}

/// What an ID's sessions do by themselves.
pub(crate) type Plan = Arc<[PlanStep]>;

/// A request for a new session, as the service wrote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start<'a> {
    pub(crate) secsignid: &'a str,
    pub(crate) service_name: &'a str,
    pub(crate) service_address: &'a str,
    pub(crate) plugin_name: Option<&'a str>,
    pub(crate) access_pass: bool,
}

/// One AuthSession.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: i64,
    pub(crate) request_id: [u8; 32],
    /// What the service asked for: the ID, or a priority code for it.
    pub(crate) asked: Arc<str>,
    /// The ID whose owner decides.
    pub(crate) account: Arc<str>,
    pub(crate) service_name: Box<str>,
    pub(crate) service_address: Box<str>,
    pub(crate) plugin_name: Option<Box<str>>,
    pub(crate) symbol: Symbol,
    /// What the phone offers; nothing when the service wanted no access pass.
    pub(crate) choices: Option<[Symbol; 4]>,
    pub(crate) state: State,
    pub(crate) created_ms: i64,
    pub(crate) decided_ms: i64,
    pub(crate) polls: u32,
    /// The service has cancelled or released it: any further request for it fails.
    pub(crate) closed: bool,
    pub(crate) plan: Option<Plan>,
}

impl Session {
    /// Lets time take effect.
    pub(crate) fn settle(&mut self, now_ms: i64, policy: &Policy) {
        if self.state.is_open() && now_ms - self.created_ms >= policy.session_ms {
            self.state = State::Expired;
            self.decided_ms = self.created_ms + policy.session_ms;
        }
        if self.state == State::Authenticated && now_ms - self.decided_ms >= policy.approval_ms {
            self.state = State::Invalid;
        }
    }

    /// Does it if the session is still open; `Force` always.
    pub(crate) fn act(&mut self, action: Action, now_ms: i64, policy: &Policy) -> bool {
        let target = match (action, policy.wrong_symbol) {
            (Action::Force(state), _) => {
                self.closed = false;
                self.decide(state, now_ms);
                // A forced waiting state starts its two minutes anew, or it would expire before anyone sees it.
                if state.is_open() {
                    self.created_ms = now_ms;
                }
                return true;
            }
            (Action::Fetch, _) | (Action::WrongSymbol, WrongSymbol::Retry) => State::Fetched,
            (Action::Approve, _) => State::Authenticated,
            (Action::Deny, _) | (Action::WrongSymbol, WrongSymbol::Deny) => State::Denied,
            (Action::Suspend, _) | (Action::WrongSymbol, WrongSymbol::Suspend) => State::Suspended,
            (Action::Expire, _) => State::Expired,
        };
        let open = self.state.is_open();
        if open {
            self.decide(target, now_ms);
        }
        open
    }

    fn decide(&mut self, state: State, now_ms: i64) {
        self.state = state;
        self.decided_ms = now_ms;
    }

    /// Follows a new plan, which counts the state requests from now.
    pub(crate) fn follow(&mut self, plan: Option<Plan>) {
        self.plan = plan;
        self.polls = 0;
    }

    /// The second half of the bearer handle, 64 upper-case hex digits.
    pub(crate) fn request_id_text(&self) -> String {
        self.request_id
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect()
    }

    /// Answers a state request: the plan first, then the state.
    pub(crate) fn poll(&mut self, now_ms: i64, policy: &Policy) -> State {
        let due: Vec<Action> = self
            .plan
            .iter()
            .flat_map(|plan| plan.iter())
            .filter(|step| step.after_polls == self.polls)
            .map(|step| step.action)
            .collect();
        for action in due {
            self.act(action, now_ms, policy);
        }
        self.polls = self.polls.saturating_add(1);
        let state = self.state;
        if state == State::Authenticated && policy.approval_once {
            self.state = State::Invalid;
        }
        state
    }

    /// Withdraws an open session. One that is over cannot be withdrawn.
    pub(crate) fn cancel(&mut self, now_ms: i64) -> Result<(), Refusal> {
        if !self.state.is_open() {
            return Err(Refusal::NotFound);
        }
        self.decide(State::Canceled, now_ms);
        self.closed = true;
        Ok(())
    }

    /// Gives the session up and tells its last state.
    pub(crate) fn release(&mut self) -> State {
        self.closed = true;
        std::mem::replace(&mut self.state, State::Invalid)
    }
}

/// A session number in its one spelling: `-0`, `+1` and `01` are none.
pub(crate) fn parse_number(text: &str) -> Option<i64> {
    text.parse()
        .ok()
        .filter(|number: &i64| number.to_string() == text)
}
