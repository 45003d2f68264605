//! Whose program this is: its handling of signals is not the library's to set, and a server that cuts a connection must not end it.

/// Runs `call` so that no write of its own raises SIGPIPE, which ends a program that has not said otherwise. TLS writes with `writev`, to
/// which nobody can say that no signal is wanted.
///
/// The signal goes to the thread that writes, which is a caller: each exchange runs on one of them.
pub(super) fn without_sigpipe<T>(call: impl FnOnce() -> T) -> T {
    let _kept_off = system::KeptOff::new();
    call()
}

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
mod system {
    use std::{io, mem::zeroed, ptr::null_mut};

    /// SIGPIPE is blocked on this thread while this lives. Dropped, it takes the one that came meanwhile, before the program's own mask is
    /// back.
    pub(super) struct KeptOff {
        sigpipe: libc::sigset_t,
        /// The mask as it was; `None` where nothing is to be done.
        before: Option<libc::sigset_t>,
    }

    impl KeptOff {
        pub(super) fn new() -> Self {
            // SAFETY: a `sigset_t` is plain numbers; each call gets sets that live on this stack.
            unsafe {
                let mut sigpipe: libc::sigset_t = zeroed();
                let mut pending: libc::sigset_t = zeroed();
                let mut before: libc::sigset_t = zeroed();
                libc::sigemptyset(&mut sigpipe);
                libc::sigaddset(&mut sigpipe, libc::SIGPIPE);
                // One that waits already, since the program blocks it, is the program's: another would only fall into it.
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

    impl Drop for KeptOff {
        fn drop(&mut self) {
            let Some(before) = self.before else { return };
            // SAFETY: as in `new`; a `timespec` of zeros is no time, and nobody wants to know more of the signal.
            unsafe {
                let at_once: libc::timespec = zeroed();
                while libc::sigtimedwait(&self.sigpipe, null_mut(), &at_once) == -1
                    && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
                {
                }
                libc::pthread_sigmask(libc::SIG_SETMASK, &before, null_mut());
            }
        }
    }
}

/// Windows has no such signal, and Apple's sockets are made such that none of them raises it. Elsewhere nothing takes one signal alone.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
)))]
mod system {
    pub(super) struct KeptOff;

    impl KeptOff {
        pub(super) fn new() -> Self {
            Self
        }
    }
}
