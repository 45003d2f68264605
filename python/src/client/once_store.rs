//! A store of Python's, such as Redis, for what may happen once.

use crate::{
    error::Answer,
    meta::error_code,
    runtime::{raised_within, with_caller},
};
use countermark::{Error, ErrorCode, OnceStore, Result, transport::BoxFuture};
use pyo3::prelude::*;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::oneshot::{self, Sender};

/// Asks a callable of the shell: ``ask(caller, operation, key, until_ms, reply)``, with the caller of asyncio that the question is for,
/// or `None`. It answers through `reply`, now or later and from any thread; a reply that is dropped without an answer is
/// `STORE_UNAVAILABLE`.
pub(super) struct PyStore(pub(super) Arc<Py<PyAny>>);

impl PyStore {
    fn ask(&self, operation: &str, key: &str, until_ms: i64) -> BoxFuture<'_, Result<()>> {
        let (sender, receiver) = oneshot::channel();
        let reply = StoreReply(Mutex::new(Some(sender)));
        let _ = Python::try_attach(|py| {
            let caller = with_caller(|caller| caller.clone_ref(py));
            let Ok(reply) = Py::new(py, reply) else {
                return;
            };
            let asked = (caller, operation, key, until_ms, reply.clone_ref(py));
            if let Err(raised) = self.0.call1(py, asked) {
                // Its traceback may hold the reply.
                reply.get().send(Err(unavailable()));
                raised_within(py, raised, None);
            }
        });
        Box::pin(async move { receiver.await.unwrap_or_else(|_| Err(unavailable())) })
    }
}

fn unavailable() -> Error {
    Error::new(ErrorCode::StoreUnavailable)
}

impl OnceStore for PyStore {
    fn reserve<'a>(
        &'a self,
        key: &'a str,
        until_ms: i64,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<()>> {
        self.ask("reserve", key, until_ms)
    }

    fn release<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        self.ask("release", key, 0)
    }
}

impl fmt::Debug for PyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PyStore")
    }
}

/// Where a store's answer goes.
#[pyclass(module = "countermark._native", frozen)]
pub(crate) struct StoreReply(Mutex<Option<Sender<Result<()>>>>);

#[pymethods]
impl StoreReply {
    /// The store did it.
    fn done(&self) {
        self.send(Ok(()));
    }

    /// The store refused, with an error of the table.
    fn refuse(&self, code: &str) -> Answer<()> {
        let code = error_code(code).ok_or_else(|| Error::new(ErrorCode::InvalidInput))?;
        self.send(Err(Error::new(code)));
        Ok(())
    }
}

impl StoreReply {
    fn send(&self, answer: Result<()>) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // Nobody waits any more when the call was canceled.
            let _ = sender.send(answer);
        }
    }
}
