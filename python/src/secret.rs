//! Secrets on their way from Python into a key ring.

use crate::{error::Answer, input::octets};
use countermark::{ErrorCode, Secret};
use pyo3::{exceptions::PyUnicodeError, prelude::*};
use zeroize::Zeroizing;

/// The secret of a key object, which may serve several verifiers. Wiped at its end; the caller's own text is not ours to wipe.
pub(crate) struct Kept(Zeroizing<Vec<u8>>);

impl Kept {
    /// Text that is not Unicode is `INVALID_SECRET`: Python's own error would carry the text.
    pub(crate) fn of(value: &Bound<'_, PyAny>) -> Answer<Self> {
        match octets(value) {
            Ok(secret) => Ok(Self(Zeroizing::new(secret.into_owned()))),
            Err(raised) if raised.is_instance_of::<PyUnicodeError>(value.py()) => {
                Err(countermark::Error::new(ErrorCode::InvalidSecret).into())
            }
            Err(raised) => Err(raised.into()),
        }
    }

    pub(crate) fn secret(&self) -> Secret {
        Secret::from(self.0.as_slice())
    }
}
