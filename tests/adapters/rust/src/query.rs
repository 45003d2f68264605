//! `query.*`

use crate::{Answer, Refusal, fields::Fields};
use countermark::{
    Secret,
    facade::{
        QueryConfig, QueryField, QueryKey, QueryProfile, QuerySigner, QuerySignerConfig,
        QueryVerifier,
    },
};
use serde_json::{Map, Value, json};
use std::{fs::File, io::Read};

pub(crate) fn verify(fields: Fields<'_>) -> Answer {
    let keys = fields
        .objects("keys")?
        .into_iter()
        .map(key)
        .collect::<Result<_, _>>()?;
    let mut config = QueryConfig::new(profile(fields)?, keys);
    config.audience = fields.text_opt("audience")?.map(String::from);
    config.max_age_s = fields.int_opt("max_age_s")?;
    config.max_future_s = fields.int_opt("max_future_s")?;
    config.allow_empty_names = fields.flag_opt("allow_empty_names")?.unwrap_or_default();
    config.allow_demo_secret = allow_demo_secret(fields)?;
    let verified = QueryVerifier::new(config)?
        .verify(fields.text("query")?.as_bytes(), fields.int("now_ms")?)?;
    let mut email = None;
    if let Some(account) = fields.object_opt("account")? {
        email =
            Some(verified.check_profile(account.text("firstname")?, account.text("lastname")?)?);
    }
    if let Some(known) = fields.texts_opt("known_emails")? {
        email = Some(verified.check_known_emails(&known)?);
    }
    let pairs: Map<String, Value> = verified
        .pairs()
        .into_iter()
        .map(|field| (field.name, Value::from(field.value)))
        .collect();
    let mut ok = json!({
        "fields": pairs,
        "timestamp": verified.signed_at_ms() / 1000,
        "key_id": verified.key_id(),
        "replay_key": verified.replay_key(),
    });
    if let Some(tenant) = verified.tenant() {
        ok["tenant"] = tenant.into();
    }
    if let Some(claimed) = verified.claimed_email() {
        ok["claimed_email"] = claimed.into();
    }
    if let Some(email) = email {
        ok["email"] = email.into();
    }
    if fields.flag_opt("ambiguous_emails")?.unwrap_or_default() {
        ok["ambiguous_emails"] = verified.ambiguous_emails().into();
    }
    Ok(ok)
}

pub(crate) fn sign(fields: Fields<'_>) -> Answer {
    let profile = profile(fields)?;
    let signer = QuerySigner::new(QuerySignerConfig {
        profile,
        key: key(fields.object_opt("key")?.ok_or(Refusal::BadRequest)?)?,
        audience: fields.text_opt("audience")?.map(String::from),
        lifetime_s: fields.int_opt("lifetime_s")?,
        allow_demo_secret: allow_demo_secret(fields)?,
    })?;
    let signed = fields
        .object_opt("fields")?
        .ok_or(Refusal::BadRequest)?
        .0
        .iter()
        .map(|(name, value)| {
            let value = value.as_str().ok_or(Refusal::BadRequest)?;
            Ok(QueryField {
                name: name.clone(),
                value: value.into(),
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let entropy = match fields.text_opt("entropy_base64")? {
        Some(_) => fields.bytes("entropy_base64")?,
        None => random()?,
    };
    Ok(json!({"query": signer.sign(&signed, fields.int("now_ms")?, &entropy)?}))
}

fn profile(fields: Fields<'_>) -> Result<QueryProfile, Refusal> {
    match (fields.text("profile")?, fields.text_opt("mode")?) {
        ("countermark-v1", _) => Ok(QueryProfile::CountermarkV1),
        ("onelogin", Some("legacy") | None) => Ok(QueryProfile::LegacyOneLogin),
        ("onelogin", Some("strict")) => Ok(QueryProfile::LegacyOneLoginStrict),
        _ => Err(Refusal::BadRequest),
    }
}

fn key(fields: Fields<'_>) -> Result<QueryKey, Refusal> {
    let mut key = QueryKey::new(fields.text("id")?, Secret::from(fields.text("secret")?));
    key.not_before_ms = fields.int_opt("not_before_ms")?;
    key.not_after_ms = fields.int_opt("not_after_ms")?;
    key.tenant = fields.text_opt("tenant")?.map(String::from);
    for domain in fields.list("email_domains")? {
        key.email_domains
            .push(domain.as_str().ok_or(Refusal::BadRequest)?.into());
    }
    Ok(key)
}

/// The adapter is a test program, and the published vectors are made with the demo secret.
fn allow_demo_secret(fields: Fields<'_>) -> Result<bool, Refusal> {
    Ok(fields.flag_opt("allow_demo_secret")?.unwrap_or(true))
}

fn random() -> Result<Vec<u8>, Refusal> {
    let mut bytes = vec![0; 16];
    let mut source = File::open("/dev/urandom").map_err(|_| Refusal::BadRequest)?;
    source
        .read_exact(&mut bytes)
        .map_err(|_| Refusal::BadRequest)?;
    Ok(bytes)
}
