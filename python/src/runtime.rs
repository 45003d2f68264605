//! Where the clients run: a runtime per call, or one thread for all asyncio clients of a process.
//!
//! Nothing is started at import. A forked child makes its own: threads, connections and locks of the parent are not there, so
//! what belongs to another process is left alone and never dropped.

use crate::error::{Answer, Refusal, exception};
use countermark::{Error, ErrorCode, Result};
use pyo3::prelude::*;
use std::{
    future::Future,
    mem, process,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::AbortHandle,
};

/// How often a blocking call looks for signals, such as Ctrl-C.
const SIGNAL_PAUSE: Duration = Duration::from_millis(100);

/// A value of this process. Take it while attached to Python only: then no other thread can hold the lock in a fork.
pub(crate) struct PerProcess<T>(Mutex<Option<(u32, T)>>);

impl<T> PerProcess<T> {
    pub(crate) const fn empty() -> Self {
        Self(Mutex::new(None))
    }

    /// The value, if it is this process's.
    fn take(&self) -> Option<T> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = slot.take_if(|(owner, _)| *owner == process::id());
        own.map(|(_, value)| value)
    }

    /// What `read` takes from the value, which is made if this process has none.
    pub(crate) fn get<R>(
        &self,
        make: impl FnOnce() -> Answer<T>,
        read: impl FnOnce(&T) -> R,
    ) -> Answer<R> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Some((owner, value)) if *owner == process::id() => return Ok(read(value)),
            _ => {}
        }
        let value = make()?;
        let result = read(&value);
        mem::forget(slot.replace((process::id(), value)));
        Ok(result)
    }
}

/// Runs a call on this thread, without the GIL, until it ends or a signal handler raises.
pub(crate) fn block_on<T: Send>(
    py: Python<'_>,
    call: impl Future<Output = Result<T>> + Send,
) -> Answer<T> {
    py.detach(|| {
        // A callback of ours, such as a clock, runs inside a runtime.
        if Handle::try_current().is_ok() {
            return Err(Error::new(ErrorCode::WrongState).into());
        }
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| Error::new(ErrorCode::Internal))?;
        let result = runtime.block_on(async {
            tokio::select! {
                result = call => result.map_err(Refusal::from),
                raised = signal() => Err(Refusal::from(raised)),
            }
        });
        // Dropping the runtime would wait for a name lookup that nobody needs any more.
        runtime.shutdown_background();
        result
    })
}

async fn signal() -> PyErr {
    loop {
        tokio::time::sleep(SIGNAL_PAUSE).await;
        // Nothing to look for when the interpreter is ending.
        if let Some(Err(raised)) = Python::try_attach(|py| py.check_signals()) {
            return raised;
        }
    }
}

/// A call that runs in the background.
#[pyclass(module = "countermark._native", frozen)]
pub(crate) struct Job(AbortHandle);

#[pymethods]
impl Job {
    /// Stops the call. Nothing is sent any more.
    fn cancel(&self) {
        self.0.abort();
    }
}

/// Runs a call in the background. At its end `done` is called on that thread, with a value and `None`, or `None` and an
/// exception.
pub(crate) fn spawn<T>(
    done: Py<PyAny>,
    call: impl Future<Output = Result<T>> + Send + 'static,
) -> Answer<Job>
where
    T: for<'py> IntoPyObject<'py> + Send + 'static,
{
    if STOPPED.load(Ordering::Acquire) {
        return Err(Error::new(ErrorCode::WrongState).into());
    }
    let start = || {
        Python::attach(|py| {
            let stop = wrap_pyfunction!(stop, py)?;
            py.import("atexit")?
                .call_method1("register", (stop,))
                .map(drop)
        })?;
        Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(4)
            .thread_name("countermark")
            .enable_all()
            .build()
            .map_err(|_| Error::new(ErrorCode::Internal).into())
    };
    let handle = RUNTIME.get(start, |runtime| runtime.handle().clone())?;
    let mut delivery = Delivery(Some(done));
    let task = handle.spawn(async move {
        let result = call.await;
        delivery.deliver(result);
    });
    Ok(Job(task.abort_handle()))
}

/// The thread of all asyncio clients.
static RUNTIME: PerProcess<Runtime> = PerProcess::empty();

/// Whether the interpreter is about to end: Python would kill a thread that asks for the GIL then, and the process with it.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Ends the background, after the loops have ended and before the interpreter does.
#[pyfunction]
fn stop(py: Python<'_>) {
    STOPPED.store(true, Ordering::Release);
    if let Some(runtime) = RUNTIME.take() {
        py.detach(|| runtime.shutdown_timeout(Duration::from_secs(1)));
    }
}

/// Tells Python the result exactly once, also when the call was stopped or panicked.
struct Delivery(Option<Py<PyAny>>);

impl Delivery {
    fn deliver<T>(&mut self, result: Result<T>)
    where
        T: for<'py> IntoPyObject<'py>,
    {
        let Some(done) = self.0.take() else { return };
        if STOPPED.load(Ordering::Acquire) {
            return;
        }
        // A loop that is closed waits for nothing any more.
        let _ = Python::try_attach(|py| {
            let told = match result {
                Ok(value) => done.call1(py, (value, py.None())),
                Err(error) => done.call1(py, (py.None(), exception(py, &error))),
            };
            drop((told, done));
        });
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.deliver::<()>(Err(Error::new(ErrorCode::Internal)));
    }
}
