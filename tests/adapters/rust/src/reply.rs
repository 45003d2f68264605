//! `reply.*`, `access_pass.*`

use crate::{Answer, Refusal, fields::Fields};
use countermark::facade::{self, AccessPass, RequestKind};
use serde_json::{Map, Value, json};

pub(crate) fn parse(fields: Fields<'_>) -> Answer {
    let reply = facade::parse_reply(
        kind(fields.text("request")?)?,
        &fields.bytes("body_base64")?,
    )?;
    let mut ok = Map::new();
    for (name, value) in [
        ("secsignid", reply.secsign_id),
        ("authsessionid", reply.auth_session_id),
        ("requestid", reply.request_id),
        ("servicename", reply.service_name),
        ("serviceaddress", reply.service_address),
        ("access_pass_base64", reply.access_pass_base64),
    ] {
        if let Some(value) = value {
            ok.insert(name.into(), value.into());
        }
    }
    if let Some(state) = reply.state {
        ok.insert("state".into(), state.number().into());
    }
    if reply.unknown_fields > 0 {
        ok.insert("unknown_fields".into(), reply.unknown_fields.into());
    }
    Ok(Value::Object(ok))
}

pub(crate) fn kind(name: &str) -> Result<RequestKind, Refusal> {
    Ok(match name {
        "start" => RequestKind::Start,
        "state" => RequestKind::State,
        "cancel" => RequestKind::Cancel,
        "release" => RequestKind::Release,
        _ => return Err(Refusal::BadRequest),
    })
}

pub(crate) fn access_pass(fields: Fields<'_>) -> Answer {
    let pass = AccessPass::from_base64(fields.text("icon")?)?;
    Ok(json!({"width": pass.width(), "height": pass.height(), "data_uri": pass.data_uri()}))
}
