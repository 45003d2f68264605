//! Single replies and access passes, for tools and tests. A login goes through `countermark_login`.

use crate::{
    boundary::{bytes, guard, guard_value, object, output, text},
    handle,
    option::COUNTERMARK_DEFAULT,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::{
    Error, ErrorCode,
    facade::{self, RequestKind},
};
use std::{ffi::c_char, ptr::null_mut};

/// `ReqRequestAuthSession`: opens a session.
pub const COUNTERMARK_REQUEST_START: i32 = 1;
/// `ReqGetAuthSessionState`: asks how the user decided.
pub const COUNTERMARK_REQUEST_STATE: i32 = 2;
/// `ReqCancelAuthSession`: withdraws the session.
pub const COUNTERMARK_REQUEST_CANCEL: i32 = 3;
/// `ReqReleaseAuthSession`: gives the session back after use.
pub const COUNTERMARK_REQUEST_RELEASE: i32 = 4;

/// The fields of a reply. Proves nothing about a user: only a login compares a reply with what was asked.
///
/// Ownership: yours; free it with `countermark_server_reply_free`. Threads: immutable, may be shared.
pub struct countermark_server_reply(facade::ServerReply);

/// A picture that was checked to be one whole PNG.
///
/// Ownership: yours; free it with `countermark_access_pass_free`. Threads: immutable, may be shared.
pub struct countermark_access_pass {
    pass: facade::AccessPass,
    data_uri: String,
}

/// The fields of a reply; what it does not hold is absent. Its views belong to the reply.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_server_reply_view {
    /// The SecSign ID that the server states, normalised.
    pub secsign_id: countermark_str,
    /// The number of the session: a signed 64-bit integer as text.
    pub auth_session_id: countermark_str,
    /// The request id. A secret.
    pub request_id: countermark_str,
    /// The echo of the service name.
    pub service_name: countermark_str,
    /// The echo of the service address.
    pub service_address: countermark_str,
    /// The access pass as base64 text, not yet checked to be a picture.
    pub access_pass_base64: countermark_str,
    /// The number of the state; `COUNTERMARK_DEFAULT` if there is none.
    pub state: i32,
    /// How many fields the protocol does not know.
    pub unknown_fields: u32,
}

/// A picture. Its views belong to the access pass.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_access_pass_view {
    /// The bytes of the PNG.
    pub png: countermark_str,
    /// A `data:` URI for the `src` of an `img`.
    pub data_uri: countermark_str,
    /// The width, in pixels.
    pub width: u32,
    /// The height, in pixels.
    pub height: u32,
}

/// Reads the body of a reply to a request of `kind`, `COUNTERMARK_REQUEST_*`.
///
/// Errors: RESPONSE_TOO_LARGE, DUPLICATE_FIELD, MISSING_FIELD, PROTOCOL, INVALID_ACCESS_PASS; what the server states: UNKNOWN_ID, FROZEN,
/// SESSION_GONE, SERVER_ERROR; INVALID_INPUT for another kind.
///
/// # Safety
/// The body is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_server_reply_parse(
    kind: i32,
    body: *const c_char,
    body_len: usize,
    out: *mut *mut countermark_server_reply,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let kind = match kind {
                COUNTERMARK_REQUEST_START => RequestKind::Start,
                COUNTERMARK_REQUEST_STATE => RequestKind::State,
                COUNTERMARK_REQUEST_CANCEL => RequestKind::Cancel,
                COUNTERMARK_REQUEST_RELEASE => RequestKind::Release,
                _ => return Err(Error::with_detail(ErrorCode::InvalidInput, "kind")),
            };
            let reply = facade::parse_reply(kind, bytes(body, body_len)?)?;
            *out = handle::into_raw(countermark_server_reply(reply));
            Ok(())
        })
    }
}

/// Reads a reply, all of it in one call.
///
/// # Safety
/// `reply` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_server_reply_read(
    reply: *const countermark_server_reply,
    out: *mut countermark_server_reply_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_server_reply_view {
        secsign_id: countermark_str::ABSENT,
        auth_session_id: countermark_str::ABSENT,
        request_id: countermark_str::ABSENT,
        service_name: countermark_str::ABSENT,
        service_address: countermark_str::ABSENT,
        access_pass_base64: countermark_str::ABSENT,
        state: 0,
        unknown_fields: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let reply = &object(reply)?.0;
            *out = countermark_server_reply_view {
                secsign_id: reply.secsign_id.as_deref().into(),
                auth_session_id: reply.auth_session_id.as_deref().into(),
                request_id: reply.request_id.as_deref().into(),
                service_name: reply.service_name.as_deref().into(),
                service_address: reply.service_address.as_deref().into(),
                access_pass_base64: reply.access_pass_base64.as_deref().into(),
                state: reply
                    .state
                    .map_or(COUNTERMARK_DEFAULT, |state| state.number() as i32),
                unknown_fields: reply.unknown_fields,
            };
            Ok(())
        })
    }
}

/// Checks a picture in standard base64 with padding, as replies carry it.
///
/// Errors: INVALID_ACCESS_PASS unless it is one whole PNG of at most 32 KiB and 512 by 512 pixels.
///
/// # Safety
/// The text is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_access_pass_from_base64(
    base64: *const c_char,
    base64_len: usize,
    out: *mut *mut countermark_access_pass,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let pass = facade::AccessPass::from_base64(text(base64, base64_len)?)?;
            *out = handle::into_raw(countermark_access_pass {
                data_uri: pass.data_uri(),
                pass,
            });
            Ok(())
        })
    }
}

/// Reads a picture, all of it in one call.
///
/// # Safety
/// `pass` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_access_pass_read(
    pass: *const countermark_access_pass,
    out: *mut countermark_access_pass_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_access_pass_view {
        png: countermark_str::ABSENT,
        data_uri: countermark_str::ABSENT,
        width: 0,
        height: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let it = object(pass)?;
            *out = countermark_access_pass_view {
                png: countermark_str::new(it.pass.png()),
                data_uri: it.data_uri.as_str().into(),
                width: it.pass.width(),
                height: it.pass.height(),
            };
            Ok(())
        })
    }
}

/// Frees a reply. NULL is allowed.
///
/// # Safety
/// `reply` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_server_reply_free(reply: *mut countermark_server_reply) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(reply) });
}

/// Frees an access pass. NULL is allowed.
///
/// # Safety
/// `pass` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_access_pass_free(pass: *mut countermark_access_pass) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(pass) });
}
