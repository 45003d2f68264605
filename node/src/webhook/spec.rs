//! A scheme of the caller's own.

use crate::{
    error::unknown,
    value::{Span, setting},
};
use countermark::facade::{
    self, Digest, HashKind, KeyEncoding, PairText, Repeats, SignatureEncoding, TimeUnit, UrlForm,
};
use napi_derive::napi;

#[napi(object, object_to_js = false)]
pub struct SchemeSpec {
    pub id: String,
    pub signature_header: Option<String>,
    pub signature_parameter: Option<String>,
    pub prefix: Option<String>,
    pub separator: Option<String>,
    pub encoding: Option<String>,
    pub digest: Option<String>,
    pub hash: Option<String>,
    pub key: Option<String>,
    pub signed: Option<String>,
    pub url: Option<String>,
    pub id_header: Option<String>,
    pub time_header: Option<String>,
    pub time_label: Option<String>,
    pub time_parameter: Option<String>,
    pub time_json: Option<String>,
    pub time_unit: Option<String>,
    pub max_age_s: Option<Span>,
    pub max_future_s: Option<Span>,
    pub pairs_only: Option<String>,
    pub pairs_except: Option<String>,
    pub pairs_text: Option<String>,
    pub pairs_equals: Option<String>,
    pub pairs_join: Option<String>,
    pub pairs_repeats: Option<String>,
}

impl TryFrom<SchemeSpec> for facade::SchemeSpec {
    type Error = napi::Error;

    fn try_from(given: SchemeSpec) -> napi::Result<Self> {
        let header = given.signature_header.unwrap_or_default();
        let mut spec = Self::new(&given.id, &header);
        set(&mut spec.signature_parameter, given.signature_parameter);
        set(&mut spec.prefix, given.prefix);
        set(&mut spec.separator, given.separator);
        choose(
            &mut spec.encoding,
            given.encoding,
            "encoding",
            SignatureEncoding::from_name,
        )?;
        choose(&mut spec.digest, given.digest, "digest", Digest::from_name)?;
        choose(&mut spec.hash, given.hash, "hash", HashKind::from_name)?;
        choose(&mut spec.key, given.key, "key", KeyEncoding::from_name)?;
        set(&mut spec.signed, given.signed);
        choose(&mut spec.url, given.url, "url", UrlForm::from_name)?;
        set(&mut spec.id_header, given.id_header);
        set(&mut spec.time_header, given.time_header);
        set(&mut spec.time_label, given.time_label);
        set(&mut spec.time_parameter, given.time_parameter);
        set(&mut spec.time_json, given.time_json);
        choose(
            &mut spec.time_unit,
            given.time_unit,
            "timeUnit",
            TimeUnit::from_name,
        )?;
        set(&mut spec.max_age_s, setting(given.max_age_s, "max_age_s")?);
        set(
            &mut spec.max_future_s,
            setting(given.max_future_s, "max_future_s")?,
        );
        set(&mut spec.pairs_only, given.pairs_only);
        set(&mut spec.pairs_except, given.pairs_except);
        choose(
            &mut spec.pairs_text,
            given.pairs_text,
            "pairsText",
            PairText::from_name,
        )?;
        set(&mut spec.pairs_equals, given.pairs_equals);
        set(&mut spec.pairs_join, given.pairs_join);
        choose(
            &mut spec.pairs_repeats,
            given.pairs_repeats,
            "pairsRepeats",
            Repeats::from_name,
        )?;
        Ok(spec)
    }
}

/// Overwrites a default by what was given.
fn set<T>(default: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *default = given;
    }
}

fn choose<T>(
    default: &mut T,
    given: Option<String>,
    setting: &'static str,
    from_name: impl Fn(&str) -> Option<T>,
) -> napi::Result<()> {
    if let Some(name) = given {
        *default = from_name(&name).ok_or_else(|| unknown(setting))?;
    }
    Ok(())
}
