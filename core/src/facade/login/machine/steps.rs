//! The inside of the machine: writing the request of a task, reading its answer, and what follows from it.

use super::{End, Login, Phase, Schedule, Task};
use crate::{
    error::{Error, ErrorCode, Result},
    facade::{
        AccessPass, AuthSession, Challenge, Header, HttpRequest, LoginOutcome, Outcome,
        RequestKind, State, login::session::SessionParts,
    },
    limits,
    proto::{
        reply::{Field, Fields, missing, protocol},
        request::{self, Handle, Start},
        response::{self, Sent},
        schedule,
    },
};
use alloc::{boxed::Box, format, string::String, vec};

impl Login {
    /// Begins a request at the host of first choice.
    pub(super) fn send(&mut self) {
        self.host = self.home;
        self.failed_over = None;
        self.schedule.asked += 1;
        self.phase = Phase::Send;
    }

    /// The request of the task, for the host of the moment.
    pub(super) fn request(&self) -> HttpRequest {
        let origin = self.service.hosts.get(self.host).map_or("", String::as_str);
        let content_type = Header {
            name: String::from("Content-Type"),
            value: String::from("application/x-www-form-urlencoded"),
        };
        let request = HttpRequest::post(
            format!("{origin}/"),
            vec![content_type],
            self.body().into_bytes(),
        );
        HttpRequest {
            connect_timeout_ms: self.service.connect_timeout_ms,
            total_timeout_ms: self.service.total_timeout_ms,
            ..request
        }
    }

    fn body(&self) -> String {
        let service = &self.service;
        let Some(session) = &self.session else {
            let start = Start {
                secsign_id: &self.secsign_id,
                service_name: &service.service_name,
                service_address: &service.service_address,
                plugin_name: service.plugin_name.as_deref(),
                show_access_pass: service.show_access_pass,
            };
            return request::start(&service.api_method, &start);
        };
        let handle = Handle {
            secsign_id: session.secsign_id(),
            auth_session_id: session.auth_session_id(),
            request_id: session.request_id(),
        };
        let write = match self.kind() {
            RequestKind::Start | RequestKind::State => request::state,
            RequestKind::Cancel => request::cancel,
            RequestKind::Release => request::release,
        };
        write(&service.api_method, &handle)
    }

    fn kind(&self) -> RequestKind {
        match self.task {
            Task::Begin => RequestKind::Start,
            Task::Check | Task::Wait => RequestKind::State,
            Task::Cancel | Task::Abort => RequestKind::Cancel,
            Task::Release => RequestKind::Release,
        }
    }

    /// Reads an answer. Only a reply with status 200 can be a good one; an error of the server is heard with any 4xx or 5xx.
    pub(super) fn read(&self, status: u32, body: &[u8], now_ms: i64) -> Result<End> {
        if (300..400).contains(&status) {
            return Err(ErrorCode::UnexpectedRedirect.into());
        }
        if body.len() > limits::REPLY_MAX {
            return Err(ErrorCode::ResponseTooLarge.into());
        }
        let sent = Sent {
            service_name: &self.service.service_name,
            request_id: self.session.as_ref().map_or("", AuthSession::request_id),
        };
        if status != 200 {
            let stated = Fields::read(body, sent.service_name)
                .ok()
                .filter(|_| status >= 400);
            let error =
                stated.and_then(|fields| response::server_error(self.kind(), &fields, sent));
            return Err(error.unwrap_or_else(|| {
                Error::with_detail(ErrorCode::HttpStatus, format!("{status}"))
            }));
        }
        let fields = response::read(self.kind(), body, sent)?;
        self.check_echoes(&fields, sent)?;
        match &self.session {
            None => self
                .read_start(&fields, now_ms)
                .map(|challenge| End::Begun(Box::new(challenge))),
            Some(session) => self.read_outcome(&fields, session).map(End::Outcome),
        }
    }

    /// Refuses an answer that speaks of another service or session than the request did. Replies to a state request seldom
    /// name the service; one that does can tell an approval for another site.
    fn check_echoes(&self, fields: &Fields<'_>, sent: Sent<'_>) -> Result<()> {
        let differs = |field, sent: &str| fields.get(field).is_some_and(|echo| echo != sent);
        if differs(Field::ServiceName, sent.service_name) {
            return Err(protocol(Field::ServiceName.name()));
        }
        if differs(Field::ServiceAddress, &self.service.service_address) {
            return Err(protocol(Field::ServiceAddress.name()));
        }
        if self.session.is_some() && differs(Field::RequestId, sent.request_id) {
            return Err(protocol(Field::RequestId.name()));
        }
        Ok(())
    }

    fn read_start(&self, fields: &Fields<'_>, now_ms: i64) -> Result<Challenge> {
        let stated = self
            .identity(fields)?
            .ok_or_else(|| missing(Field::SecsignId))?;
        if response::state(fields)?.is_some_and(|state| state != State::Pending) {
            return Err(protocol(Field::State.name()));
        }
        let icon = fields.get(Field::Icon).filter(|icon| !icon.is_empty());
        let session = AuthSession::new(&SessionParts {
            secsign_id: &stated,
            auth_session_id: fields.need(Field::AuthSessionId)?,
            request_id: fields.need(Field::RequestId)?,
            service_name: &self.service.service_name,
            service_address: &self.service.service_address,
            server: self.service.hosts.get(self.host).map_or("", String::as_str),
            created_at_ms: now_ms,
        });
        Ok(Challenge {
            session,
            access_pass: icon.map(AccessPass::from_base64).transpose()?,
        })
    }

    fn read_outcome(&self, fields: &Fields<'_>, session: &AuthSession) -> Result<LoginOutcome> {
        if self.task == Task::Release {
            return Ok(LoginOutcome::other(Outcome::Released));
        }
        if fields.need(Field::AuthSessionId)? != session.auth_session_id() {
            return Err(protocol(Field::AuthSessionId.name()));
        }
        let stated = self.identity(fields)?;
        let state = response::state(fields)?.ok_or_else(|| missing(Field::State))?;
        let other = |kind| Ok(LoginOutcome::other(kind));
        match (self.kind(), state) {
            (RequestKind::Cancel, State::Pending | State::Fetched | State::Authenticated) => {
                Err(protocol(Field::State.name()))
            }
            (_, State::Authenticated) => match stated {
                Some(secsign_id) => Ok(LoginOutcome::approved(secsign_id)),
                None => Err(missing(Field::SecsignId)),
            },
            (_, State::Pending) => other(Outcome::Pending),
            (_, State::Fetched) => other(Outcome::Fetched),
            (_, State::Denied) => other(Outcome::Denied),
            (_, State::Expired) => other(Outcome::Expired),
            (_, State::Suspended) => other(Outcome::Suspended),
            (_, State::Canceled) => other(Outcome::Canceled),
            (_, State::NoState | State::Invalid) => other(Outcome::Invalid),
        }
    }

    /// The SecSign ID that the server states. Another than the one asked for is only right if a priority code was typed.
    fn identity(&self, fields: &Fields<'_>) -> Result<Option<String>> {
        let stated = response::secsign_id(fields)?;
        let differs = stated.as_ref().is_some_and(|id| *id != self.secsign_id);
        if differs && !self.service.allow_priority_code {
            Err(ErrorCode::IdentityMismatch.into())
        } else {
            Ok(stated)
        }
    }

    /// Draws the conclusion from an answer or a failure.
    pub(super) fn settle(&mut self, result: Result<End>, now_ms: i64) {
        let result = match (result, self.failed_over.take()) {
            // Another host than the creating one may simply not know the session: that does not say that it is gone.
            (Err(error), Some(first)) if error.code() == ErrorCode::SessionGone => Err(first),
            (result, _) => result,
        };
        match (self.task, result) {
            (Task::Release, _) => self.end(Outcome::Released, now_ms),
            (Task::Abort, _) => self.end(Outcome::Canceled, now_ms),
            (Task::Wait, Ok(End::Outcome(outcome))) if outcome.is_open() => {
                self.schedule.last = outcome.kind();
                self.schedule.last_error = None;
                self.schedule.failures = 0;
                self.ask_again(now_ms);
            }
            (Task::Wait, Err(error))
                if error.is_retryable()
                    && self.schedule.failures + 1 < limits::POLL_FAILURES_MAX =>
            {
                self.schedule.last_error = Some(error);
                self.schedule.failures += 1;
                self.schedule.retries += 1;
                self.ask_again(now_ms);
            }
            // Whatever ended it, an approval that was faster than the cancel lets nobody in any more.
            (Task::Cancel, Err(error)) if error.code() == ErrorCode::SessionGone => {
                self.end(Outcome::Canceled, now_ms);
            }
            (Task::Begin, Err(error)) => self.fail_start(error),
            (_, Ok(End::Outcome(outcome))) => self.finish(outcome, now_ms),
            (_, result) => self.phase = Phase::Done(result),
        }
    }

    fn ask_again(&mut self, now_ms: i64) {
        if now_ms >= self.schedule.ends_ms() || self.schedule.asked >= limits::POLL_REQUESTS_MAX {
            self.time_up(now_ms);
        } else {
            self.phase = Phase::Wait(now_ms.saturating_add(self.schedule.pause_ms()));
        }
    }

    /// Ends a wait that may not ask any more: with the last failure if the last question failed, as expired if the life of the
    /// session is over, else as it last stood.
    pub(super) fn time_up(&mut self, now_ms: i64) {
        let spent = now_ms >= self.schedule.life_ends_ms
            || self.schedule.asked >= limits::POLL_REQUESTS_MAX;
        match self.schedule.last_error.take() {
            Some(error) => self.phase = Phase::Done(Err(error)),
            None => {
                let kind = if spent {
                    Outcome::Expired
                } else {
                    self.schedule.last
                };
                self.end(kind, now_ms);
            }
        }
    }

    pub(super) fn end(&mut self, kind: Outcome, now_ms: i64) {
        self.finish(LoginOutcome::other(kind), now_ms);
    }
}

impl Schedule {
    /// When the wait ends, whatever the answers.
    pub(super) fn ends_ms(&self) -> i64 {
        self.deadline_ms.min(self.life_ends_ms)
    }

    pub(super) fn pause_ms(&self) -> i64 {
        schedule::pause_ms(self.seed, self.asked, self.failures)
    }
}
