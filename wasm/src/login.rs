//! Logins with SecSign ID.

mod link;
mod machine;
mod reply;
mod service;
mod session;

pub(crate) use session::AuthSession;
