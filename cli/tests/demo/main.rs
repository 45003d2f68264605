//! The login site over raw HTTP: what a browser would not send, an attacker does.

mod http;
mod links;
mod login;
mod refusals;
mod running;
