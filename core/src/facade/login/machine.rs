//! The step machine of a login: says what to send and when, reads what came back, and alone decides about another host.

mod once;
mod setup;
mod steps;

use super::{AuthSession, Challenge, LoginOutcome, LoginService, Outcome, service::Settings};
use crate::{
    error::{Error, ErrorCode, Result},
    facade::{FailureKind, FailurePhase, HttpRequest},
    proto::{ident, schedule},
};
use alloc::{boxed::Box, string::String, sync::Arc};
use core::fmt;

/// What a [`Login`] wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send this, then call [`Login::on_response`] or [`Login::on_transport_error`].
    Send(HttpRequest),
    /// Poll again at this time or later, in Unix milliseconds. Polling earlier does no harm.
    Wait {
        /// The time.
        until_ms: i64,
    },
    /// Take this key in the store of what may happen once, then call [`Login::on_store`]. The store has the contract of
    /// [`ReplayMemory`](crate::facade::ReplayMemory): of any number of callers, one succeeds. All processes of a service share it.
    Reserve {
        /// The key: ASCII, 64 hex digits after a prefix. Holds no handle that could be used.
        key: String,
        /// Until when to keep it, in Unix milliseconds.
        until_ms: i64,
    },
    /// Free this key, which this login took, then call [`Login::on_store`].
    Release {
        /// The key.
        key: String,
    },
    /// Read [`Login::challenge`] or [`Login::outcome`].
    Done,
}

/// One task on a login: begin, check, wait, cancel or release. It has one owner, and sends, sleeps and stores nothing itself.
///
/// Loop: [`poll`](Self::poll); do what the step says; feed the answer; until [`Step::Done`]. Every time is Unix milliseconds.
pub struct Login {
    service: Arc<Settings>,
    task: Task,
    secsign_id: String,
    session: Option<AuthSession>,
    phase: Phase,
    /// The host that opened the session; for a start, the first one.
    home: usize,
    /// The host of the present request, and the failure that led to it if it is not the first choice.
    host: usize,
    failed_over: Option<Error>,
    sent: bool,
    schedule: Schedule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Begin,
    Check,
    Wait,
    Cancel,
    /// A wait or a cancel that was aborted: ends in `Canceled` whatever comes back of the cancel request.
    Abort,
    Release,
}

enum Phase {
    /// The ID is not taken yet; nothing was sent.
    Take {
        key: String,
        until_ms: i64,
    },
    Send,
    Wait(i64),
    /// The login has ended, and the end is not used yet.
    Use {
        key: String,
        until_ms: i64,
        outcome: LoginOutcome,
    },
    /// The result is there, and the ID is still taken.
    Free {
        key: String,
        result: Result<End>,
    },
    Done(Result<End>),
}

enum End {
    Begun(Box<Challenge>),
    Outcome(LoginOutcome),
}

/// What a wait remembers between two questions.
struct Schedule {
    seed: u32,
    life_ends_ms: i64,
    deadline_ms: i64,
    asked: u32,
    failures: u32,
    retries: u32,
    last: Outcome,
    last_error: Option<Error>,
}

impl Login {
    /// Starts a login for a user. Its result is [`challenge`](Self::challenge).
    ///
    /// One login for an ID may be open at a time: two suspend each other, and the server freezes the ID. So the first step takes
    /// the ID in the store; if it is taken, the result is `BUSY` and nothing is sent. For the same reason a start goes to the
    /// fallback only if certainly nothing was sent to the server.
    ///
    /// # Errors
    /// `INVALID_SECSIGN_ID`; nothing is sent then.
    pub fn begin(service: &LoginService, secsign_id: &str, now_ms: i64) -> Result<Self> {
        let secsign_id = ident::normalize(secsign_id)?;
        let mut login = Self::new(service, Task::Begin, secsign_id, None, now_ms);
        login.take(now_ms);
        Ok(login)
    }

    /// Asks once how the user decided. Its result is [`outcome`](Self::outcome).
    ///
    /// A login ends once: the last step of the call that sees the end takes the session in the store, and an approval that is
    /// seen again is `ALREADY_CONSUMED`. So do not ask from two places, or share the answer between them.
    ///
    /// # Errors
    /// `UNKNOWN_HANDLE` if the session was not opened for this service.
    pub fn check(service: &LoginService, session: &AuthSession, now_ms: i64) -> Result<Self> {
        Self::resume(service, Task::Check, session, now_ms)
    }

    /// Asks until the user has decided, the session's two minutes and the skew of clocks are over, or `deadline_ms` is reached. At the
    /// deadline the outcome is the last known one, `Pending` or `Fetched`; ask again later.
    ///
    /// Questions are at least two seconds apart and at most 60. Failures that may pass are retried, with growing pauses, three
    /// times in a row.
    ///
    /// # Errors
    /// `UNKNOWN_HANDLE` if the session was not opened for this service.
    pub fn wait(
        service: &LoginService,
        session: &AuthSession,
        deadline_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<Self> {
        let mut login = Self::resume(service, Task::Wait, session, now_ms)?;
        login.schedule.deadline_ms = deadline_ms.unwrap_or(i64::MAX);
        Ok(login)
    }

    /// Withdraws the session, so that the phone stops asking.
    ///
    /// # Errors
    /// `UNKNOWN_HANDLE` if the session was not opened for this service.
    pub fn cancel(service: &LoginService, session: &AuthSession, now_ms: i64) -> Result<Self> {
        Self::resume(service, Task::Cancel, session, now_ms)
    }

    /// Gives an approved session back. The public server withdrew the call in 2019 (change log of the vendor's PHP and browser
    /// clients); own servers may want it. The outcome is `Released` whatever happens, since no login may depend on it.
    ///
    /// # Errors
    /// `UNKNOWN_HANDLE` if the session was not opened for this service.
    pub fn release(service: &LoginService, session: &AuthSession, now_ms: i64) -> Result<Self> {
        Self::resume(service, Task::Release, session, now_ms)
    }

    /// What to do now. The answer stays the same until something is fed or the time of a wait has come.
    pub fn poll(&mut self, now_ms: i64) -> Step {
        if let Phase::Wait(until_ms) = self.phase {
            // A clock that is set back must not stretch the pause.
            let until_ms = until_ms.min(now_ms.saturating_add(schedule::LONGEST_PAUSE_MS));
            self.phase = Phase::Wait(until_ms);
            if now_ms >= self.schedule.ends_ms() {
                self.time_up(now_ms);
            } else if now_ms >= until_ms {
                self.send();
            }
        }
        match &self.phase {
            Phase::Send => Step::Send(self.request()),
            Phase::Wait(until_ms) => Step::Wait {
                until_ms: (*until_ms).min(self.schedule.ends_ms()),
            },
            Phase::Take { key, until_ms } | Phase::Use { key, until_ms, .. } => Step::Reserve {
                key: key.clone(),
                until_ms: *until_ms,
            },
            Phase::Free { key, .. } => Step::Release { key: key.clone() },
            Phase::Done(_) => Step::Done,
        }
    }

    /// Feeds the answer to the request: its HTTP status and whole body. Follow no redirect: feed it.
    ///
    /// # Errors
    /// `WRONG_STATE` if no request was to be sent. What is wrong with the answer is told by the result.
    pub fn on_response(&mut self, status: u32, body: &[u8], now_ms: i64) -> Result<()> {
        self.expect_request()?;
        self.sent = true;
        let result = self.read(status, body, now_ms);
        self.settle(result, now_ms);
        Ok(())
    }

    /// Feeds a failure of the transport. Say [`FailurePhase::MaybeSent`] unless it is certain that nothing was sent.
    ///
    /// # Errors
    /// `WRONG_STATE` if no request was to be sent.
    pub fn on_transport_error(
        &mut self,
        kind: FailureKind,
        phase: FailurePhase,
        now_ms: i64,
    ) -> Result<()> {
        self.expect_request()?;
        self.sent |= phase == FailurePhase::MaybeSent;
        let error = Error::new(kind.error_code());
        match (phase, self.failed_over.take()) {
            (FailurePhase::NotSent, None) if self.service.hosts.len() > 1 => {
                self.failed_over = Some(error);
                self.host = 1 - self.host;
                self.phase = Phase::Send;
            }
            (FailurePhase::NotSent, Some(first)) => self.settle(Err(first), now_ms),
            (_, _) => self.settle(Err(error), now_ms),
        }
        Ok(())
    }

    /// Stops. A wait still sends the cancel request while the session lives, so that the phone stops asking, and ends as
    /// `Canceled`, as a cancel does: no approval will be accepted, but the server may not have heard of it, so the ID stays taken for its time. A
    /// check only stops asking: a page that goes away does not end the login. A start that may have been sent cannot be taken
    /// back without its answer; it ends with `LOGIN_CANCELED`. Nothing changes once the login has ended.
    pub fn abort(&mut self, now_ms: i64) {
        match (self.task, &self.phase) {
            (_, Phase::Done(_) | Phase::Use { .. } | Phase::Free { .. }) => {}
            (Task::Wait, _) if now_ms < self.schedule.life_ends_ms => {
                self.task = Task::Abort;
                self.send();
            }
            (Task::Begin, _) => self.phase = Phase::Done(Err(ErrorCode::LoginCanceled.into())),
            (Task::Check, _) => self.end(Outcome::Pending, now_ms),
            (Task::Wait | Task::Cancel | Task::Abort, _) => {
                self.task = Task::Abort;
                self.end(Outcome::Canceled, now_ms);
            }
            (Task::Release, _) => self.end(Outcome::Released, now_ms),
        }
    }

    /// What a begun login gave: the session and the access pass to show.
    ///
    /// # Errors
    /// What went wrong; `WRONG_STATE` before the last step, and for other tasks than begin.
    pub fn challenge(&self) -> Result<Challenge> {
        match &self.phase {
            Phase::Done(Ok(End::Begun(challenge))) => Ok(Challenge::clone(challenge)),
            Phase::Done(Err(error)) => Err(error.clone()),
            _ => Err(ErrorCode::WrongState.into()),
        }
    }

    /// How the login stands. A login that has just begun is `Pending`.
    ///
    /// # Errors
    /// What went wrong; `WRONG_STATE` before the last step.
    pub fn outcome(&self) -> Result<LoginOutcome> {
        match &self.phase {
            Phase::Done(Ok(End::Outcome(outcome))) => Ok(outcome.clone()),
            Phase::Done(Ok(End::Begun(_))) => Ok(LoginOutcome::other(Outcome::Pending)),
            Phase::Done(Err(error)) => Err(error.clone()),
            _ => Err(ErrorCode::WrongState.into()),
        }
    }

    /// How many failed questions a wait has repeated, for logs.
    #[must_use]
    pub fn retries(&self) -> u32 {
        self.schedule.retries
    }

    fn expect_request(&self) -> Result<()> {
        match self.phase {
            Phase::Send => Ok(()),
            _ => Err(Error::with_detail(
                ErrorCode::WrongState,
                "no request is open",
            )),
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("task", &self.task)
            .finish_non_exhaustive()
    }
}
