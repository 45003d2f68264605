//! What may happen once: one open login for an ID, one use of its end. The keys and the rules are here, the store is the driver's.

use super::{End, Login, Phase, Task};
use crate::{
    error::{Error, ErrorCode, Result},
    facade::{AuthSession, LoginOutcome, Outcome, login::service::once_key},
    limits::{APPROVAL_ONCE_TTL_MS, CLOCK_SKEW_MS, IN_FLIGHT_TTL_MS},
};
use alloc::string::String;

impl Login {
    /// Takes the ID before the start.
    pub(super) fn take(&mut self, now_ms: i64) {
        self.phase = Phase::Take {
            key: self.guard(),
            until_ms: now_ms.saturating_add(self.service.in_flight_ttl_ms()),
        };
    }

    /// Ends a start that gave no session. A session may exist at the server unless nothing was sent, or the server itself refused:
    /// then the ID stays taken for as long as such a session would live.
    pub(super) fn fail_start(&mut self, error: Error) {
        let no_session = !self.sent || error.server_report().is_some();
        let result = Err(error);
        self.phase = if no_session {
            Phase::Free {
                key: self.guard(),
                result,
            }
        } else {
            Phase::Done(result)
        };
    }

    /// Ends with an outcome. One that cannot change any more is used once, so that an approval lets in once, and not after the
    /// login was canceled.
    pub(super) fn finish(&mut self, outcome: LoginOutcome, now_ms: i64) {
        self.phase = match &self.session {
            Some(session) if !outcome.is_open() && self.task != Task::Release => {
                // A clock that was set back must not let the key end before the session does.
                let from_ms = now_ms.max(session.created_at_ms());
                Phase::Use {
                    key: once_key(session),
                    until_ms: from_ms.saturating_add(APPROVAL_ONCE_TTL_MS),
                    outcome,
                }
            }
            _ => Phase::Done(Ok(End::Outcome(outcome))),
        };
    }

    /// Feeds the answer of the store to [`Step::Reserve`](super::Step::Reserve) or [`Step::Release`](super::Step::Release):
    /// nothing when it did so, `REPLAYED` when the key is taken, and its error, such as `STORE_UNAVAILABLE`, when it did not.
    ///
    /// # Errors
    /// `WRONG_STATE` if nothing was to be stored.
    pub fn on_store(&mut self, refusal: Option<ErrorCode>, now_ms: i64) -> Result<()> {
        let done = || Phase::Done(Err(ErrorCode::Internal.into()));
        match core::mem::replace(&mut self.phase, done()) {
            Phase::Take { .. } => match refusal {
                None => self.send(),
                Some(code) => self.refuse(code, ErrorCode::Busy),
            },
            Phase::Use { outcome, .. } => match refusal {
                None => self.free(outcome, now_ms),
                Some(ErrorCode::Replayed) if outcome.kind() != Outcome::Approved => {
                    self.phase = Phase::Done(Ok(End::Outcome(outcome)));
                }
                Some(code) => self.refuse(code, ErrorCode::AlreadyConsumed),
            },
            // If the store cannot be reached, the key is free after its time.
            Phase::Free { result, .. } => self.phase = Phase::Done(result),
            phase => {
                self.phase = phase;
                return Err(Error::with_detail(
                    ErrorCode::WrongState,
                    "nothing is to be stored",
                ));
            }
        }
        Ok(())
    }

    fn refuse(&mut self, code: ErrorCode, taken: ErrorCode) {
        let code = if code == ErrorCode::Replayed {
            taken
        } else {
            code
        };
        self.phase = Phase::Done(Err(code.into()));
    }

    /// Frees the ID for the next login. Only the call that used the end does, or a later question about an ended login would free
    /// the ID of the next one. After a suspension the ID stays taken, as a pause, and after an abort, since the server may not have heard
    /// of it.
    fn free(&mut self, outcome: LoginOutcome, now_ms: i64) {
        let keep = outcome.kind() == Outcome::Suspended || self.task == Task::Abort;
        let result = Ok(End::Outcome(outcome));
        self.phase = if self.holds_guard(now_ms) && !keep {
            Phase::Free {
                key: self.guard(),
                result,
            }
        } else {
            Phase::Done(result)
        };
    }

    fn guard(&self) -> String {
        self.service.in_flight_key(&self.secsign_id)
    }

    /// Whether the taken ID is certainly that of this login. It is held for as long as a start may take, and `IN_FLIGHT_TTL_MS` after that; near
    /// the end of that time it may already be that of the next login, since this clock may be behind by the skew. A clock that is further behind says nothing about the age. And with priority
    /// codes, what was taken is the code.
    fn holds_guard(&self, now_ms: i64) -> bool {
        let age = |session: &AuthSession| now_ms.saturating_sub(session.created_at_ms());
        let certain = -CLOCK_SKEW_MS..IN_FLIGHT_TTL_MS - CLOCK_SKEW_MS;
        !self.service.allow_priority_code
            && self
                .session
                .as_ref()
                .map(age)
                .is_some_and(|age_ms| certain.contains(&age_ms))
    }
}
