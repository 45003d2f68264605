//! Sessions and IDs: who has asked for what, and what became of it. No clock and no network in here.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde::Serialize;

use super::icons::Symbol;
use super::policy::{Competing, Policy};
use super::random::Random;
use super::session::{Plan, PlanStep, Refusal, Session, Start, parse_number};
use super::state::{Action, State};

/// After this time a session is forgotten, whatever became of it.
pub(crate) const FORGET_MS: i64 = 600_000;

/// How many sessions of one ID the phone can look back on.
const HISTORY: usize = 8;

/// One SecSign ID.
#[derive(Debug, Default)]
struct Account {
    /// Created on purpose, so it is kept when its sessions are forgotten.
    created: bool,
    frozen: bool,
    sessions: VecDeque<i64>,
    plan: Option<Plan>,
}

/// An ID as the control API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct AccountView {
    pub(crate) id: String,
    pub(crate) created: bool,
    pub(crate) frozen: bool,
    pub(crate) sessions: Vec<String>,
}

/// All sessions and IDs.
#[derive(Debug)]
pub(crate) struct Store {
    sessions: HashMap<i64, Session>,
    /// In order of creation, to forget the oldest first.
    order: VecDeque<(i64, i64)>,
    accounts: HashMap<Arc<str>, Account>,
    /// Priority code to ID.
    codes: HashMap<String, Arc<str>>,
    default_plan: Option<Plan>,
    next_number: Option<i64>,
    max_sessions: usize,
}

impl Store {
    /// A store that refuses to hold more than `max_sessions` sessions, and four times as many IDs.
    pub(crate) fn new(max_sessions: usize) -> Self {
        Self {
            sessions: HashMap::new(),
            order: VecDeque::new(),
            accounts: HashMap::new(),
            codes: HashMap::new(),
            default_plan: None,
            next_number: None,
            max_sessions,
        }
    }

    /// Makes a session. A second one while the first is open suspends what the policy says and freezes the ID.
    pub(crate) fn start(
        &mut self,
        start: Start<'_>,
        now_ms: i64,
        policy: &Policy,
        random: &mut Random,
    ) -> Result<&Session, Refusal> {
        self.forget(now_ms);
        // IDs are case-insensitive. Blanks around one are not the server's business: such an ID is unknown.
        let asked = start.secsignid.to_ascii_lowercase();
        let account_name = self.codes.get(&asked).cloned();
        let account_name = match account_name {
            Some(name) => name,
            None => self.account_name(&asked, policy)?,
        };
        let account = self.accounts.get(&account_name).ok_or(Refusal::UnknownId)?;
        if account.frozen {
            return Err(Refusal::Frozen);
        }
        if self.sessions.len() >= self.max_sessions {
            return Err(Refusal::Full);
        }
        let rivals = self.suspend_open(&account_name, now_ms, policy);
        if rivals {
            self.freeze(&account_name, true);
            if policy.competing == Competing::Refuse {
                return Err(Refusal::Frozen);
            }
        }
        let asked = if *account_name == *asked {
            account_name.clone()
        } else {
            Arc::from(asked)
        };
        let choices = Symbol::four(random);
        let session = Session {
            id: self.number(random),
            request_id: random.bytes32(),
            asked,
            service_name: start.service_name.into(),
            service_address: start.service_address.into(),
            plugin_name: start.plugin_name.map(Into::into),
            symbol: choices[random.below(choices.len())],
            choices: start.access_pass.then_some(choices),
            state: if rivals {
                State::Suspended
            } else {
                State::Pending
            },
            created_ms: now_ms,
            decided_ms: now_ms,
            polls: 0,
            closed: false,
            plan: self
                .accounts
                .get(&account_name)
                .and_then(|a| a.plan.clone())
                .or_else(|| self.default_plan.clone()),
            account: account_name,
        };
        Ok(self.keep(session))
    }

    fn keep(&mut self, session: Session) -> &Session {
        let id = session.id;
        self.order.push_back((session.created_ms, id));
        let account = self.accounts.entry(session.account.clone()).or_default();
        if account.sessions.len() == HISTORY {
            account.sessions.pop_front();
        }
        account.sessions.push_back(id);
        self.sessions.entry(id).insert_entry(session).into_mut()
    }

    /// The ID as a shared text, made up on the spot where every well-formed ID exists.
    fn account_name(&mut self, id: &str, policy: &Policy) -> Result<Arc<str>, Refusal> {
        if let Some((name, _)) = self.accounts.get_key_value(id) {
            return Ok(name.clone());
        }
        if !policy.any_id || !is_well_formed(id) {
            return Err(Refusal::UnknownId);
        }
        if self.accounts.len() >= self.max_sessions.saturating_mul(4) {
            return Err(Refusal::Full);
        }
        let name: Arc<str> = Arc::from(id);
        self.accounts.insert(name.clone(), Account::default());
        Ok(name)
    }

    /// A number that is free; half of all are negative.
    fn number(&mut self, random: &mut Random) -> i64 {
        let mut number = self.next_number.take().unwrap_or_else(|| random.next_i64());
        while self.sessions.contains_key(&number) {
            number = random.next_i64();
        }
        number
    }

    fn suspend_open(&mut self, account: &str, now_ms: i64, policy: &Policy) -> bool {
        let ids = self
            .accounts
            .get(account)
            .map(|a| a.sessions.clone())
            .unwrap_or_default();
        let mut found = false;
        for id in ids {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.settle(now_ms, policy);
                found |= session.act(Action::Suspend, now_ms, policy);
            }
        }
        found
    }

    /// Forgets what is older than [`FORGET_MS`].
    fn forget(&mut self, now_ms: i64) {
        while let Some(&(created_ms, id)) = self.order.front() {
            if now_ms - created_ms < FORGET_MS {
                break;
            }
            self.order.pop_front();
            let Some(session) = self.sessions.remove(&id) else {
                continue;
            };
            if let Some(account) = self.accounts.get_mut(&session.account) {
                account.sessions.retain(|&other| other != id);
                if account.sessions.is_empty()
                    && !account.created
                    && !account.frozen
                    && account.plan.is_none()
                {
                    self.accounts.remove(&session.account);
                }
            }
        }
    }

    /// The session that belongs to the handle. All three parts must fit, and the service must not have closed it.
    pub(crate) fn handle(
        &mut self,
        id: &str,
        request_id: &str,
        secsignid: &str,
        now_ms: i64,
        policy: &Policy,
    ) -> Result<&mut Session, Refusal> {
        self.forget(now_ms);
        let id = parse_number(id).ok_or(Refusal::NotFound)?;
        let session = self.sessions.get_mut(&id).ok_or(Refusal::NotFound)?;
        let asked = secsignid.to_ascii_lowercase();
        let fits = *session.asked == *asked || *session.account == *asked;
        if session.closed || !fits || session.request_id_text() != request_id {
            return Err(Refusal::NotFound);
        }
        session.settle(now_ms, policy);
        Ok(session)
    }

    /// Looks one up for the phone or the control API, which need no request id.
    pub(crate) fn session(&mut self, id: i64, now_ms: i64, policy: &Policy) -> Option<&Session> {
        self.forget(now_ms);
        let session = self.sessions.get_mut(&id)?;
        session.settle(now_ms, policy);
        Some(session)
    }

    /// Does something to a session. `None`: no such session. `false`: it was over already.
    pub(crate) fn act(
        &mut self,
        id: i64,
        action: Action,
        now_ms: i64,
        policy: &Policy,
    ) -> Option<bool> {
        let session = self.sessions.get_mut(&id)?;
        session.settle(now_ms, policy);
        Some(session.act(action, now_ms, policy))
    }

    /// The sessions of one ID, newest first.
    pub(crate) fn sessions_of(
        &mut self,
        account: &str,
        now_ms: i64,
        policy: &Policy,
    ) -> Vec<&Session> {
        self.forget(now_ms);
        let ids = self
            .accounts
            .get(account)
            .map(|a| a.sessions.clone())
            .unwrap_or_default();
        for id in &ids {
            if let Some(session) = self.sessions.get_mut(id) {
                session.settle(now_ms, policy);
            }
        }
        ids.iter()
            .rev()
            .filter_map(|id| self.sessions.get(id))
            .collect()
    }

    /// All sessions, for the control API, in order of creation.
    pub(crate) fn all(&mut self, now_ms: i64, policy: &Policy) -> Vec<&Session> {
        self.forget(now_ms);
        self.sessions
            .values_mut()
            .for_each(|session| session.settle(now_ms, policy));
        self.order
            .iter()
            .filter_map(|(_, id)| self.sessions.get(id))
            .collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether the ID exists, without making it up.
    pub(crate) fn exists(&self, id: &str, policy: &Policy) -> bool {
        self.accounts.contains_key(id) || (policy.any_id && is_well_formed(id))
    }

    pub(crate) fn is_frozen(&self, id: &str) -> bool {
        self.accounts.get(id).is_some_and(|account| account.frozen)
    }

    /// Freezes or re-activates an ID; `false` when there is none.
    pub(crate) fn freeze(&mut self, id: &str, frozen: bool) -> bool {
        self.accounts
            .get_mut(id)
            .map(|account| account.frozen = frozen)
            .is_some()
    }

    /// Creates an ID with its priority codes, or adds codes to it.
    pub(crate) fn create(&mut self, id: &str, codes: &[String]) -> Result<(), String> {
        let id = id.to_ascii_lowercase();
        if !is_well_formed(&id) {
            return Err("a SecSign ID has 1 to 255 of a-z 0-9 _ @ . -".to_owned());
        }
        let name: Arc<str> = Arc::from(id);
        self.accounts.entry(name.clone()).or_default().created = true;
        self.codes.extend(
            codes
                .iter()
                .map(|code| (code.to_ascii_lowercase(), name.clone())),
        );
        Ok(())
    }

    /// Removes an ID, its codes and its sessions; `false` when there is none.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.codes.retain(|_, name| **name != *id);
        let account = self.accounts.remove(id);
        for session in account.iter().flat_map(|a| &a.sessions) {
            self.sessions.remove(session);
        }
        account.is_some()
    }

    pub(crate) fn accounts(&self) -> Vec<AccountView> {
        let mut views: Vec<_> = self
            .accounts
            .iter()
            .map(|(id, account)| AccountView {
                id: id.to_string(),
                created: account.created,
                frozen: account.frozen,
                sessions: account.sessions.iter().map(ToString::to_string).collect(),
            })
            .collect();
        views.sort_by(|a, b| a.id.cmp(&b.id));
        views
    }

    /// What the sessions of an ID do by themselves, also one that is open now. No ID: all that have no plan of
    /// their own. No steps: nothing.
    pub(crate) fn set_plan(&mut self, id: Option<&str>, steps: &[PlanStep]) {
        let plan: Option<Plan> = (!steps.is_empty()).then(|| steps.into());
        let Some(id) = id else {
            self.default_plan = plan;
            return;
        };
        let account = self.accounts.entry(Arc::from(id)).or_default();
        account.plan.clone_from(&plan);
        for session in &account.sessions {
            if let Some(session) = self.sessions.get_mut(session) {
                session.follow(plan.clone());
            }
        }
    }

    /// The number of the next session.
    pub(crate) fn set_next_number(&mut self, number: i64) {
        self.next_number = Some(number);
    }
}

/// Whether the text can be a SecSign ID, in lower case.
pub(crate) fn is_well_formed(id: &str) -> bool {
    (1..=255).contains(&id.len())
        && id.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'@' | b'.' | b'-')
        })
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
