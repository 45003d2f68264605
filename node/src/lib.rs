//! The Node addon: a thin map of `countermark::facade`, one file for each of its files. The package's users see it through
//! the shell in `js/`, which types and documents it.
//!
//! Objects cross as classes or plain objects, through napi-rs. The two hot calls, verifying a query and a webhook, read their
//! arguments into stack buffers and answer with a number or a text, because typed glue costs several times as much.

#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::new_without_default,
    reason = "napi asks for public items and owned arguments; `types/` documents what users see"
)]
#![cfg_attr(
    test,
    allow(dead_code, reason = "napi registers nothing in a test build")
)]

mod calls;
mod error;
mod explain;
mod handshake;
mod hot;
mod http;
mod last;
mod login;
mod meta;
mod query;
mod record;
mod replay;
mod seal;
mod securesign;
mod value;
mod webhook;
