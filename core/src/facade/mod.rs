//! The facade: the only module that the bindings map, one to one.
//!
//! Rules: times are `i64` Unix milliseconds, 64-bit session numbers are text, `now` and randomness are arguments,
//! nothing calls back, nothing waits. Configuration objects are immutable and may be shared between threads; step
//! machines have one owner. A verified value is the only way to read signed data.

mod http;
mod meta;

pub use http::{FailureKind, FailurePhase, Header, HttpRequest};
pub use meta::{ABI_VERSION, VERSION, list_errors};
