//! The core's HTTP, by another clock if there is one.

use crate::{clock::milliseconds, error::Answer, runtime::raised_within};
use countermark::{
    facade::HttpRequest,
    transport::{BoxFuture, HttpReply, HttpTransport, Transport, TransportFailure},
};
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn new(
    roots_pem: &[u8],
    connect_timeout_ms: u32,
    keep_connections: bool,
    clock: Option<Arc<Py<PyAny>>>,
) -> Answer<Arc<dyn Transport>> {
    let http = HttpTransport::new(roots_pem, connect_timeout_ms)?;
    let single_use = if keep_connections {
        None
    } else {
        http.single_use()
    };
    let transport = single_use.unwrap_or_else(|| Arc::new(http));
    Ok(match clock {
        Some(clock) => Arc::new(Clocked { transport, clock }),
        None => transport,
    })
}

/// For tests: asks Python for the time.
struct Clocked {
    transport: Arc<dyn Transport>,
    clock: Arc<Py<PyAny>>,
}

impl Transport for Clocked {
    fn send<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> BoxFuture<'a, Result<HttpReply, TransportFailure>> {
        self.transport.send(request)
    }

    /// Zero for a clock that raises, so that everything expires or lies in the future.
    fn now_ms(&self) -> i64 {
        Python::try_attach(|py| {
            let clock = self.clock.bind(py);
            milliseconds(clock).unwrap_or_else(|raised| {
                raised_within(py, raised, Some(clock));
                0
            })
        })
        .unwrap_or_default()
    }
}
