//! Calls that block, each in a runtime of its own on the calling thread.

use super::{Logins, Signing};
use crate::{
    error::Answer,
    input::Foreign,
    login::{AuthSession, Challenge, LoginOutcome, LoginService},
    number::Seconds,
    runtime::{block_on, block_on_to_the_end},
    securesign::{
        SecureSignClient, SecureSignPending, SecureSignRequest, SecureSignSession,
        SecureSignValidation, platform_named,
    },
};
use countermark::{Error, ErrorCode};
use pyo3::{PyTraverseError, PyVisit, prelude::*};

/// What `LoginClient` drives.
#[pyclass(module = "countermark._native", frozen)]
pub(crate) struct BlockingLogins(Logins);

#[pymethods]
impl BlockingLogins {
    #[new]
    #[pyo3(signature = (service, *, extra_roots_pem=None, store=None, clock=None))]
    fn new(
        service: &Bound<'_, LoginService>,
        extra_roots_pem: Option<&Bound<'_, PyAny>>,
        store: Option<Py<PyAny>>,
        clock: Option<Py<PyAny>>,
    ) -> Answer<Self> {
        Ok(Self(Logins::new(
            service,
            extra_roots_pem,
            store,
            clock,
            false,
        )?))
    }

    fn begin(&self, py: Python<'_>, secsign_id: Foreign<'_>) -> Answer<Challenge> {
        let client = self.0.client(py)?;
        let begun = block_on_to_the_end(py, |canceled| async move {
            let begun = client.begin_until_canceled(secsign_id.0, canceled.asked());
            begun.await
        })?;
        // What canceled it was raised above.
        Ok(begun.ok_or(Error::new(ErrorCode::Internal))?.into())
    }

    fn check(&self, session: &Bound<'_, AuthSession>) -> Answer<LoginOutcome> {
        let client = self.0.client(session.py())?;
        Ok(LoginOutcome(block_on(
            session.py(),
            client.check(&session.get().0),
        )?))
    }

    fn wait(
        &self,
        session: &Bound<'_, AuthSession>,
        timeout: Option<Seconds>,
    ) -> Answer<LoginOutcome> {
        let py = session.py();
        let client = self.0.client(py)?;
        let deadline_ms = self.0.deadline_ms(py, timeout)?;
        let session = &session.get().0;
        Ok(LoginOutcome(block_on_to_the_end(
            py,
            |canceled| async move {
                let outcome = client.wait_until_canceled(session, deadline_ms, canceled.asked());
                outcome.await
            },
        )?))
    }

    fn cancel(&self, session: &Bound<'_, AuthSession>) -> Answer<()> {
        let client = self.0.client(session.py())?;
        block_on(session.py(), client.cancel(&session.get().0))
    }

    fn release(&self, session: &Bound<'_, AuthSession>) -> Answer<()> {
        let client = self.0.client(session.py())?;
        block_on(session.py(), client.release(&session.get().0))
    }

    fn close(&self) {
        self.0.close();
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.traverse(visit)
    }
}

/// What `SecureSign` drives.
#[pyclass(module = "countermark._native", frozen)]
pub(crate) struct BlockingSigning(Signing);

#[pymethods]
impl BlockingSigning {
    #[new]
    #[pyo3(signature = (client, *, extra_roots_pem=None))]
    fn new(
        client: &Bound<'_, SecureSignClient>,
        extra_roots_pem: Option<&Bound<'_, PyAny>>,
    ) -> Answer<Self> {
        Ok(Self(Signing::new(client, extra_roots_pem, false)?))
    }

    fn validate(
        &self,
        py: Python<'_>,
        origin: &str,
        platform: &str,
    ) -> Answer<SecureSignValidation> {
        let platform = platform_named(platform)?;
        let api = self.0.api(py)?;
        Ok(block_on(py, api.validate(origin, platform))?.into())
    }

    fn session(
        &self,
        request: &Bound<'_, SecureSignRequest>,
    ) -> Answer<(SecureSignSession, SecureSignPending)> {
        let api = self.0.api(request.py())?;
        let (session, pending) = block_on(request.py(), api.session(&request.get().0))?;
        Ok((session.into(), SecureSignPending(pending)))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.traverse(visit)
    }
}
