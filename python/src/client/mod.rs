//! The clients: what the facade's machines ask for, done over HTTP by the core's own transport.

mod asynchronous;
mod blocking;
mod once_store;
mod transport;

pub(crate) use asynchronous::{AsyncLogins, AsyncSigning};
pub(crate) use blocking::{BlockingLogins, BlockingSigning};
pub(crate) use once_store::StoreReply;

use crate::{
    error::Answer, input::octets, login::LoginService, number::Seconds, runtime::PerProcess,
    securesign::SecureSignClient,
};
use countermark::{
    Client, Error, ErrorCode, SecureSign,
    facade::{self, LoginConfig},
    limits::CONNECT_TIMEOUT_MS,
    transport::system_now_ms,
};
use pyo3::{PyTraverseError, PyVisit, prelude::*};
use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// A login client that is made anew in each process, for connections cannot be shared by two.
struct Logins {
    config: LoginConfig,
    roots: Vec<u8>,
    /// Shared with the client, so that Python's collector meets one reference to each.
    store: Option<Arc<Py<PyAny>>>,
    clock: Option<Arc<Py<PyAny>>>,
    keep_connections: bool,
    client: PerProcess<Client>,
    closed: AtomicBool,
    /// Held by each call under way too.
    calls: Arc<()>,
}

/// The client, for one call.
struct Call<C> {
    client: C,
    _under_way: Arc<()>,
}

impl<C> Deref for Call<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.client
    }
}

impl Logins {
    fn new(
        service: &Bound<'_, LoginService>,
        roots: Option<&Bound<'_, PyAny>>,
        store: Option<Py<PyAny>>,
        clock: Option<Py<PyAny>>,
        keep_connections: bool,
    ) -> Answer<Self> {
        let logins = Self {
            config: service.get().config.clone(),
            roots: pem(roots)?,
            store: store.map(Arc::new),
            clock: clock.map(Arc::new),
            keep_connections,
            client: PerProcess::empty(),
            closed: AtomicBool::new(false),
            calls: Arc::new(()),
        };
        logins.client(service.py())?;
        Ok(logins)
    }

    fn build(&self) -> Answer<Client> {
        let connect_timeout_ms =
            facade::LoginService::new(self.config.clone())?.connect_timeout_ms();
        let transport = transport::new(
            &self.roots,
            connect_timeout_ms,
            self.keep_connections,
            self.clock.clone(),
        )?;
        let mut builder = Client::builder(self.config.clone()).transport(transport);
        if let Some(store) = &self.store {
            builder = builder.once_store(Arc::new(once_store::PyStore(Arc::clone(store))));
        }
        Ok(builder.build()?)
    }

    fn client(&self, py: Python<'_>) -> Answer<Call<Client>> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorCode::WrongState).into());
        }
        Ok(Call {
            client: self.client.get(py, || self.build(), Client::clone)?,
            _under_way: Arc::clone(&self.calls),
        })
    }

    /// The time until which to wait.
    fn deadline_ms(&self, py: Python<'_>, timeout: Option<Seconds>) -> PyResult<Option<i64>> {
        let Some(timeout) = timeout else {
            return Ok(None);
        };
        let now_ms = match &self.clock {
            Some(clock) => crate::clock::milliseconds(clock.bind(py))?,
            None => system_now_ms(),
        };
        Ok(Some(now_ms.saturating_add(timeout.ms)))
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    fn traverse(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        traverse(&self.calls, [&self.store, &self.clock], visit)
    }
}

/// A SecureSign client, in the same way.
struct Signing {
    client: facade::SecureSignClient,
    roots: Vec<u8>,
    /// Shared with `api` only; the client that was given has its own reference.
    clock: Option<Arc<Py<PyAny>>>,
    keep_connections: bool,
    api: PerProcess<SecureSign>,
    /// Held by each call under way too.
    calls: Arc<()>,
}

impl Signing {
    fn new(
        client: &Bound<'_, SecureSignClient>,
        roots: Option<&Bound<'_, PyAny>>,
        keep_connections: bool,
    ) -> Answer<Self> {
        let signing = Self {
            client: client.get().client.clone(),
            roots: pem(roots)?,
            clock: client.get().clock.another(client.py()),
            keep_connections,
            api: PerProcess::empty(),
            calls: Arc::new(()),
        };
        signing.api(client.py())?;
        Ok(signing)
    }

    fn api(&self, py: Python<'_>) -> Answer<Call<SecureSign>> {
        let make = || {
            let transport = transport::new(
                &self.roots,
                CONNECT_TIMEOUT_MS,
                self.keep_connections,
                self.clock.clone(),
            )?;
            Ok(SecureSign::with_transport(self.client.clone(), transport))
        };
        Ok(Call {
            client: self.api.get(py, make, SecureSign::clone)?,
            _under_way: Arc::clone(&self.calls),
        })
    }

    fn traverse(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        traverse(&self.calls, [&self.clock], visit)
    }
}

/// A store or a clock that holds the client must not keep both alive for ever. A call under way uses them on its own thread, so
/// they are left alone until it has ended; none can start meanwhile.
fn traverse<const N: usize>(
    calls: &Arc<()>,
    held: [&Option<Arc<Py<PyAny>>>; N],
    visit: PyVisit<'_>,
) -> Result<(), PyTraverseError> {
    if Arc::strong_count(calls) > 1 {
        return Ok(());
    }
    for held in held.into_iter().flatten() {
        visit.call(&**held)?;
    }
    Ok(())
}

/// Root certificates as text or bytes.
fn pem(roots: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<u8>> {
    roots.map_or(Ok(Vec::new()), |roots| Ok(octets(roots)?.into_owned()))
}
