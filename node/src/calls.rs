//! Calls that take time: a promise of JavaScript each, and a task of the one runtime that napi shares.
//!
//! A task owns all that it works with. Napi's own `async fn` lends it `&self`, which is gone when a worker thread ends with a
//! call in flight; and makes a thread-safe function for every promise, which takes longer than the rest. Here one for each
//! thread of JavaScript settles all promises that have become ready meanwhile.

use crate::{error::refuse, value::Made};
use napi::{
    Env,
    bindgen_prelude::{ToNapiValue, spawn},
    sys,
};
use napi_derive::napi;
use std::{
    ffi::c_void,
    future::{Future, poll_fn},
    mem,
    pin::pin,
    ptr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};
use tokio::sync::watch;

/// Stops the call that it was given to.
#[napi]
pub struct Abort(watch::Sender<bool>);

#[napi]
impl Abort {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    #[napi(catch_unwind)]
    pub fn abort(&self) {
        self.0.send_replace(true);
    }
}

/// The other end of an [`Abort`], or of none.
#[derive(Clone)]
pub(crate) struct Aborted(Option<watch::Receiver<bool>>);

impl Aborted {
    pub(crate) fn by(abort: Option<&Abort>) -> Self {
        Self(abort.map(|abort| abort.0.subscribe()))
    }

    /// Is ready when the call is to stop.
    pub(crate) async fn wait(mut self) {
        if let Some(aborted) = &mut self.0 {
            // Without its sender, nobody can abort any more.
            if aborted.wait_for(|stop| *stop).await.is_ok() {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}

/// What a call does once its promise is settled by an abort.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterAbort {
    Stop,
    /// It has heard of the abort itself, and has something left to say.
    Finish,
}

enum End<T> {
    Result(countermark::Result<T>),
    Abort,
    /// The thread of JavaScript has ended.
    Thread,
}

/// The calls of one thread of JavaScript. The shell holds it as long as the thread lives.
#[napi]
pub struct Calls(Arc<Hub>);

#[napi]
impl Calls {
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env) -> napi::Result<Self> {
        Hub::new(env.raw()).map(Self)
    }
}

impl Calls {
    /// Starts a call, and gives the promise of its result. An abort gives `undefined` at once, since the shell has rejected its
    /// promise with the signal's reason.
    pub(crate) fn start<T: ToNapiValue + Send + 'static>(
        &self,
        env: &Env,
        aborted: Aborted,
        after_abort: AfterAbort,
        call: impl Future<Output = countermark::Result<T>> + Send + 'static,
    ) -> napi::Result<Made> {
        let (mut deferred, mut promise) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the environment of the present call.
        napi::check_status!(unsafe {
            sys::napi_create_promise(env.raw(), &mut deferred, &mut promise)
        })?;
        let hub = Arc::clone(&self.0);
        hub.hold(env.raw());
        let mut open = Open {
            hub: Arc::clone(&hub),
            deferred: Deferred(deferred),
        };
        spawn(async move {
            let mut call = pin!(call);
            let mut aborted = pin!(aborted.wait());
            let mut ended = pin!(Aborted(Some(hub.ended.subscribe())).wait());
            let end = poll_fn(|context| {
                if ended.as_mut().poll(context).is_ready() {
                    return Poll::Ready(End::Thread);
                }
                // First of all it is the call that hears of an abort.
                if let Poll::Ready(result) = call.as_mut().poll(context) {
                    return Poll::Ready(End::Result(result));
                }
                aborted.as_mut().poll(context).map(|()| End::Abort)
            })
            .await;
            match end {
                End::Result(result) => return open.settle(result.map(Some)),
                End::Abort => open.settle::<T>(Ok(None)),
                End::Thread => return,
            }
            if after_abort == AfterAbort::Finish {
                poll_fn(|context| match ended.as_mut().poll(context) {
                    Poll::Ready(()) => Poll::Ready(()),
                    Poll::Pending => call.as_mut().poll(context).map(drop),
                })
                .await;
            }
        });
        Ok(Made(promise))
    }
}

/// Where tasks leave their results, and wake the thread of JavaScript.
struct Hub {
    ready: Mutex<Ready>,
    ended: watch::Sender<bool>,
}

struct Ready {
    /// NULL once the thread of JavaScript ends. It is called with the lock held, so it is not called any more then: up to
    /// Node 22 a thread-safe function goes away with its thread, whoever may still hold it.
    wake: sys::napi_threadsafe_function,
    results: Vec<(Deferred, Settle)>,
    /// How many promises are open. While there are any, they keep the process alive.
    open: usize,
}

type Settle = Box<dyn FnOnce(sys::napi_env) -> napi::Result<sys::napi_value> + Send>;

struct Deferred(sys::napi_deferred);

// SAFETY: other threads only carry it; it is used on the thread of JavaScript.
unsafe impl Send for Deferred {}
// SAFETY: as above; the lock guards the rest.
unsafe impl Send for Ready {}

impl Hub {
    fn new(env: sys::napi_env) -> napi::Result<Arc<Self>> {
        let hub = Arc::new(Self {
            ready: Mutex::new(Ready {
                wake: ptr::null_mut(),
                results: Vec::new(),
                open: 0,
            }),
            ended: watch::Sender::new(false),
        });
        let (mut name, mut wake) = (ptr::null_mut(), ptr::null_mut());
        let context = Arc::into_raw(Arc::clone(&hub));
        // SAFETY: the environment of the present call. The context is freed by the finalizer, which runs after the last call.
        unsafe {
            let text = c"countermark";
            napi::check_status!(sys::napi_create_string_utf8(
                env,
                text.as_ptr(),
                text.count_bytes().cast_signed(),
                &mut name
            ))?;
            napi::check_status!(sys::napi_create_threadsafe_function(
                env,
                ptr::null_mut(),
                ptr::null_mut(),
                name,
                0,
                1,
                context.cast_mut().cast(),
                Some(forget),
                context.cast_mut().cast(),
                Some(settle_ready),
                &mut wake,
            ))?;
            sys::napi_unref_threadsafe_function(env, wake);
            hub.lock().wake = wake;
            let hook = Arc::into_raw(Arc::clone(&hub)).cast_mut().cast();
            napi::check_status!(sys::napi_add_env_cleanup_hook(env, Some(thread_ends), hook))?;
        }
        Ok(hub)
    }

    fn lock(&self) -> MutexGuard<'_, Ready> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a promise that opens.
    fn hold(&self, env: sys::napi_env) {
        let mut ready = self.lock();
        ready.open += 1;
        if ready.open == 1 && !ready.wake.is_null() {
            // SAFETY: on the thread of JavaScript, while its function is there.
            unsafe { sys::napi_ref_threadsafe_function(env, ready.wake) };
        }
    }

    fn leave(&self, deferred: Deferred, settle: Settle) {
        let mut ready = self.lock();
        if ready.wake.is_null() {
            return;
        }
        ready.results.push((deferred, settle));
        if ready.results.len() > 1 {
            return; // It is awake.
        }
        // SAFETY: the function is there as long as it is not NULL.
        let status = unsafe {
            sys::napi_call_threadsafe_function(
                ready.wake,
                ptr::null_mut(),
                sys::ThreadsafeFunctionCallMode::nonblocking,
            )
        };
        if status != sys::Status::napi_ok {
            // It is closing, and has counted this thread out.
            ready.wake = ptr::null_mut();
        }
    }

    /// Settles what is ready.
    fn settle(&self, env: sys::napi_env) {
        let results = mem::take(&mut self.lock().results);
        let settled = results.len();
        for (Deferred(deferred), settle) in results {
            // SAFETY: on the thread of JavaScript; each promise is settled once.
            unsafe {
                let mut scope = ptr::null_mut();
                sys::napi_open_handle_scope(env, &mut scope);
                match settle(env) {
                    Ok(value) => sys::napi_resolve_deferred(env, deferred, value),
                    Err(error) => {
                        let error = napi::JsError::from(error).into_value(env);
                        sys::napi_reject_deferred(env, deferred, error)
                    }
                };
                sys::napi_close_handle_scope(env, scope);
            }
        }
        let mut ready = self.lock();
        ready.open -= settled;
        if ready.open == 0 && !ready.wake.is_null() {
            // SAFETY: as in `hold`.
            unsafe { sys::napi_unref_threadsafe_function(env, ready.wake) };
        }
    }

    /// Ends all calls, and gives the function that was to wake the thread.
    fn end(&self) -> sys::napi_threadsafe_function {
        let wake = mem::replace(&mut self.lock().wake, ptr::null_mut());
        self.ended.send_replace(true);
        wake
    }
}

/// A promise that is to be settled, whatever becomes of its task.
struct Open {
    hub: Arc<Hub>,
    deferred: Deferred,
}

impl Open {
    fn settle<T: ToNapiValue + Send + 'static>(&mut self, result: countermark::Result<Option<T>>) {
        let deferred = mem::replace(&mut self.deferred.0, ptr::null_mut());
        self.hub.leave(
            Deferred(deferred),
            Box::new(move |env| {
                let value = result.map_err(|error| refuse(&error))?;
                // SAFETY: on the thread of JavaScript, with its environment.
                unsafe { Option::to_napi_value(env, value) }
            }),
        );
    }
}

impl Drop for Open {
    /// Its task panicked.
    fn drop(&mut self) {
        if !self.deferred.0.is_null() {
            self.settle::<()>(Err(countermark::ErrorCode::Internal.into()));
        }
    }
}

unsafe extern "C" fn settle_ready(
    env: sys::napi_env,
    _function: sys::napi_value,
    hub: *mut c_void,
    _data: *mut c_void,
) {
    // Without an environment the thread ends.
    if !env.is_null() {
        // SAFETY: the context, which lives until `forget`.
        unsafe { &*hub.cast::<Hub>() }.settle(env);
    }
}

/// The thread of JavaScript ends: its calls end too, and nothing is settled any more.
unsafe extern "C" fn thread_ends(hub: *mut c_void) {
    // SAFETY: made by `Arc::into_raw`, and used no more.
    let hub = unsafe { Arc::from_raw(hub.cast::<Hub>()) };
    let wake = hub.end();
    if !wake.is_null() {
        // SAFETY: `forget` has not run yet, so it is there, and it was not released before.
        unsafe {
            sys::napi_release_threadsafe_function(wake, sys::ThreadsafeFunctionReleaseMode::release)
        };
    }
}

/// The function that wakes the thread goes away.
unsafe extern "C" fn forget(_env: sys::napi_env, hub: *mut c_void, _hint: *mut c_void) {
    // SAFETY: made by `Arc::into_raw`, and used no more.
    let hub = unsafe { Arc::from_raw(hub.cast::<Hub>()) };
    hub.end();
}
