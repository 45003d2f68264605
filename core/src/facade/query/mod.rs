//! Signed queries: links that carry their own proof.

mod config;
mod signer;
mod verified;
mod verifier;

pub use config::{QueryConfig, QueryKey, QueryProfile};
pub use signer::{QuerySigner, QuerySignerConfig};
pub use verified::{QueryField, VerifiedQuery};
pub use verifier::QueryVerifier;
