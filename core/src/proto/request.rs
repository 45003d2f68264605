//! The four requests as form bodies: fixed order, only fields that the server knows, everything percent-encoded.
//!
//! A firewall in front of the public server checks the number and the form of the fields, so nothing else is ever added.

use crate::percent::{Space, encode_into};
use alloc::string::String;

/// The four requests of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// `ReqRequestAuthSession`: opens a session.
    Start,
    /// `ReqGetAuthSessionState`: asks how the user decided.
    State,
    /// `ReqCancelAuthSession`: withdraws the session.
    Cancel,
    /// `ReqReleaseAuthSession`: gives the session back after use; withdrawn by the public server.
    Release,
}

/// What a start tells the server.
pub(crate) struct Start<'a> {
    pub(crate) secsign_id: &'a str,
    pub(crate) service_name: &'a str,
    pub(crate) service_address: &'a str,
    pub(crate) plugin_name: Option<&'a str>,
    pub(crate) show_access_pass: Option<bool>,
}

/// The handle of a session, which state, cancel and release carry.
pub(crate) struct Handle<'a> {
    pub(crate) secsign_id: &'a str,
    pub(crate) auth_session_id: &'a str,
    pub(crate) request_id: &'a str,
}

/// The body of a start.
pub(crate) fn start(api_method: &str, start: &Start<'_>) -> String {
    let mut body = begin(api_method, "ReqRequestAuthSession");
    push(&mut body, "secsignid", start.secsign_id);
    push(&mut body, "servicename", start.service_name);
    push(&mut body, "serviceaddress", start.service_address);
    if let Some(name) = start.plugin_name {
        push(&mut body, "pluginname", name);
    }
    if let Some(show) = start.show_access_pass {
        // The words, as the browser client sends them: PHP's `1` and an empty text were an accident of its encoder.
        push(
            &mut body,
            "showaccesspass",
            if show { "true" } else { "false" },
        );
    }
    body
}

/// The body of a state request.
pub(crate) fn state(api_method: &str, handle: &Handle<'_>) -> String {
    with_handle(api_method, "ReqGetAuthSessionState", handle)
}

/// The body of a cancel request.
pub(crate) fn cancel(api_method: &str, handle: &Handle<'_>) -> String {
    with_handle(api_method, "ReqCancelAuthSession", handle)
}

/// The body of a release request, which the public server withdrew in 2019 and own servers may still want.
pub(crate) fn release(api_method: &str, handle: &Handle<'_>) -> String {
    with_handle(api_method, "ReqReleaseAuthSession", handle)
}

fn with_handle(api_method: &str, request: &str, handle: &Handle<'_>) -> String {
    let mut body = begin(api_method, request);
    push(&mut body, "secsignid", handle.secsign_id);
    push(&mut body, "authsessionid", handle.auth_session_id);
    push(&mut body, "requestid", handle.request_id);
    body
}

fn begin(api_method: &str, request: &str) -> String {
    let mut body = String::with_capacity(256);
    push(&mut body, "apimethod", api_method);
    push(&mut body, "request", request);
    body
}

fn push(body: &mut String, key: &str, value: &str) {
    if !body.is_empty() {
        body.push('&');
    }
    body.push_str(key);
    body.push('=');
    encode_into(body, value.as_bytes(), Space::Plus);
}
