//! The AuthSession protocol of SecSign ID: its words, and the rules that need no state.
//!
//! A login is four kinds of POST to the path `/` of one server, with a form body. *Start* names the user and the service and
//! opens a session; the phone shows it. *State* asks how the user decided. *Cancel* withdraws the session, *release* gives it
//! back after use. State, cancel and release carry nothing but the handle of the session: its number, its request id, its user.
//! Whoever holds the three may ask for it, and no answer names the service; so the handle never leaves the library in the open.
//!
//! A reply looks like a form but is not one: the values are raw. It is split at `&` and at the first `=`, and never decoded.
//! Replies are read strictly, since a reader that takes the last of two fields, or trims, or guesses, can be made to see
//! another answer than the server gave.

pub(crate) mod access_pass;
pub(crate) mod host;
pub(crate) mod ident;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod schedule;
pub(crate) mod state;
