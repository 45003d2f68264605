//! Signed queries.

use crate::{
    error::{OrThrow, Result, unknown},
    last::Last,
    record::Record,
    scratch,
    value::{Fields, bytes, flag, list, setting, text, texts, whole},
};
use countermark::{
    Secret,
    facade::{self, QueryProfile},
};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

fn key(given: &JsValue) -> Result<facade::QueryKey> {
    let fields = Fields(given);
    Ok(facade::QueryKey {
        not_before_ms: fields.get("notBeforeMs", whole)?,
        not_after_ms: fields.get("notAfterMs", whole)?,
        tenant: fields.get("tenant", text)?,
        email_domains: fields
            .get("emailDomains", |domains| list(domains, text))?
            .unwrap_or_default(),
        ..facade::QueryKey::new(
            &fields.required("id", text)?,
            Secret::new(fields.required("secret", bytes)?),
        )
    })
}

fn profile(name: &JsValue) -> Result<QueryProfile> {
    QueryProfile::from_name(&text(name)?).ok_or_else(|| unknown("profile"))
}

#[wasm_bindgen]
pub struct QueryVerifier {
    verifier: facade::QueryVerifier,
    last: Last<facade::VerifiedQuery>,
}

#[wasm_bindgen]
impl QueryVerifier {
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue) -> Result<Self> {
        let fields = Fields(&config);
        let keys = fields.required("keys", |keys| list(keys, key))?;
        let mut settings = facade::QueryConfig::new(fields.required("profile", profile)?, keys);
        settings.audience = fields.get("audience", text)?;
        settings.max_age_s = fields.get("maxAgeS", setting("max_age_s"))?;
        settings.max_future_s = fields.get("maxFutureS", setting("max_future_s"))?;
        settings.allow_empty_names = fields.get("allowEmptyNames", flag)? == Some(true);
        settings.allow_demo_secret = fields.get("allowDemoSecret", flag)? == Some(true);
        Ok(Self {
            verifier: facade::QueryVerifier::new(settings).or_throw()?,
            last: Last::default(),
        })
    }

    /// The hot call, of a query in the scratch buffer: a ticket for [`take`](Self::take), or 0 for a refusal.
    #[wasm_bindgen(js_name = verifyScratch)]
    pub fn verify_scratch(&self, query: i32, now_ms: f64) -> i32 {
        scratch::with_parts([query], |[query]| {
            match self
                .verifier
                .verify(query.unwrap_or_default(), now_ms as i64)
            {
                Ok(verified) => self.last.keep(verified),
                Err(error) => scratch::refused(&error),
            }
        })
    }

    /// A record of key id, algorithm, time, replay key, its end, tenant, claimed email, and the fields of what was verified;
    /// nothing when it is not kept any more: then verify again.
    pub fn take(&self, ticket: i32) -> Option<String> {
        self.last.take(ticket).map(|verified| record(&verified))
    }

    /// `VerifiedQuery::check_profile` of a query that was verified before.
    #[wasm_bindgen(js_name = checkProfile)]
    pub fn check_profile(
        &self,
        query: JsValue,
        now_ms: JsValue,
        first: JsValue,
        last: JsValue,
    ) -> Result<String> {
        self.again(&query, &now_ms)?
            .check_profile(&text(&first)?, &text(&last)?)
            .or_throw()
            .map(str::to_owned)
    }

    /// `VerifiedQuery::check_known_emails` of a query that was verified before.
    #[wasm_bindgen(js_name = checkKnownEmails)]
    pub fn check_known_emails(
        &self,
        query: JsValue,
        now_ms: JsValue,
        known: JsValue,
    ) -> Result<String> {
        let known = list(&known, text)?;
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.again(&query, &now_ms)?
            .check_known_emails(&known)
            .or_throw()
            .map(str::to_owned)
    }

    /// `VerifiedQuery::ambiguous_emails` of a query that was verified before.
    #[wasm_bindgen(js_name = ambiguousEmails)]
    pub fn ambiguous_emails(&self, query: JsValue, now_ms: JsValue) -> Result<JsValue> {
        let emails = self.again(&query, &now_ms)?.ambiguous_emails();
        Ok(texts(emails.iter().map(String::as_str)))
    }
}

impl QueryVerifier {
    fn again(&self, query: &JsValue, now_ms: &JsValue) -> Result<facade::VerifiedQuery> {
        self.verifier
            .verify(&bytes(query)?, whole(now_ms)?)
            .or_throw()
    }
}

fn record(verified: &facade::VerifiedQuery) -> String {
    let mut record = Record::default();
    record.text(verified.key_id());
    record.text(verified.algorithm());
    record.number(Some(verified.signed_at_ms()));
    record.text(&verified.replay_key());
    record.number(Some(verified.replay_until_ms()));
    record.optional(verified.tenant());
    record.optional(verified.claimed_email());
    for (name, value) in verified.fields() {
        record.text(name);
        record.text(value);
    }
    record.finish()
}

#[cfg(feature = "full")]
#[wasm_bindgen]
pub struct QuerySigner(facade::QuerySigner);

#[cfg(feature = "full")]
#[wasm_bindgen]
impl QuerySigner {
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue) -> Result<Self> {
        let fields = Fields(&config);
        facade::QuerySigner::new(facade::QuerySignerConfig {
            profile: fields.required("profile", profile)?,
            key: fields.required("key", key)?,
            audience: fields.get("audience", text)?,
            lifetime_s: fields.get("lifetimeS", setting("lifetime_s"))?,
            allow_demo_secret: fields.get("allowDemoSecret", flag)? == Some(true),
        })
        .or_throw()
        .map(Self)
    }

    pub fn sign(&self, fields: JsValue, now_ms: JsValue, entropy: JsValue) -> Result<String> {
        let fields = list(&fields, |pair| match list(pair, text)?.as_slice() {
            [name, value] => Ok(facade::QueryField {
                name: name.clone(),
                value: value.clone(),
            }),
            _ => Err(crate::error::invalid("pairs of texts")),
        })?;
        self.0
            .sign(&fields, whole(&now_ms)?, &crate::value::octets(&entropy)?)
            .or_throw()
    }
}
