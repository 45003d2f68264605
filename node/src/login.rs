//! Logins with SecSign ID.

mod client;
mod link;
mod machine;
mod outcome;
mod reply;
mod service;
mod session;
mod store;

pub(crate) use session::AuthSession;
