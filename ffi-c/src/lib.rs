//! The C ABI: a map of `countermark::facade`, one file per facade file. The contract is in `README.md` beside this
//! crate; `include/countermark.h` is generated from these sources.
//!
//! There is no protocol logic here: a function checks its pointers, makes one call, and hands out the result.

#![allow(
    non_camel_case_types,
    unreachable_pub,
    reason = "names and visibility are those of the C header"
)]

mod boundary;
mod handle;
mod login;
mod meta;
mod option;
mod owned;
mod query;
mod replay;
mod seal;
mod securesign;
mod status;
mod step;
mod view;
mod webhook;

// The last in the header.
#[cfg(feature = "http")]
mod http;
