//! Random bytes for the facade, which has none of its own.

use crate::{error::Answer, input::octets};
use countermark::{Error, ErrorCode};
use pyo3::prelude::*;

/// The given bytes, or `N` fresh ones of the system.
pub(crate) fn or_fresh<const N: usize>(given: Option<&Bound<'_, PyAny>>) -> Answer<Vec<u8>> {
    if let Some(given) = given {
        return Ok(octets(given)?.into_owned());
    }
    let mut bytes = vec![0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::new(ErrorCode::Internal))?;
    Ok(bytes)
}
