//! Single replies and IDs, for tools and tests.

use crate::{
    error::Answer,
    input::{self, Foreign},
    meta::State,
};
use countermark::{
    Error, ErrorCode,
    facade::{self, RequestKind},
};
use pyo3::prelude::*;

/// The fields of a reply. Proves nothing about a user: only a login compares a reply with what was asked.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct ServerReply {
    /// The SecSign ID that the server states, normalised.
    secsign_id: Option<String>,
    /// The number of the session: a signed 64-bit integer as text.
    auth_session_id: Option<String>,
    /// The request id. A secret.
    request_id: Option<String>,
    /// The echo of the service name.
    service_name: Option<String>,
    /// The echo of the service address.
    service_address: Option<String>,
    /// The state.
    state: Option<State>,
    /// The access pass as base64 text.
    access_pass_base64: Option<String>,
    /// How many fields the protocol does not know.
    unknown_fields: u32,
}

#[pymethods]
impl ServerReply {
    fn __repr__(&self) -> &'static str {
        "<ServerReply>"
    }
}

/// Brings a SecSign ID into the form that is sent and compared.
#[pyfunction]
pub(crate) fn normalize_secsign_id(secsign_id: Foreign<'_>) -> Answer<String> {
    Ok(facade::normalize_secsign_id(secsign_id.0)?)
}

/// Reads the body of a reply to a request of ``kind``: ``start``, ``state``, ``cancel`` or ``release``.
#[pyfunction]
pub(crate) fn parse_reply(kind: &str, body: &Bound<'_, PyAny>) -> Answer<ServerReply> {
    let kind = RequestKind::from_name(kind)
        .ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "kind"))?;
    let reply = facade::parse_reply(kind, input::bytes(body)?.as_bytes())?;
    Ok(ServerReply {
        secsign_id: reply.secsign_id,
        auth_session_id: reply.auth_session_id,
        request_id: reply.request_id,
        service_name: reply.service_name,
        service_address: reply.service_address,
        state: reply.state.map(State::from),
        access_pass_base64: reply.access_pass_base64,
        unknown_fields: reply.unknown_fields,
    })
}
