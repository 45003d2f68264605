//! Setting a machine up for its task.

use super::{Login, Phase, Schedule, Task};
use crate::{
    error::{Error, ErrorCode, Result},
    facade::{AuthSession, LoginService, Outcome},
    limits,
    verify::mac,
};
use alloc::{string::String, sync::Arc};

impl Login {
    /// A machine that has nothing to do yet.
    pub(super) fn new(
        service: &LoginService,
        task: Task,
        secsign_id: String,
        session: Option<AuthSession>,
        now_ms: i64,
    ) -> Self {
        let created = session.as_ref().map_or(now_ms, AuthSession::created_at_ms);
        // Only a wait has pauses.
        let waiting = session.as_ref().filter(|_| task == Task::Wait);
        let seed = waiting.map_or(0, |session| {
            let [a, b, c, d, ..] = mac::sha256_of(
                b"countermark.login.jitter",
                &[session.request_id().as_bytes()],
            );
            u32::from_be_bytes([a, b, c, d])
        });
        Self {
            service: Arc::clone(&service.settings),
            task,
            secsign_id,
            session,
            phase: Phase::Wait(now_ms),
            home: 0,
            host: 0,
            failed_over: None,
            sent: false,
            schedule: Schedule {
                seed,
                life_ends_ms: created
                    .saturating_add(limits::AUTH_SESSION_LIFE_MS + limits::CLOCK_SKEW_MS),
                deadline_ms: i64::MAX,
                asked: 0,
                failures: 0,
                retries: 0,
                last: Outcome::Pending,
                last_error: None,
            },
        }
    }

    /// A machine for a session that is there, if it was opened for this service.
    pub(super) fn resume(
        service: &LoginService,
        task: Task,
        session: &AuthSession,
        now_ms: i64,
    ) -> Result<Self> {
        let settings = &service.settings;
        let home = settings
            .hosts
            .iter()
            .position(|host| host == session.server());
        let same_service = session.service_name() == settings.service_name
            && session.service_address() == settings.service_address;
        let (Some(home), true) = (home, same_service) else {
            return Err(Error::with_detail(
                ErrorCode::UnknownHandle,
                "opened for another service",
            ));
        };
        let secsign_id = String::from(session.secsign_id());
        let mut login = Self::new(service, task, secsign_id, Some(session.clone()), now_ms);
        login.home = home;
        let created_ms = session.created_at_ms();
        let first_ms = created_ms.saturating_add(login.schedule.pause_ms());
        if now_ms > created_ms.saturating_add(limits::AUTH_SESSION_USABLE_MS) {
            let kind = if task == Task::Release {
                Outcome::Released
            } else {
                Outcome::Expired
            };
            login.end(kind, now_ms);
        } else if task == Task::Wait && now_ms < first_ms {
            login.phase = Phase::Wait(first_ms);
        } else {
            login.send();
        }
        Ok(login)
    }
}
