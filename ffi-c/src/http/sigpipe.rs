//! Whose program this is: its handling of signals is not the library's to set, and a server that cuts a connection must not end it.

/// Runs `call` so that no write of its own raises SIGPIPE, which ends a program that has not said otherwise. TLS writes with `writev`, to
/// which nobody can say that no signal is wanted.
///
/// The signal goes to the thread that writes, which is a caller: each exchange runs on one of them.
pub(super) fn without_sigpipe<T>(call: impl FnOnce() -> T) -> T {
    let _kept_off = KeptOff::new();
    call()
}

// Apple has no `sigtimedwait`, and its sockets are made such that none of them raises the signal.
#[cfg(any(not(unix), target_vendor = "apple"))]
struct KeptOff;

#[cfg(any(not(unix), target_vendor = "apple"))]
impl KeptOff {
    fn new() -> Self {
        Self
    }
}

/// SIGPIPE is blocked on this thread while this lives. Dropped, it takes the one that came meanwhile, before the program's own mask is back.
#[cfg(all(unix, not(target_vendor = "apple")))]
struct KeptOff {
    sigpipe: libc::sigset_t,
    /// The mask as it was; `None` where nothing is to be done.
    before: Option<libc::sigset_t>,
}

#[cfg(all(unix, not(target_vendor = "apple")))]
impl KeptOff {
    fn new() -> Self {
        // SAFETY: a `sigset_t` is plain numbers; each call gets sets that live on this stack.
        unsafe {
            let mut sigpipe: libc::sigset_t = std::mem::zeroed();
            let mut pending: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut sigpipe);
            libc::sigaddset(&mut sigpipe, libc::SIGPIPE);
            // One that waits already, since the program blocks it, is the program's: another of the same kind would only fall into it.
            let waits = libc::sigpending(&mut pending) == 0
                && libc::sigismember(&pending, libc::SIGPIPE) == 1;
            let is_blocked =
                !waits && libc::pthread_sigmask(libc::SIG_BLOCK, &sigpipe, &mut before) == 0;
            Self {
                sigpipe,
                before: is_blocked.then_some(before),
            }
        }
    }
}

#[cfg(all(unix, not(target_vendor = "apple")))]
impl Drop for KeptOff {
    fn drop(&mut self) {
        let Some(before) = self.before else { return };
        let at_once = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: as in `new`; nobody wants to know more of the signal.
        unsafe {
            while libc::sigtimedwait(&self.sigpipe, std::ptr::null_mut(), &at_once) == -1
                && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted
            {
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        }
    }
}
