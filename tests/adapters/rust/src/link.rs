//! `deep_link.*`, `return_url.*`

use crate::{Answer, fields::Fields};
use countermark::facade::{self, AppLink};
use serde_json::json;

pub(crate) fn build(fields: Fields<'_>) -> Answer {
    let app = AppLink::new(fields.text_opt("scheme")?, fields.text("id_server")?)?;
    let link = app.authenticate(
        fields.text("secsignid")?,
        fields.text("authsessionid")?,
        fields.text("return_url")?,
    )?;
    Ok(json!({"link": link}))
}

pub(crate) fn return_url(fields: Fields<'_>) -> Answer {
    let url = facade::safe_return_url(
        fields.text("base")?,
        fields.text("candidate")?,
        fields.text("default")?,
    )?;
    Ok(json!({"url": url}))
}
