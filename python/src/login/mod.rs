//! Logins with SecSign ID: the service, the session, the step machine and its outcome.

mod link;
mod machine;
mod outcome;
mod reply;
mod service;
mod session;

pub(crate) use link::{AppLink, safe_return_url};
pub(crate) use machine::Login;
pub(crate) use outcome::{LoginOutcome, Outcome};
pub(crate) use reply::{ServerReply, normalize_secsign_id, parse_reply};
pub(crate) use service::{LoginService, StoreKey};
pub(crate) use session::{AccessPass, AuthSession, Challenge};
