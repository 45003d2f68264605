//! What nobody has published about the server, so that it has to be chosen: each choice with its default.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The server's choices. The control API can change them while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Policy {
    /// Every well-formed ID exists. Otherwise only those that were created.
    pub(crate) any_id: bool,
    /// What a wrong symbol does.
    pub(crate) wrong_symbol: WrongSymbol,
    /// What a second request for an ID with an open session does.
    pub(crate) competing: Competing,
    /// How the withdrawn release request is answered.
    pub(crate) release: Release,
    /// How long a session waits for the person.
    pub(crate) session_ms: i64,
    /// How long an approval can be read before the session turns invalid.
    pub(crate) approval_ms: i64,
    /// An approval can be read once only.
    pub(crate) approval_once: bool,
    /// Unknown, repeated or badly written parameters are refused, as by the firewall before the public server.
    pub(crate) firewall: bool,
    /// A service name or address that cannot be echoed unharmed (it holds `&`) is refused.
    pub(crate) strict_text: bool,
    /// HTTP status of protocol errors.
    pub(crate) error_status: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            any_id: true,
            wrong_symbol: WrongSymbol::Deny,
            competing: Competing::SuspendBoth,
            release: Release::Refuse,
            session_ms: 120_000,
            approval_ms: 120_000,
            approval_once: false,
            firewall: true,
            strict_text: false,
            error_status: 200,
        }
    }
}

/// What a wrong symbol does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WrongSymbol {
    /// The session is denied (state 4).
    Deny,
    /// The session is suspended (state 5).
    Suspend,
    /// The person may choose again.
    Retry,
}

/// What a second request for an ID with an open session does. The ID is frozen either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Competing {
    /// Both get a session, and both sessions are suspended.
    SuspendBoth,
    /// The first session is suspended, the second request is answered with error 20006.
    Refuse,
}

/// How the withdrawn release request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Release {
    /// As today: an unknown request, error 400.
    Refuse,
    /// As before 2019: the state is echoed and the session is gone.
    Echo,
}
