//! `ident.*`

use crate::{Answer, fields::Fields};
use countermark::facade;
use serde_json::json;

pub(crate) fn normalize(fields: Fields<'_>) -> Answer {
    Ok(json!({"secsignid": facade::normalize_secsign_id(fields.text("secsignid")?)?}))
}
