//! Calls that run in the background and tell a callable their end: what asyncio's shell drives.

use super::{Logins, Signing};
use crate::{
    error::Answer,
    input::Foreign,
    login::{AuthSession, Challenge, LoginOutcome, LoginService},
    number::Seconds,
    runtime::{Job, spawn, spawn_to_the_end},
    securesign::{
        SecureSignClient, SecureSignPending, SecureSignRequest, SecureSignSession,
        SecureSignValidation, platform_named,
    },
};
use pyo3::{PyTraverseError, PyVisit, prelude::*};

/// What `AsyncLoginClient` drives.
#[pyclass(module = "countermark._native", frozen)]
pub(crate) struct AsyncLogins(Logins);

#[pymethods]
impl AsyncLogins {
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
            true,
        )?))
    }

    fn begin(&self, caller: &Bound<'_, PyAny>, secsign_id: Foreign<'_>) -> Answer<Job> {
        let secsign_id = secsign_id.0.to_owned();
        let client = self.0.client(caller.py())?;
        spawn(caller, async move {
            client.begin(&secsign_id).await.map(Challenge::from)
        })
    }

    fn check(&self, caller: &Bound<'_, PyAny>, session: &Bound<'_, AuthSession>) -> Answer<Job> {
        let client = self.0.client(session.py())?;
        let session = session.get().0.clone();
        spawn(caller, async move {
            client.check(&session).await.map(LoginOutcome)
        })
    }

    fn wait(
        &self,
        caller: &Bound<'_, PyAny>,
        session: &Bound<'_, AuthSession>,
        timeout: Option<Seconds>,
    ) -> Answer<Job> {
        let client = self.0.client(session.py())?;
        let deadline_ms = self.0.deadline_ms(session.py(), timeout)?;
        let session = session.get().0.clone();
        spawn_to_the_end(caller, |canceled| async move {
            let outcome = client.wait_until_canceled(&session, deadline_ms, canceled.asked());
            outcome.await.map(LoginOutcome)
        })
    }

    fn cancel(&self, caller: &Bound<'_, PyAny>, session: &Bound<'_, AuthSession>) -> Answer<Job> {
        let client = self.0.client(session.py())?;
        let session = session.get().0.clone();
        spawn(caller, async move { client.cancel(&session).await })
    }

    fn release(&self, caller: &Bound<'_, PyAny>, session: &Bound<'_, AuthSession>) -> Answer<Job> {
        let client = self.0.client(session.py())?;
        let session = session.get().0.clone();
        spawn(caller, async move { client.release(&session).await })
    }

    fn close(&self) {
        self.0.close();
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.traverse(visit)
    }
}

/// What `AsyncSecureSign` drives.
#[pyclass(module = "countermark._native", frozen)]
pub(crate) struct AsyncSigning(Signing);

#[pymethods]
impl AsyncSigning {
    #[new]
    #[pyo3(signature = (client, *, extra_roots_pem=None))]
    fn new(
        client: &Bound<'_, SecureSignClient>,
        extra_roots_pem: Option<&Bound<'_, PyAny>>,
    ) -> Answer<Self> {
        Ok(Self(Signing::new(client, extra_roots_pem, true)?))
    }

    fn validate(&self, caller: &Bound<'_, PyAny>, origin: String, platform: &str) -> Answer<Job> {
        let platform = platform_named(platform)?;
        let api = self.0.api(caller.py())?;
        spawn(caller, async move {
            api.validate(&origin, platform)
                .await
                .map(SecureSignValidation::from)
        })
    }

    fn session(
        &self,
        caller: &Bound<'_, PyAny>,
        request: &Bound<'_, SecureSignRequest>,
    ) -> Answer<Job> {
        let api = self.0.api(caller.py())?;
        let request = request.get().0.clone();
        spawn(caller, async move {
            let (session, pending) = api.session(&request).await?;
            Ok((SecureSignSession::from(session), SecureSignPending(pending)))
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.traverse(visit)
    }
}
