//! The side door to the network: who performs the exchanges that a step machine asks for, and the loop that feeds it.

mod machine;
mod reqwest;
#[cfg(feature = "testing")]
mod scripted;
mod tls;

pub use self::reqwest::HttpTransport;
pub use machine::Machine;
#[cfg(feature = "testing")]
pub use scripted::{ScriptedAnswer, ScriptedTransport};

use crate::{
    ErrorCode, OnceStore, Result,
    facade::{FailureKind, FailurePhase, HttpRequest, Login, Step},
};
use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::Duration,
};
use std::time::{SystemTime, UNIX_EPOCH};

/// A future in a box, so that a [`Transport`] can be chosen at run time.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A whole answer of a server.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpReply {
    /// The HTTP status.
    pub status: u16,
    /// The body, not decoded in any way. At most one byte longer than the limit of the request, which tells the
    /// step machine that it was longer. Holds session handles: never log it.
    pub body: Vec<u8>,
}

impl fmt::Debug for HttpReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpReply")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .finish()
    }
}

/// Why there is no answer. It holds no address and no text of the exchange, so it may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportFailure {
    /// What went wrong.
    pub kind: FailureKind,
    /// How far the request had come.
    pub phase: FailurePhase,
}

impl TransportFailure {
    /// The connection broke, and nobody can say when.
    pub const HUNG_UP: Self = Self {
        kind: FailureKind::Unreachable,
        phase: FailurePhase::MaybeSent,
    };
}

/// What a client needs from outside: one HTTP exchange, the time, and a pause.
///
/// An implementation sends the request exactly as it stands, once: no redirect is followed, nothing is retried, no
/// cookie is kept. It honours the time-outs and the reply limit of the request, and reports
/// [`FailurePhase::NotSent`] only when it is certain.
pub trait Transport: Send + Sync {
    /// Performs one exchange.
    fn send<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> BoxFuture<'a, Result<HttpReply, TransportFailure>>;

    /// The same way to the server with a connection of its own for each exchange, for a transport that keeps connections
    /// between exchanges. The blocking client needs it: the runtime that drives a connection ends with the call that
    /// opened it, and another thread's call must not be caught on it. `None` for a transport that keeps none.
    fn single_use(&self) -> Option<Arc<dyn Transport>> {
        None
    }

    /// The time, in Unix milliseconds. The system clock unless replaced.
    fn now_ms(&self) -> i64 {
        system_now_ms()
    }

    /// Returns when [`now_ms`](Self::now_ms) has reached `until_ms`. A timer of tokio unless replaced.
    fn sleep_until(&self, until_ms: i64) -> BoxFuture<'_, ()> {
        let wait = u64::try_from(until_ms.saturating_sub(self.now_ms())).unwrap_or(0);
        Box::pin(tokio::time::sleep(Duration::from_millis(wait)))
    }
}

/// Runs a step machine to its end. The same few lines drive it in every language. Without a store, a machine that needs one is
/// told that it is out of reach.
///
/// # Errors
///
/// None that a machine fresh from its constructor can give; what went wrong is told by its result.
pub async fn drive(
    machine: &mut impl Machine,
    transport: &dyn Transport,
    store: Option<&dyn OnceStore>,
) -> Result<()> {
    loop {
        let step = machine.poll(transport.now_ms());
        if !perform(step, machine, transport, store).await? {
            return Ok(());
        }
    }
}

/// The same for a login that may be canceled on its way: when `canceled` ends, the login is aborted, and what it still has to
/// send goes out.
pub(crate) async fn drive_until_canceled(
    login: &mut Login,
    transport: &dyn Transport,
    store: Option<&dyn OnceStore>,
    canceled: impl Future<Output = ()>,
) -> Result<()> {
    let mut canceled = core::pin::pin!(canceled);
    loop {
        let step = login.poll(transport.now_ms());
        // What a store was asked for is waited for, or nobody would know whether it did so.
        let may_stop = matches!(step, Step::Send(_) | Step::Wait { .. });
        let performed = {
            let mut work = core::pin::pin!(perform(step, login, transport, store));
            poll_fn(|context| {
                if may_stop && canceled.as_mut().poll(context).is_ready() {
                    return Poll::Ready(None);
                }
                work.as_mut().poll(context).map(Some)
            })
            .await
        };
        let Some(performed) = performed else {
            login.abort(transport.now_ms());
            return drive(login, transport, store).await;
        };
        if !performed? {
            return Ok(());
        }
    }
}

/// Does what a step says and feeds the answer; false at the end.
async fn perform(
    step: Step,
    machine: &mut impl Machine,
    transport: &dyn Transport,
    store: Option<&dyn OnceStore>,
) -> Result<bool> {
    match step {
        Step::Send(request) => match transport.send(&request).await {
            Ok(reply) => {
                machine.on_response(reply.status.into(), &reply.body, transport.now_ms())?;
            }
            Err(failure) => {
                machine.on_transport_error(failure.kind, failure.phase, transport.now_ms())?;
            }
        },
        Step::Wait { until_ms } => transport.sleep_until(until_ms).await,
        Step::Reserve { key, until_ms } => {
            let taken = match store {
                Some(store) => store.reserve(&key, until_ms, transport.now_ms()).await,
                None => Err(ErrorCode::StoreUnavailable.into()),
            };
            machine.on_store(taken.err().map(|error| error.code()), transport.now_ms())?;
        }
        Step::Release { key } => {
            let freed = match store {
                Some(store) => store.release(&key).await,
                None => Err(ErrorCode::StoreUnavailable.into()),
            };
            machine.on_store(freed.err().map(|error| error.code()), transport.now_ms())?;
        }
        Step::Done => return Ok(false),
    }
    Ok(true)
}

/// The system clock in Unix milliseconds; zero before 1970, so that a broken clock makes everything expire or
/// lie in the future instead of wrapping around.
#[must_use]
pub fn system_now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}
