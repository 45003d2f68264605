//! Where the clients run: a runtime per call, or one thread for all asyncio clients of a process.
//!
//! Nothing is started at import. A forked child makes its own: threads, connections and locks of the parent are not there, so
//! what belongs to another process is left alone and never dropped.

use crate::error::{Answer, Refusal, exception};
use countermark::{Error, ErrorCode, Result};
use pyo3::{
    exceptions::PyException,
    prelude::*,
    sync::{MutexExt, PyOnceLock},
};
use std::{
    cell::RefCell,
    future::{Future, pending},
    mem,
    pin::pin,
    process,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::oneshot,
    task::AbortHandle,
};

/// How often a blocking call looks for signals, such as Ctrl-C.
const SIGNAL_PAUSE: Duration = Duration::from_millis(100);

/// A value of this process. Its lock is taken while attached to Python only, and nothing of Python runs under it: so no other
/// thread can hold it in a fork, or wait for the GIL with it.
pub(crate) struct PerProcess<T>(Mutex<Option<(u32, T)>>);

impl<T> PerProcess<T> {
    pub(crate) const fn empty() -> Self {
        Self(Mutex::new(None))
    }

    /// The value, if it is this process's.
    fn take(&self, py: Python<'_>) -> Option<T> {
        let slot = self.0.lock_py_attached(py);
        let mut slot = slot.unwrap_or_else(PoisonError::into_inner);
        let own = slot.take_if(|(owner, _)| *owner == process::id());
        own.map(|(_, value)| value)
    }

    /// What `read` takes from the value, which `make` makes without Python if this process has none.
    pub(crate) fn get<R>(
        &self,
        py: Python<'_>,
        make: impl FnOnce() -> Answer<T>,
        read: impl FnOnce(&T) -> R,
    ) -> Answer<R> {
        let slot = self.0.lock_py_attached(py);
        let mut slot = slot.unwrap_or_else(PoisonError::into_inner);
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

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let slot = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(foreign) = slot.take_if(|(owner, _)| *owner != process::id()) {
            mem::forget(foreign);
        }
    }
}

/// Runs a call on this thread, without the GIL, until it ends or a signal handler raises. Then the call is dropped.
pub(crate) fn block_on<T: Send>(
    py: Python<'_>,
    call: impl Future<Output = Result<T>> + Send,
) -> Answer<T> {
    run(py, async {
        tokio::select! {
            result = call => result.map_err(Refusal::from),
            raised = signal() => Err(Refusal::from(raised)),
        }
    })
}

/// The same for a call that ends by itself when it is told that a signal handler raised; one that raises again ends it at once.
pub(crate) fn block_on_to_the_end<T: Send, C: Future<Output = Result<T>> + Send>(
    py: Python<'_>,
    call: impl FnOnce(Canceled) -> C + Send,
) -> Answer<T> {
    run(py, async {
        let (cancel, canceled) = oneshot::channel();
        let mut call = pin!(call(Canceled(canceled)));
        let raised = tokio::select! {
            result = &mut call => return result.map_err(Refusal::from),
            raised = signal() => raised,
        };
        let _ = cancel.send(());
        tokio::select! {
            _ = call => Err(raised.into()),
            again = signal() => Err(again.into()),
        }
    })
}

fn run<T: Send>(py: Python<'_>, call: impl Future<Output = Answer<T>> + Send) -> Answer<T> {
    py.detach(|| {
        // A callback of ours, such as a clock, runs inside a runtime.
        if Handle::try_current().is_ok() {
            return Err(Error::new(ErrorCode::WrongState).into());
        }
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| Error::new(ErrorCode::Internal))?;
        RAISED.take();
        let result = runtime.block_on(call);
        // Dropping the runtime would wait for a name lookup that nobody needs any more.
        runtime.shutdown_background();
        match RAISED.take() {
            Some(raised) => Err(raised.into()),
            None => result,
        }
    })
}

thread_local! {
    /// What is no `Exception`, such as that of Ctrl-C, raised in a callable that the present call of this thread asked.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Takes what a callable raised that a call asked: the call blocks and ends with it, or nobody can be told.
pub(crate) fn raised_within(py: Python<'_>, raised: PyErr, callable: Option<&Bound<'_, PyAny>>) {
    let blocks = with_caller(|_| ()).is_none();
    if blocks && !raised.is_instance_of::<PyException>(py) {
        RAISED.set(Some(raised));
    } else {
        raised.write_unraisable(py, callable);
    }
}

async fn signal() -> PyErr {
    loop {
        tokio::time::sleep(SIGNAL_PAUSE).await;
        if let Some(raised) = RAISED.take() {
            return raised;
        }
        // Nothing to look for when the interpreter is ending.
        if let Some(Err(raised)) = Python::try_attach(|py| py.check_signals()) {
            return raised;
        }
    }
}

/// A call that runs in the background.
#[pyclass(module = "countermark._native", frozen)]
pub(crate) struct Job {
    task: AbortHandle,
    cancel: Mutex<Option<oneshot::Sender<()>>>,
}

/// Ends when the call is asked to end; never if nobody can ask any more.
pub(crate) struct Canceled(oneshot::Receiver<()>);

impl Canceled {
    pub(crate) async fn asked(self) {
        if self.0.await.is_err() {
            pending::<()>().await;
        }
    }
}

#[pymethods]
impl Job {
    /// Asks the call to end: it does what is left to do, and tells its end. A call that can only be stopped goes on.
    fn cancel(&self) {
        let mut cancel = self.cancel.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cancel) = cancel.take() {
            // Nobody listens any more when the call has ended.
            let _ = cancel.send(());
        }
    }

    /// Stops the call. Nothing is sent any more.
    fn stop(&self) {
        self.task.abort();
    }
}

/// Runs a call in the background. At its end `caller.done` is called on that thread, with a value and `None`, or `None` and an
/// exception.
pub(crate) fn spawn<T>(
    caller: &Bound<'_, PyAny>,
    call: impl Future<Output = Result<T>> + Send + 'static,
) -> Answer<Job>
where
    T: for<'py> IntoPyObject<'py> + Send + 'static,
{
    spawn_to_the_end(caller, |_| call)
}

/// The same for a call that ends by itself when it is canceled.
pub(crate) fn spawn_to_the_end<T, C>(
    caller: &Bound<'_, PyAny>,
    call: impl FnOnce(Canceled) -> C,
) -> Answer<Job>
where
    T: for<'py> IntoPyObject<'py> + Send + 'static,
    C: Future<Output = Result<T>> + Send + 'static,
{
    let py = caller.py();
    if STOPPED.load(Ordering::Acquire) {
        return Err(Error::new(ErrorCode::WrongState).into());
    }
    // A forked child inherits it.
    static AT_EXIT: PyOnceLock<()> = PyOnceLock::new();
    AT_EXIT.get_or_try_init(py, || {
        let stop = wrap_pyfunction!(stop, py)?;
        py.import("atexit")?
            .call_method1("register", (stop,))
            .map(drop)
    })?;
    let start = || {
        Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(4)
            .thread_name("countermark")
            .enable_all()
            .build()
            .map_err(|_| Error::new(ErrorCode::Internal).into())
    };
    let handle = RUNTIME.get(py, start, |runtime| runtime.handle().clone())?;
    let (cancel, canceled) = oneshot::channel();
    let call = call(Canceled(canceled));
    let mut delivery = Delivery(Some(caller.clone().unbind()));
    let task = handle.spawn(CALLER.scope(caller.clone().unbind(), async move {
        let result = call.await;
        delivery.deliver(result);
    }));
    Ok(Job {
        task: task.abort_handle(),
        cancel: Mutex::new(Some(cancel)),
    })
}

tokio::task_local! {
    /// Who made the call that runs in the background.
    static CALLER: Py<PyAny>;
}

/// What `read` takes from the caller of the present call; `None` for a call that blocks.
pub(crate) fn with_caller<R>(read: impl FnOnce(&Py<PyAny>) -> R) -> Option<R> {
    CALLER.try_with(read).ok()
}

/// The thread of all asyncio clients.
static RUNTIME: PerProcess<Runtime> = PerProcess::empty();

/// Whether the interpreter is about to end: Python would kill a thread that asks for the GIL then, and the process with it.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Ends the background, after the loops have ended and before the interpreter does.
#[pyfunction]
fn stop(py: Python<'_>) {
    STOPPED.store(true, Ordering::Release);
    if let Some(runtime) = RUNTIME.take(py) {
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
        let Some(caller) = self.0.take() else { return };
        if STOPPED.load(Ordering::Acquire) {
            return;
        }
        // A loop that is closed waits for nothing any more.
        let _ = Python::try_attach(|py| {
            let told = match result {
                Ok(value) => caller.call_method1(py, "done", (value, py.None())),
                Err(error) => caller.call_method1(py, "done", (py.None(), exception(py, &error))),
            };
            drop((told, caller));
        });
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.deliver::<()>(Err(Error::new(ErrorCode::Internal)));
    }
}
