//! The session, and the access pass to show for it.

use crate::{boundary::guard_value, handle, view::countermark_str};
use countermark::facade;

/// A session that was opened here. There is no constructor from numbers: it comes from a login that was begun, or from a seal.
///
/// Ownership: yours; free it with `countermark_auth_session_free`. Threads: immutable, may be shared.
pub struct countermark_auth_session(pub(crate) facade::AuthSession);

/// A login that has begun: what to show.
///
/// Ownership: yours; free it with `countermark_challenge_free`. Threads: immutable, may be shared.
pub struct countermark_challenge {
    session: facade::AuthSession,
    access_pass: Option<facade::AccessPass>,
    data_uri: Option<String>,
}

impl countermark_challenge {
    pub(crate) fn new(challenge: facade::Challenge) -> Self {
        let data_uri = challenge
            .access_pass
            .as_ref()
            .map(facade::AccessPass::data_uri);
        Self {
            session: challenge.session,
            access_pass: challenge.access_pass,
            data_uri,
        }
    }
}

/// The session of a challenge, as an object of its own; NULL for NULL.
///
/// # Safety
/// `challenge` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_challenge_session(
    challenge: *const countermark_challenge,
) -> *mut countermark_auth_session {
    guard_value(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        unsafe { challenge.as_ref() }.map_or(std::ptr::null_mut(), |it| {
            handle::into_raw(countermark_auth_session(it.session.clone()))
        })
    })
}

/// The access pass as the bytes of a PNG; absent for sessions that are only confirmed.
///
/// # Safety
/// `challenge` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_challenge_access_pass_png(
    challenge: *const countermark_challenge,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        let pass =
            unsafe { challenge.as_ref() }.and_then(|challenge| challenge.access_pass.as_ref());
        pass.map_or(countermark_str::ABSENT, |pass| {
            countermark_str::new(pass.png())
        })
    })
}

/// The access pass as a `data:` URI for the `src` of an `img`; absent for sessions that are only confirmed.
///
/// # Safety
/// `challenge` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_challenge_access_pass_data_uri(
    challenge: *const countermark_challenge,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        unsafe { challenge.as_ref() }
            .and_then(|challenge| challenge.data_uri.as_deref())
            .into()
    })
}

/// Frees a challenge. NULL is allowed. Its session objects live on.
///
/// # Safety
/// `challenge` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_challenge_free(challenge: *mut countermark_challenge) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(challenge) });
}

/// # Safety
/// `session` is NULL or live.
unsafe fn view(
    session: *const countermark_auth_session,
    read: impl FnOnce(&facade::AuthSession) -> countermark_str,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        unsafe { session.as_ref() }.map_or(countermark_str::ABSENT, |it| read(&it.0))
    })
}

/// The SecSign ID that the session was opened for. Not proof of anybody's approval.
///
/// # Safety
/// `session` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_auth_session_secsign_id(
    session: *const countermark_auth_session,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe { view(session, |it| it.secsign_id().into()) }
}

/// The number of the session at the server: a signed 64-bit integer as text. With the SecSign ID and a third number it is the handle.
///
/// # Safety
/// `session` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_auth_session_auth_session_id(
    session: *const countermark_auth_session,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe { view(session, |it| it.auth_session_id().into()) }
}

/// The name of the service that the session was opened for.
///
/// # Safety
/// `session` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_auth_session_service_name(
    session: *const countermark_auth_session,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe { view(session, |it| it.service_name().into()) }
}

/// The address of the service that the session was opened for.
///
/// # Safety
/// `session` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_auth_session_service_address(
    session: *const countermark_auth_session,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe { view(session, |it| it.service_address().into()) }
}

/// When the session was opened, in Unix milliseconds; 0 for NULL.
///
/// # Safety
/// `session` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_auth_session_created_at_ms(
    session: *const countermark_auth_session,
) -> i64 {
    guard_value(0, || {
        // SAFETY: the caller's promise.
        unsafe { session.as_ref() }.map_or(0, |it| it.0.created_at_ms())
    })
}

/// Frees a session. NULL is allowed.
///
/// # Safety
/// `session` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_auth_session_free(session: *mut countermark_auth_session) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(session) });
}
