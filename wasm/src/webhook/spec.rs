//! A scheme of the caller's own.

use crate::{
    error::{Result, unknown},
    value::{Fields, setting, text},
};
use countermark::facade::{
    self, Digest, HashKind, KeyEncoding, PairText, Repeats, SignatureEncoding, TimeUnit, UrlForm,
};
use wasm_bindgen::JsValue;

pub(super) fn spec(given: &JsValue) -> Result<facade::SchemeSpec> {
    let fields = Fields(given);
    let header = fields.get("signatureHeader", text)?.unwrap_or_default();
    let mut spec = facade::SchemeSpec::new(&fields.required("id", text)?, &header);
    for (name, setting) in [
        ("signatureParameter", &mut spec.signature_parameter),
        ("prefix", &mut spec.prefix),
        ("separator", &mut spec.separator),
        ("signed", &mut spec.signed),
        ("idHeader", &mut spec.id_header),
        ("timeHeader", &mut spec.time_header),
        ("timeLabel", &mut spec.time_label),
        ("timeParameter", &mut spec.time_parameter),
        ("timeJson", &mut spec.time_json),
        ("pairsOnly", &mut spec.pairs_only),
        ("pairsExcept", &mut spec.pairs_except),
        ("pairsEquals", &mut spec.pairs_equals),
        ("pairsJoin", &mut spec.pairs_join),
    ] {
        set(setting, fields.get(name, text)?);
    }
    set(
        &mut spec.max_age_s,
        fields.get("maxAgeS", setting("max_age_s"))?,
    );
    set(
        &mut spec.max_future_s,
        fields.get("maxFutureS", setting("max_future_s"))?,
    );
    let choice = |name| {
        fields
            .get(name, text)
            .map(|given| given.map(|given| (name, given)))
    };
    choose(
        &mut spec.encoding,
        choice("encoding")?,
        SignatureEncoding::from_name,
    )?;
    choose(&mut spec.digest, choice("digest")?, Digest::from_name)?;
    choose(&mut spec.hash, choice("hash")?, HashKind::from_name)?;
    choose(&mut spec.key, choice("key")?, KeyEncoding::from_name)?;
    choose(&mut spec.url, choice("url")?, UrlForm::from_name)?;
    choose(
        &mut spec.time_unit,
        choice("timeUnit")?,
        TimeUnit::from_name,
    )?;
    choose(
        &mut spec.pairs_text,
        choice("pairsText")?,
        PairText::from_name,
    )?;
    choose(
        &mut spec.pairs_repeats,
        choice("pairsRepeats")?,
        Repeats::from_name,
    )?;
    Ok(spec)
}

/// Overwrites a default by what was given.
fn set<T>(default: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *default = given;
    }
}

fn choose<T>(
    default: &mut T,
    given: Option<(&'static str, String)>,
    from_name: impl Fn(&str) -> Option<T>,
) -> Result<()> {
    if let Some((setting, name)) = given {
        *default = from_name(&name).ok_or_else(|| unknown(setting))?;
    }
    Ok(())
}
