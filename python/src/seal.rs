//! Sealed sessions: what a page may hold of a login.

use crate::{
    clock::Clock,
    entropy,
    error::Answer,
    input::{Foreign, foreign_octets},
    login::AuthSession,
    number::{Time, whole},
    secret::Kept,
};
use countermark::facade::{self, Sealer};
use pyo3::{PyTraverseError, PyVisit, prelude::*};

/// A key that seals sessions: 32 random bytes, and a name that is readable in every token.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SealKey {
    /// The name of the key.
    #[pyo3(get)]
    id: String,
    secret: Kept,
    not_before_ms: Option<i64>,
    not_after_ms: Option<i64>,
}

#[pymethods]
impl SealKey {
    #[new]
    #[pyo3(signature = (id, secret, *, not_before_ms=None, not_after_ms=None))]
    fn new(
        id: String,
        secret: &Bound<'_, PyAny>,
        not_before_ms: Option<Time>,
        not_after_ms: Option<Time>,
    ) -> Answer<Self> {
        Ok(Self {
            id,
            secret: Kept::of(secret)?,
            not_before_ms: whole(not_before_ms),
            not_after_ms: whole(not_after_ms),
        })
    }

    fn __repr__(&self) -> String {
        format!("<SealKey {:?}>", self.id)
    }
}

/// Turns a session into an opaque token for one visitor, and back. Immutable; may be shared between threads.
///
/// The first valid key seals, all of them open.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SessionSealer {
    sealer: Sealer,
    clock: Clock,
}

#[pymethods]
impl SessionSealer {
    #[new]
    #[pyo3(signature = (keys, *, service_name, service_address, clock=None))]
    fn new(
        keys: Vec<PyRef<'_, SealKey>>,
        service_name: &str,
        service_address: &str,
        clock: Option<Py<PyAny>>,
    ) -> Answer<Self> {
        let keys = keys.iter().map(|key| facade::SealKey {
            id: key.id.clone(),
            secret: key.secret.secret(),
            not_before_ms: key.not_before_ms,
            not_after_ms: key.not_after_ms,
        });
        Ok(Self {
            sealer: Sealer::new(keys.collect(), service_name, service_address)?,
            clock: Clock(clock),
        })
    }

    /// Seals a session for one visitor. ``binding`` is what only this visitor's browser has, such as the value of an
    /// ``HttpOnly`` cookie. ``entropy`` is 24 fresh random bytes; by default the system's.
    #[pyo3(signature = (session, binding, *, now_ms=None, entropy=None))]
    fn seal(
        &self,
        session: &Bound<'_, AuthSession>,
        binding: &Bound<'_, PyAny>,
        now_ms: Option<Time>,
        entropy: Option<&Bound<'_, PyAny>>,
    ) -> Answer<String> {
        let now_ms = self.clock.now_ms(session.py(), now_ms)?;
        let entropy = entropy::or_fresh::<24>(entropy)?;
        Ok(self.sealer.seal(
            &session.get().0,
            &foreign_octets(binding)?,
            now_ms,
            &entropy,
        )?)
    }

    /// Opens a token that was sealed here for this visitor; ``HANDLE_EXPIRED`` or ``UNKNOWN_HANDLE`` otherwise.
    #[pyo3(signature = (token, binding, *, now_ms=None))]
    fn open(
        &self,
        token: Foreign<'_>,
        binding: &Bound<'_, PyAny>,
        now_ms: Option<Time>,
    ) -> Answer<AuthSession> {
        let now_ms = self.clock.now_ms(binding.py(), now_ms)?;
        Ok(AuthSession(self.sealer.open(
            token.0,
            &foreign_octets(binding)?,
            now_ms,
        )?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.clock.traverse(visit)
    }

    fn __repr__(&self) -> &'static str {
        "<SessionSealer>"
    }
}
