#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "http")]
pub mod blocking;
#[cfg(feature = "http")]
pub mod client;
mod decimal;
pub mod error;
pub mod facade;
mod hex;
mod http;
mod json;
pub mod limits;
mod names;
mod percent;
mod proto;
mod replay;
mod rfc3339;
mod scan;
#[cfg(feature = "seal")]
mod seal;
mod secret;
mod securesign;
#[cfg(feature = "http")]
pub mod transport;
mod verify;

#[cfg(feature = "redis")]
pub use client::RedisStore;
#[cfg(feature = "http")]
pub use client::{Client, ClientBuilder, OnceStore, SecureSign};
pub use error::{Class, Error, ErrorCode, Result};
pub use secret::Secret;
