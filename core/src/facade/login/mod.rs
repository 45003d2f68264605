//! Logins with SecSign ID: the service, the session, the step machine and its outcome.

mod link;
mod machine;
mod outcome;
mod reply;
mod service;
mod session;

pub use crate::proto::{request::RequestKind, state::State};
pub use link::{AppLink, safe_return_url};
pub use machine::{Login, Step};
pub use outcome::{LoginOutcome, Outcome};
pub use reply::{ServerReply, normalize_secsign_id, parse_reply};
pub use service::{LoginConfig, LoginService, PUBLIC_FALLBACK, PUBLIC_SERVER};
#[cfg(all(test, feature = "seal"))]
pub(crate) use session::SessionParts;
pub use session::{AccessPass, AuthSession, Challenge};
