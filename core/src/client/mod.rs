//! The login client: the step machine, driven over a transport, with what must happen once kept in a store.

mod builder;
#[cfg(feature = "redis")]
mod redis;
mod securesign;
mod store;

pub use builder::ClientBuilder;
#[cfg(feature = "redis")]
pub use redis::RedisStore;
pub use securesign::SecureSign;
pub use store::OnceStore;

use crate::{
    Result,
    facade::{AuthSession, Challenge, Login, LoginConfig, LoginOutcome, LoginService},
    transport::{self, Transport},
};
use alloc::sync::Arc;
use core::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// Logs users in with SecSign ID.
///
/// A client holds no login: [`begin`](Self::begin) hands out a session, and every other call takes one. So it may be
/// cloned, shared and used for any number of logins at once, and none can see another's. Needs a tokio runtime; without
/// one, see [`blocking::Client`](crate::blocking::Client).
///
/// Keep the [`AuthSession`] on the server, or seal it; a browser gets neither it nor its parts.
///
/// ```no_run
/// use countermark::{Client, facade::LoginConfig};
///
/// # async fn example() -> countermark::Result<()> {
/// let client = Client::new(LoginConfig {
///     service_name: "Example".into(),
///     service_address: "https://example.com".into(),
///     ..LoginConfig::default()
/// })?;
/// let challenge = client.begin("alice").await?;
/// // Show challenge.access_pass; the user picks the same symbol on the phone.
/// let outcome = client.wait(&challenge.session, None).await?;
/// let secsign_id = outcome.require_approved()?;
/// # let _ = secsign_id;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    service: LoginService,
    transport: Arc<dyn Transport>,
    store: Arc<dyn OnceStore>,
    /// Whether store and transport are those that the builder makes, which never block their thread.
    never_blocks: bool,
}

impl Client {
    /// A client with every default.
    ///
    /// # Errors
    ///
    /// What [`LoginService::new`] refuses.
    pub fn new(config: LoginConfig) -> Result<Self> {
        Self::builder(config).build()
    }

    /// A client with its own store, transport, time-outs or root certificates.
    pub fn builder(config: LoginConfig) -> ClientBuilder {
        ClientBuilder::new(config)
    }

    /// The same client with a connection of its own for each exchange.
    pub(crate) fn with_single_use_connections(self) -> Self {
        let Some(transport) = self.inner.transport.single_use() else {
            return self;
        };
        Self {
            inner: Arc::new(Inner {
                service: self.inner.service.clone(),
                transport,
                store: Arc::clone(&self.inner.store),
                never_blocks: self.inner.never_blocks,
            }),
        }
    }

    /// Whether nothing that a call does blocks its thread.
    pub(crate) fn never_blocks(&self) -> bool {
        self.inner.never_blocks
    }

    /// The service that the client logs in to.
    #[must_use]
    pub fn service(&self) -> &LoginService {
        &self.inner.service
    }

    /// Starts a login: the user's phone shows it, and the access pass is to be shown on the page.
    ///
    /// One login for an ID may be open at a time, since two suspend each other and the server freezes the ID. A start
    /// is never repeated. If it fails in a way that leaves open whether the server has the session, the ID stays
    /// `BUSY` for as long as such a session would live.
    ///
    /// # Errors
    ///
    /// `BUSY` when a login for the ID is open; `INVALID_SECSIGN_ID`; `UNKNOWN_ID` and `FROZEN`; and every other error
    /// of the server, of the transport and of the store.
    pub async fn begin(&self, secsign_id: &str) -> Result<Challenge> {
        let inner = &*self.inner;
        let login = Login::begin(&inner.service, secsign_id, inner.transport.now_ms())?;
        inner.drive(login).await?.challenge()
    }

    /// As [`begin`](Self::begin), but heeds `canceled`: if it ends meanwhile, the start is finished and the login withdrawn, since
    /// nobody would know its session, and the ID would stay `BUSY`. Then there is nothing to give, also if the server cannot be told.
    ///
    /// # Errors
    ///
    /// Those of [`begin`](Self::begin).
    pub async fn begin_until_canceled(
        &self,
        secsign_id: &str,
        canceled: impl Future<Output = ()>,
    ) -> Result<Option<Challenge>> {
        let (mut begin, mut canceled) = (pin!(self.begin(secsign_id)), pin!(canceled));
        let begun = poll_fn(|context| match begin.as_mut().poll(context) {
            Poll::Ready(begun) => Poll::Ready(Some(begun)),
            Poll::Pending => canceled.as_mut().poll(context).map(|()| None),
        });
        if let Some(begun) = begun.await {
            return begun.map(Some);
        }
        let Challenge { session, .. } = begin.await?;
        // A session that cannot be withdrawn expires.
        let _ = self.cancel(&session).await;
        Ok(None)
    }

    /// Asks the server once how the login stands.
    ///
    /// An approval is given out once: whoever asks again gets `ALREADY_CONSUMED`. So do not ask from two places, or
    /// share the answer between them.
    ///
    /// # Errors
    ///
    /// `ALREADY_CONSUMED`; `UNKNOWN_HANDLE` for a session of another service; `IDENTITY_MISMATCH` when another ID
    /// approved; `SESSION_GONE`; and every other error of the server, of the transport and of the store.
    pub async fn check(&self, session: &AuthSession) -> Result<LoginOutcome> {
        let inner = &*self.inner;
        let login = Login::check(&inner.service, session, inner.transport.now_ms())?;
        inner.drive(login).await?.outcome()
    }

    /// Asks until the user has decided, the session has expired, or `deadline_ms` (Unix milliseconds) is reached, and
    /// gives the last known outcome. Dropping the future stops asking and leaves the login open; to withdraw it, use
    /// [`wait_until_canceled`](Self::wait_until_canceled).
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check); failures that may pass are retried a few times first.
    pub async fn wait(
        &self,
        session: &AuthSession,
        deadline_ms: Option<i64>,
    ) -> Result<LoginOutcome> {
        let inner = &*self.inner;
        let now_ms = inner.transport.now_ms();
        let login = Login::wait(&inner.service, session, deadline_ms, now_ms)?;
        inner.drive(login).await?.outcome()
    }

    /// As [`wait`](Self::wait), but ends when `canceled` does. Then the login is withdrawn, so that the phone stops asking, and
    /// the outcome is `Canceled`, also if the server cannot be told; an end that is known already is given out instead. That
    /// exchange has the time-outs of every other.
    ///
    /// # Errors
    ///
    /// Those of [`wait`](Self::wait).
    pub async fn wait_until_canceled(
        &self,
        session: &AuthSession,
        deadline_ms: Option<i64>,
        canceled: impl Future<Output = ()>,
    ) -> Result<LoginOutcome> {
        let inner = &*self.inner;
        let now_ms = inner.transport.now_ms();
        let mut login = Login::wait(&inner.service, session, deadline_ms, now_ms)?;
        let (transport, store) = (&*inner.transport, Some(&*inner.store));
        transport::drive_until_canceled(&mut login, transport, store, canceled).await?;
        login.outcome()
    }

    /// Withdraws the login, so that the phone stops asking. An approval that comes at the same time cannot be used any
    /// more.
    ///
    /// # Errors
    ///
    /// `UNKNOWN_HANDLE` for a session of another service; and every other error of the server, of the transport and of
    /// the store. The login then ends when its time is over.
    pub async fn cancel(&self, session: &AuthSession) -> Result<()> {
        let inner = &*self.inner;
        let login = Login::cancel(&inner.service, session, inner.transport.now_ms())?;
        inner.drive(login).await?.outcome().map(drop)
    }

    /// Gives an approved session back to an own server that wants it; the public one has withdrawn the call. No login
    /// depends on it, so no answer of the server is an error.
    ///
    /// # Errors
    ///
    /// `UNKNOWN_HANDLE` for a session of another service.
    pub async fn release(&self, session: &AuthSession) -> Result<()> {
        let inner = &*self.inner;
        let login = Login::release(&inner.service, session, inner.transport.now_ms())?;
        inner.drive(login).await.map(drop)
    }
}

impl Inner {
    async fn drive(&self, mut login: Login) -> Result<Login> {
        transport::drive(&mut login, &*self.transport, Some(&*self.store)).await?;
        Ok(login)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("service", &self.inner.service)
            .finish_non_exhaustive()
    }
}
