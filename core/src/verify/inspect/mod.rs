//! For tools that look at one request: read it as it was saved, tell whose scheme it may be, show what its signature is
//! over. Verifying never comes here.

pub(crate) mod candidates;
pub(crate) mod content;
mod curl;
pub(crate) mod difference;
mod foreign;
pub(crate) mod saved;
