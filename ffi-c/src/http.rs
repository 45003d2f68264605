//! Feature `http`: logins that run to their end in one call, over the core's blocking client.

mod result;
mod securesign;
mod sigpipe;

use crate::{
    boundary::{bytes, guard, guard_value, object, output, text_or},
    handle,
    login::{countermark_auth_session, countermark_challenge, countermark_login_config},
    status::{countermark_error, countermark_status},
};
use countermark::{Client, ErrorCode, blocking};
use result::countermark_login_result;
use sigpipe::without_sigpipe;
use std::{ffi::c_char, ptr::null_mut};

/// Logs in over HTTPS: a service with its own way to the server, the system's clock, and a memory of what may happen once.
///
/// The memory is that of this client. Several processes, or several clients for one service, need one store: drive a
/// `countermark_login` instead.
///
/// Ownership: yours; free it with `countermark_login_client_free`. What it handed out lives on. Threads: may be shared; a call blocks
/// its own thread only, and calls at one time share what they wait with. Between two calls there is no connection, and nothing runs but
/// perhaps the system's look-up of a name for which a call did not wait: a process may fork there. Signals: during a call SIGPIPE is
/// blocked on the calling thread.
pub struct countermark_login_client(blocking::Client);

/// Checks a configuration. Nobody is contacted. `extra_roots_pem` are root certificates of an own server, trusted beside those of the
/// platform; `(NULL, 0)` for none.
///
/// Errors: INVALID_URL, INVALID_CONFIG, INVALID_INPUT; the detail names the setting.
///
/// # Safety
/// `config` is readable with its texts; the certificates are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_client_new(
    config: *const countermark_login_config,
    extra_roots_pem: *const c_char,
    extra_roots_pem_len: usize,
    out: *mut *mut countermark_login_client,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let client = Client::builder(object(config)?.read()?)
                .extra_roots_pem(bytes(extra_roots_pem, extra_roots_pem_len)?)
                .build()?;
            *out = handle::into_raw(countermark_login_client(client.into()));
            Ok(())
        })
    }
}

/// Starts a login for a user, and gives the challenge to show. A start is never sent twice.
///
/// Errors: BUSY when a login for the ID is open; INVALID_SECSIGN_ID, UNKNOWN_ID, FROZEN; those of the server and of the network.
///
/// # Safety
/// `client` is live; the text is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_client_begin(
    client: *const countermark_login_client,
    secsign_id: *const c_char,
    secsign_id_len: usize,
    out: *mut *mut countermark_challenge,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let client = object(client)?;
            let id = text_or(secsign_id, secsign_id_len, ErrorCode::InvalidSecsignId)?;
            let challenge = without_sigpipe(|| client.0.begin(id))?;
            *out = handle::into_raw(countermark_challenge::new(challenge));
            Ok(())
        })
    }
}

/// Asks the server once how the login stands. An approval is given out once.
///
/// Errors: ALREADY_CONSUMED for whoever asks again; UNKNOWN_HANDLE for a session of another service; IDENTITY_MISMATCH when another ID
/// approved; SESSION_GONE; those of the server and of the network.
///
/// # Safety
/// `client` and `session` are live; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_client_check(
    client: *const countermark_login_client,
    session: *const countermark_auth_session,
    out: *mut *mut countermark_login_result,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let (client, session) = (object(client)?, object(session)?);
            let outcome = without_sigpipe(|| client.0.check(&session.0))?;
            *out = handle::into_raw(countermark_login_result(outcome));
            Ok(())
        })
    }
}

/// Asks until the user has decided, the session has ended, or `deadline_ms` (Unix milliseconds; `INT64_MAX`: none) is reached, and gives
/// the last known result.
///
/// Errors: as `countermark_login_client_check`; failures that may pass are retried a few times first.
///
/// # Safety
/// `client` and `session` are live; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_client_wait(
    client: *const countermark_login_client,
    session: *const countermark_auth_session,
    deadline_ms: i64,
    out: *mut *mut countermark_login_result,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let (client, session) = (object(client)?, object(session)?);
            let outcome = without_sigpipe(|| client.0.wait(&session.0, Some(deadline_ms)))?;
            *out = handle::into_raw(countermark_login_result(outcome));
            Ok(())
        })
    }
}

/// Withdraws the login, so that the phone stops asking. An approval that comes at the same time cannot be used any more.
///
/// Errors: UNKNOWN_HANDLE for a session of another service; those of the server and of the network: the login then ends when its time
/// is over.
///
/// # Safety
/// `client` and `session` are live; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_client_cancel(
    client: *const countermark_login_client,
    session: *const countermark_auth_session,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let (client, session) = (object(client)?, object(session)?);
            without_sigpipe(|| client.0.cancel(&session.0))
        })
    }
}

/// Gives an approved session back to an own server that wants it. No answer of the server is an error.
///
/// Errors: UNKNOWN_HANDLE for a session of another service.
///
/// # Safety
/// `client` and `session` are live; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_client_release(
    client: *const countermark_login_client,
    session: *const countermark_auth_session,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let (client, session) = (object(client)?, object(session)?);
            without_sigpipe(|| client.0.release(&session.0))
        })
    }
}

/// Frees a client. NULL is allowed.
///
/// # Safety
/// `client` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_client_free(client: *mut countermark_login_client) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(client) });
}
