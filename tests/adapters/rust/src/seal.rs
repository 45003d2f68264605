//! `seal.*`

use crate::{Answer, Refusal, fields::Fields};
use countermark::{
    Secret,
    facade::{SealKey, Sealer},
};
use serde_json::json;

pub(crate) fn open_foreign(fields: Fields<'_>) -> Answer {
    let key = SealKey {
        id: fields.text_opt("key_id")?.unwrap_or("1").into(),
        secret: Secret::new(fields.bytes("key_base64")?),
        not_before_ms: None,
        not_after_ms: None,
    };
    let name = fields.text_opt("service_name")?.unwrap_or_default();
    let address = fields.text_opt("service_address")?.unwrap_or_default();
    let session = Sealer::new(vec![key], name, address)?
        .open(
            fields.text("token")?,
            fields.text("binding")?.as_bytes(),
            fields.int("now_ms")?,
        )
        .map_err(Refusal::from)?;
    Ok(json!({
        "secsignid": session.secsign_id(),
        "authsessionid": session.auth_session_id(),
        "service_name": session.service_name(),
        "service_address": session.service_address(),
        "created_at_ms": session.created_at_ms(),
    }))
}
