//! The clients for programs without an async runtime.

use crate::{
    Client as AsyncClient, Error, ErrorCode, Result, SecureSign as AsyncSecureSign,
    facade::{
        AuthSession, Challenge, LoginConfig, LoginOutcome, LoginService, SecureSignClient,
        SecureSignPending, SecureSignPlatform, SecureSignRequest, SecureSignSession,
        SecureSignValidation,
    },
};
use alloc::sync::{Arc, Weak};
use core::{
    future::Future,
    sync::atomic::{AtomicU32, Ordering},
};
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Runtime;

/// [`Client`](crate::Client) with calls that block.
///
/// Each call runs on the calling thread, in a runtime that lives as long as the call: between two calls there is no open connection,
/// and no thread but perhaps that of a look-up of a name for which a call did not wait, so a process may fork at any time between them. Calls of a client that run at one time share
/// the runtime, which one of their threads drives for all; with a transport or a store of your own, which may block its thread, each
/// has its own. May be cloned and shared.
///
/// ```no_run
/// use countermark::{blocking::Client, facade::LoginConfig};
///
/// let client = Client::new(LoginConfig {
///     service_name: "Example".into(),
///     service_address: "https://example.com".into(),
///     ..LoginConfig::default()
/// })?;
/// let challenge = client.begin("alice")?;
/// let outcome = client.wait(&challenge.session, None)?;
/// # Ok::<(), countermark::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    client: AsyncClient,
    /// Nothing where each call has a runtime of its own.
    calls: Option<Arc<Calls>>,
}

impl Client {
    /// A client with every default.
    ///
    /// # Errors
    ///
    /// What [`LoginService::new`] refuses.
    pub fn new(config: LoginConfig) -> Result<Self> {
        AsyncClient::new(config).map(Self::from)
    }

    /// The service that the client logs in to.
    #[must_use]
    pub fn service(&self) -> &LoginService {
        self.client.service()
    }

    /// Starts a login; see [`Client::begin`](AsyncClient::begin).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn begin(&self, secsign_id: &str) -> Result<Challenge> {
        run(self.calls.as_deref(), self.client.begin(secsign_id))
    }

    /// Asks the server once; see [`Client::check`](AsyncClient::check).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn check(&self, session: &AuthSession) -> Result<LoginOutcome> {
        run(self.calls.as_deref(), self.client.check(session))
    }

    /// Asks until the login has ended or `deadline_ms` is reached; see [`Client::wait`](AsyncClient::wait).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn wait(&self, session: &AuthSession, deadline_ms: Option<i64>) -> Result<LoginOutcome> {
        run(
            self.calls.as_deref(),
            self.client.wait(session, deadline_ms),
        )
    }

    /// Withdraws the login; see [`Client::cancel`](AsyncClient::cancel).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn cancel(&self, session: &AuthSession) -> Result<()> {
        run(self.calls.as_deref(), self.client.cancel(session))
    }

    /// Gives an approved session back; see [`Client::release`](AsyncClient::release).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn release(&self, session: &AuthSession) -> Result<()> {
        run(self.calls.as_deref(), self.client.release(session))
    }
}

impl From<AsyncClient> for Client {
    /// With the service and the store of `client`, but without its open connections.
    fn from(client: AsyncClient) -> Self {
        Self {
            calls: client.never_blocks().then(Arc::default),
            client: client.with_single_use_connections(),
        }
    }
}

/// [`SecureSign`](crate::SecureSign) with calls that block, in the same way as those of [`Client`].
#[derive(Debug, Clone)]
pub struct SecureSign {
    api: AsyncSecureSign,
}

impl SecureSign {
    /// Over HTTPS; see [`SecureSign::new`](AsyncSecureSign::new).
    ///
    /// # Errors
    ///
    /// `INVALID_CONFIG` when the platform's roots cannot be read.
    pub fn new(client: SecureSignClient) -> Result<Self> {
        AsyncSecureSign::new(client).map(Self::from)
    }

    /// The configured client, for callbacks and deep links.
    #[must_use]
    pub fn client(&self) -> &SecureSignClient {
        self.api.client()
    }

    /// Asks whether key, tenant and origin are good; see [`SecureSign::validate`](AsyncSecureSign::validate).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn validate(
        &self,
        origin: &str,
        platform: SecureSignPlatform,
    ) -> Result<SecureSignValidation> {
        run(None, self.api.validate(origin, platform))
    }

    /// Opens a signing session; see [`SecureSign::session`](AsyncSecureSign::session).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn session(
        &self,
        request: &SecureSignRequest,
    ) -> Result<(SecureSignSession, SecureSignPending)> {
        run(None, self.api.session(request))
    }
}

impl From<AsyncSecureSign> for SecureSign {
    /// With the client of `api`, but without its open connections.
    fn from(api: AsyncSecureSign) -> Self {
        Self {
            api: api.with_single_use_connections(),
        }
    }
}

fn run<T>(calls: Option<&Calls>, call: impl Future<Output = Result<T>>) -> Result<T> {
    if tokio::runtime::Handle::try_current().is_ok() {
        return Err(Error::with_detail(
            ErrorCode::WrongState,
            "a blocking call inside an async runtime",
        ));
    }
    let runtime = calls.map_or_else(new_runtime, Calls::runtime)?;
    let result = runtime.block_on(call);
    if let Some(runtime) = Arc::into_inner(runtime) {
        // Dropping it would wait for a name lookup that nobody needs any more.
        runtime.shutdown_background();
    }
    result
}

fn new_runtime() -> Result<Arc<Runtime>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map(Arc::new)
        .map_err(|_| Error::with_detail(ErrorCode::Internal, "no runtime"))
}

/// The calls of a client.
#[derive(Debug, Default)]
struct Calls {
    /// The process that made the first of them; 0 before.
    process: AtomicU32,
    /// The runtime of those that run now.
    running: Mutex<Weak<Runtime>>,
}

impl Calls {
    fn runtime(&self) -> Result<Arc<Runtime>> {
        let process = std::process::id();
        let first = self
            .process
            .compare_exchange(0, process, Ordering::Relaxed, Ordering::Relaxed)
            .unwrap_or_else(|first| first);
        // After a fork the child has neither the thread that drives the runtime nor the one that may hold the lock.
        if first != 0 && first != process {
            return new_runtime();
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = running.upgrade() {
            return Ok(runtime);
        }
        let runtime = new_runtime()?;
        *running = Arc::downgrade(&runtime);
        Ok(runtime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::{runtime::Handle, sync::Barrier};

    #[test]
    fn calls_share_a_runtime_while_they_last() {
        let calls = Calls::default();
        let round = || {
            let all_run = Barrier::new(4);
            let call = |number: u64| {
                run(Some(&calls), async {
                    all_run.wait().await;
                    // The call that drives the others ends before them.
                    tokio::time::sleep(Duration::from_millis(20 * number)).await;
                    Ok(Handle::current().id())
                })
            };
            std::thread::scope(|scope| {
                let threads = [1, 2, 3, 4].map(|number| scope.spawn(move || call(number)));
                threads.map(|thread| thread.join().expect("no panic").expect("a runtime"))
            })
        };
        let (first, then) = (round(), round());
        assert!(first.iter().all(|id| id == &first[0]), "{first:?}");
        assert!(then.iter().all(|id| id == &then[0]), "{then:?}");
        assert_ne!(first[0], then[0], "a runtime has outlived its calls");
    }

    #[test]
    fn who_brings_a_store_that_may_block_shares_nothing() {
        let config = || LoginConfig {
            service_name: "Example".into(),
            service_address: "https://example.com".into(),
            ..LoginConfig::default()
        };
        let own = Client::new(config()).expect("a client");
        assert!(own.calls.is_some());
        let store = crate::facade::ReplayMemory::new(None).expect("a memory");
        let brought = AsyncClient::builder(config()).once_store(Arc::new(store));
        assert!(
            Client::from(brought.build().expect("a client"))
                .calls
                .is_none()
        );
    }
}
