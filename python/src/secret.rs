//! Secrets on their way from Python into a key ring.

use crate::input::octets;
use countermark::Secret;
use pyo3::prelude::*;
use zeroize::Zeroizing;

/// The secret of a key object, which may serve several verifiers. Wiped at its end; the caller's own text is not ours to wipe.
pub(crate) struct Kept(Zeroizing<Vec<u8>>);

impl Kept {
    pub(crate) fn of(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(Zeroizing::new(octets(value)?.into_owned())))
    }

    pub(crate) fn secret(&self) -> Secret {
        Secret::from(self.0.as_slice())
    }
}
