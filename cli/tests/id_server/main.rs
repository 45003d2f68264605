//! The emulator as its users meet it: the real program over real connections.

// Clippy takes only functions with `#[test]` for tests; the helpers here are tests as well.
#![allow(clippy::unwrap_used)]

mod control;
mod faults;
mod phone;
mod process;
mod protocol;
mod securesign;
mod support;
