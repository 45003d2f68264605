//! The login client over the core's transport. A login is one promise: the loop that polls runs in Rust.

use super::{
    AuthSession,
    outcome::LoginOutcome,
    service::LoginConfig,
    session::Challenge,
    store::{HostStore, StoreFunctions},
};
use crate::{
    calls::{Abort, Aborted, AfterAbort, Calls},
    error::OrThrow,
    value::{Bytes, Made, Time, whole},
};
use countermark::{Client, Error, ErrorCode};
use napi::Env;
use napi_derive::napi;
use std::sync::Arc;

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
        let mut builder = Client::builder(config.try_into()?);
        if let Some(Bytes(pem)) = extra_roots_pem {
            builder = builder.extra_roots_pem(&pem);
        }
        if let Some(functions) = store {
            builder = builder.once_store(Arc::new(HostStore::new(functions)?));
        }
        builder.build().or_throw().map(Self)
    }

    #[napi(strict, catch_unwind)]
    pub fn begin(
        &self,
        env: Env,
        calls: &Calls,
        abort: Option<&Abort>,
        secsign_id: String,
    ) -> napi::Result<Made> {
        let (client, aborted) = (self.0.clone(), Aborted::by(abort));
        calls.start(&env, aborted.clone(), AfterAbort::Finish, async move {
            let begun = client.begin_until_canceled(&secsign_id, aborted.wait());
            // Who aborted it has the signal's reason by now.
            let challenge = begun.await?.ok_or(Error::new(ErrorCode::Internal))?;
            Ok(Challenge::from(challenge))
        })
    }

    #[napi(strict, catch_unwind)]
    pub fn check(
        &self,
        env: Env,
        calls: &Calls,
        abort: Option<&Abort>,
        session: &AuthSession,
    ) -> napi::Result<Made> {
        let (client, session) = (self.0.clone(), session.0.clone());
        calls.start(&env, Aborted::by(abort), AfterAbort::Stop, async move {
            client.check(&session).await.map(LoginOutcome)
        })
    }

    #[napi(strict, catch_unwind)]
    pub fn wait(
        &self,
        env: Env,
        calls: &Calls,
        abort: Option<&Abort>,
        session: &AuthSession,
        deadline_ms: Option<Time>,
    ) -> napi::Result<Made> {
        let (client, session) = (self.0.clone(), session.0.clone());
        let (deadline_ms, aborted) = (whole(deadline_ms), Aborted::by(abort));
        calls.start(&env, aborted.clone(), AfterAbort::Finish, async move {
            let outcome = client.wait_until_canceled(&session, deadline_ms, aborted.wait());
            outcome.await.map(LoginOutcome)
        })
    }

    #[napi(strict, catch_unwind)]
    pub fn cancel(
        &self,
        env: Env,
        calls: &Calls,
        abort: Option<&Abort>,
        session: &AuthSession,
    ) -> napi::Result<Made> {
        let (client, session) = (self.0.clone(), session.0.clone());
        calls.start(&env, Aborted::by(abort), AfterAbort::Stop, async move {
            client.cancel(&session).await
        })
    }

    #[napi(strict, catch_unwind)]
    pub fn release(
        &self,
        env: Env,
        calls: &Calls,
        abort: Option<&Abort>,
        session: &AuthSession,
    ) -> napi::Result<Made> {
        let (client, session) = (self.0.clone(), session.0.clone());
        calls.start(&env, Aborted::by(abort), AfterAbort::Stop, async move {
            client.release(&session).await
        })
    }
}
