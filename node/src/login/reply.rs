//! Single replies and IDs.

use crate::{
    error::{OrThrow, invalid},
    value::Bytes,
};
use countermark::facade::{self, RequestKind};
use napi_derive::napi;

#[napi(object, object_from_js = false)]
pub struct ServerReply {
    pub secsign_id: Option<String>,
    pub auth_session_id: Option<String>,
    pub request_id: Option<String>,
    pub service_name: Option<String>,
    pub service_address: Option<String>,
    pub state: Option<u32>,
    pub access_pass_base64: Option<String>,
    pub unknown_fields: u32,
}

#[napi(catch_unwind)]
pub fn normalize_secsign_id(secsign_id: String) -> napi::Result<String> {
    facade::normalize_secsign_id(&secsign_id).or_throw()
}

#[napi(catch_unwind)]
pub fn parse_reply(kind: String, body: Bytes) -> napi::Result<ServerReply> {
    let kind = RequestKind::from_name(&kind).ok_or_else(|| invalid("kind"))?;
    let reply = facade::parse_reply(kind, &body.0).or_throw()?;
    Ok(ServerReply {
        secsign_id: reply.secsign_id,
        auth_session_id: reply.auth_session_id,
        request_id: reply.request_id,
        service_name: reply.service_name,
        service_address: reply.service_address,
        state: reply.state.map(facade::State::number),
        access_pass_base64: reply.access_pass_base64,
        unknown_fields: reply.unknown_fields,
    })
}
