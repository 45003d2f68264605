//! What the control API takes and gives, as JSON.

use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::session::{PlanStep, Session};
use super::state::Action;

/// A session as the control API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct SessionView {
    authsessionid: String,
    requestid: String,
    secsignid: String,
    /// Whose session it is, which differs from `secsignid` for a priority code.
    account: String,
    servicename: String,
    serviceaddress: String,
    pluginname: Option<String>,
    state: u8,
    state_name: &'static str,
    polls: u32,
    created_ms: i64,
    decided_ms: i64,
    /// Whether it has an access pass.
    access_pass: bool,
    symbol: super::icons::Symbol,
    symbol_name: String,
    closed: bool,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        Self {
            authsessionid: session.id.to_string(),
            requestid: session.request_id_text(),
            secsignid: session.asked.to_string(),
            account: session.account.to_string(),
            servicename: session.service_name.to_string(),
            serviceaddress: session.service_address.to_string(),
            pluginname: session.plugin_name.as_deref().map(str::to_owned),
            state: session.state as u8,
            state_name: session.state.name(),
            polls: session.polls,
            created_ms: session.created_ms,
            decided_ms: session.decided_ms,
            access_pass: session.choices.is_some(),
            symbol: session.symbol,
            symbol_name: session.symbol.name(),
            closed: session.closed,
        }
    }
}

/// `PUT /ids/{id}`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PutId {
    pub(crate) frozen: Option<bool>,
    pub(crate) priority_codes: Vec<String>,
}

/// `POST /sessions/{id}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Act {
    pub(crate) action: Action,
}

/// `PUT /plan`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutPlan {
    #[serde(default)]
    pub(crate) secsignid: Option<String>,
    pub(crate) steps: Vec<PlanStep>,
}

/// `POST /next-session`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NextSession {
    pub(crate) authsessionid: String,
}

/// `POST /clock`: one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetClock {
    /// Stop and show this time.
    pub(crate) set_ms: Option<i64>,
    /// Move on by this much.
    pub(crate) advance_ms: Option<i64>,
    /// `true`: follow the machine's clock. `false`: stop at the time shown.
    pub(crate) running: Option<bool>,
}

/// The answer of `/clock`.
#[derive(Debug, Serialize)]
pub(crate) struct ClockView {
    now_ms: i64,
    running: bool,
}

impl From<Clock> for ClockView {
    fn from(clock: Clock) -> Self {
        Self {
            now_ms: clock.now_ms(),
            running: matches!(clock, Clock::Running { .. }),
        }
    }
}

/// `GET /sessions?secsignid=…`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionQuery {
    pub(crate) secsignid: Option<String>,
}

/// `GET /transcript?after=…`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TranscriptQuery {
    #[serde(default)]
    pub(crate) after: u64,
}
