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
use core::future::Future;
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Runtime;

/// [`Client`](crate::Client) with calls that block.
///
/// Each call runs on the calling thread. Those of a client that run at one time share a runtime, which one of their threads drives for
/// all, and which ends with the last of them: there is no background thread and no open connection between two calls, so a
/// process may fork at any time between them. May be cloned and shared.
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
    calls: Arc<Calls>,
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
        self.calls.run(self.client.begin(secsign_id))
    }

    /// Asks the server once; see [`Client::check`](AsyncClient::check).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn check(&self, session: &AuthSession) -> Result<LoginOutcome> {
        self.calls.run(self.client.check(session))
    }

    /// Asks until the login has ended or `deadline_ms` is reached; see [`Client::wait`](AsyncClient::wait).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn wait(&self, session: &AuthSession, deadline_ms: Option<i64>) -> Result<LoginOutcome> {
        self.calls.run(self.client.wait(session, deadline_ms))
    }

    /// Withdraws the login; see [`Client::cancel`](AsyncClient::cancel).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn cancel(&self, session: &AuthSession) -> Result<()> {
        self.calls.run(self.client.cancel(session))
    }

    /// Gives an approved session back; see [`Client::release`](AsyncClient::release).
    ///
    /// # Errors
    ///
    /// Those of the asynchronous call; `WRONG_STATE` inside an async runtime.
    pub fn release(&self, session: &AuthSession) -> Result<()> {
        self.calls.run(self.client.release(session))
    }
}

impl From<AsyncClient> for Client {
    /// With the service and the store of `client`, but without its open connections.
    fn from(client: AsyncClient) -> Self {
        Self {
            client: client.with_single_use_connections(),
            calls: Arc::default(),
        }
    }
}

/// [`SecureSign`](crate::SecureSign) with calls that block, in the same way as those of [`Client`].
#[derive(Debug, Clone)]
pub struct SecureSign {
    api: AsyncSecureSign,
    calls: Arc<Calls>,
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
        self.calls.run(self.api.validate(origin, platform))
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
        self.calls.run(self.api.session(request))
    }
}

impl From<AsyncSecureSign> for SecureSign {
    /// With the client of `api`, but without its open connections.
    fn from(api: AsyncSecureSign) -> Self {
        Self {
            api: api.with_single_use_connections(),
            calls: Arc::default(),
        }
    }
}

/// The calls of a client: the process and the runtime of those that run now.
#[derive(Debug, Default)]
struct Calls(Mutex<(u32, Weak<Runtime>)>);

impl Calls {
    fn run<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(Error::with_detail(
                ErrorCode::WrongState,
                "a blocking call inside an async runtime",
            ));
        }
        let runtime = self.runtime()?;
        let result = runtime.block_on(call);
        if let Some(runtime) = Arc::into_inner(runtime) {
            // Dropping it would wait for a name lookup that nobody needs any more.
            runtime.shutdown_background();
        }
        result
    }

    fn runtime(&self) -> Result<Arc<Runtime>> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        // Where a process has forked during a call, nobody drives that call's runtime in the child.
        let running = Some(&last.1).filter(|_| last.0 == process);
        if let Some(runtime) = running.and_then(Weak::upgrade) {
            return Ok(runtime);
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| Error::with_detail(ErrorCode::Internal, "no runtime"))?;
        let runtime = Arc::new(runtime);
        *last = (process, Arc::downgrade(&runtime));
        Ok(runtime)
    }
}
