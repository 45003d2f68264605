//! The login client over the core's transport, on the one runtime that napi shares. A login is one promise: the loop that polls
//! runs in Rust.

use super::{
    AuthSession,
    outcome::LoginOutcome,
    service::LoginConfig,
    session::Challenge,
    store::{HostStore, StoreFunctions},
};
use crate::{
    error::{OrThrow, refuse},
    value::{Bytes, Time, whole},
};
use countermark::Client;
use napi_derive::napi;
use std::{future::Future, sync::Arc};
use tokio::sync::Notify;

/// Stops the call that it was given to.
#[napi]
pub struct Abort(Arc<Notify>);

#[napi]
impl Abort {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self(Arc::default())
    }

    #[napi(catch_unwind)]
    pub fn abort(&self) {
        self.0.notify_one();
    }
}

impl Abort {
    /// Runs a call until it ends or is aborted. Then it is dropped and asks no more, and gives nothing, since the shell has
    /// rejected its promise with the signal's reason.
    pub(crate) fn run<T>(
        &self,
        call: impl Future<Output = countermark::Result<T>>,
    ) -> impl Future<Output = napi::Result<Option<T>>> {
        let aborted = Arc::clone(&self.0);
        async move {
            let mut call = std::pin::pin!(call);
            let mut aborted = std::pin::pin!(aborted.notified());
            std::future::poll_fn(|context| {
                if aborted.as_mut().poll(context).is_ready() {
                    return std::task::Poll::Ready(Ok(None));
                }
                let result = call.as_mut().poll(context);
                result.map(|result| result.map(Some).map_err(|error| refuse(&error)))
            })
            .await
        }
    }
}

#[napi]
pub struct LoginClient(Client);

#[napi]
impl LoginClient {
    #[napi(constructor, catch_unwind)]
    pub fn new(
        config: LoginConfig,
        extra_roots_pem: Option<Bytes>,
        store: Option<StoreFunctions>,
    ) -> napi::Result<Self> {
        let mut builder = Client::builder(config.into());
        if let Some(Bytes(pem)) = extra_roots_pem {
            builder = builder.extra_roots_pem(&pem);
        }
        if let Some(functions) = store {
            builder = builder.once_store(Arc::new(HostStore::new(functions)?));
        }
        builder.build().or_throw().map(Self)
    }

    #[napi(strict)]
    pub async fn begin(
        &self,
        secsign_id: String,
        abort: &Abort,
    ) -> napi::Result<Option<Challenge>> {
        let challenge = abort.run(self.0.begin(&secsign_id)).await?;
        Ok(challenge.map(Into::into))
    }

    #[napi(strict)]
    pub async fn check(
        &self,
        session: &AuthSession,
        abort: &Abort,
    ) -> napi::Result<Option<LoginOutcome>> {
        let outcome = abort.run(self.0.check(&session.0)).await?;
        Ok(outcome.map(LoginOutcome))
    }

    #[napi(strict)]
    pub async fn wait(
        &self,
        session: &AuthSession,
        abort: &Abort,
        deadline_ms: Option<Time>,
    ) -> napi::Result<Option<LoginOutcome>> {
        let deadline_ms = whole(deadline_ms);
        let outcome = abort.run(self.0.wait(&session.0, deadline_ms)).await?;
        Ok(outcome.map(LoginOutcome))
    }

    #[napi(strict)]
    pub async fn cancel(&self, session: &AuthSession, abort: &Abort) -> napi::Result<Option<()>> {
        abort.run(self.0.cancel(&session.0)).await
    }

    #[napi(strict)]
    pub async fn release(&self, session: &AuthSession, abort: &Abort) -> napi::Result<Option<()>> {
        abort.run(self.0.release(&session.0)).await
    }
}
