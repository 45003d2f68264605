#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod error;
pub mod facade;
mod json;
pub mod limits;
mod percent;
mod proto;
mod replay;
mod secret;
mod verify;

pub use error::{Class, Error, ErrorCode, Result};
pub use secret::Secret;
