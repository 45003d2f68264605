//! The WebAssembly module: a thin map of `countermark::facade`, one file for each of its files, for the shell of the Node addon.
//!
//! Objects cross as classes or plain objects, through wasm-bindgen. The two hot calls, verifying a query and a webhook, find
//! their arguments in a buffer that JavaScript fills, and answer with a number. Nothing here asks for the time or for randomness.

#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    reason = "wasm-bindgen asks for public items and owned arguments; the types of the package document what users see"
)]

mod allocator;
mod error;
mod last;
mod meta;
mod query;
mod record;
mod scratch;
mod value;
mod webhook;

#[cfg(feature = "full")]
mod explain;
#[cfg(feature = "full")]
mod handshake;
#[cfg(feature = "full")]
mod http;
#[cfg(feature = "full")]
mod inspect;
#[cfg(feature = "full")]
mod login;
#[cfg(feature = "full")]
mod replay;
#[cfg(feature = "full")]
mod seal;
#[cfg(feature = "full")]
mod securesign;
