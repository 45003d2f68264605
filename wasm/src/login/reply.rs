//! Single replies and IDs.

use crate::{
    error::{OrThrow, Result, invalid},
    value::{bytes, object, some, text},
};
use countermark::facade::{self, RequestKind};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(js_name = normalizeSecsignId)]
pub fn normalize_secsign_id(secsign_id: JsValue) -> Result<String> {
    facade::normalize_secsign_id(&text(&secsign_id)?).or_throw()
}

#[wasm_bindgen(js_name = parseReply)]
pub fn parse_reply(kind: JsValue, body: JsValue) -> Result<JsValue> {
    let kind = RequestKind::from_name(&text(&kind)?).ok_or_else(|| invalid("kind"))?;
    let reply = facade::parse_reply(kind, &bytes(&body)?).or_throw()?;
    Ok(object([
        ("secsignId", reply.secsign_id.map(Into::into)),
        ("authSessionId", reply.auth_session_id.map(Into::into)),
        ("requestId", reply.request_id.map(Into::into)),
        ("serviceName", reply.service_name.map(Into::into)),
        ("serviceAddress", reply.service_address.map(Into::into)),
        ("state", reply.state.map(|state| state.number().into())),
        ("accessPassBase64", reply.access_pass_base64.map(Into::into)),
        ("unknownFields", some(reply.unknown_fields)),
    ]))
}
