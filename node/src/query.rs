//! Signed queries.

use crate::{
    error::{OrThrow, unknown},
    hot::{self, ARGUMENTS, Hot},
    last::Last,
    record::{Record, refusal},
    value::{Argument, Bytes, Made, Octets, Setting, Time, setting, whole},
};
use countermark::{
    Secret,
    facade::{self, QueryProfile},
};
use napi::Env;
use napi_derive::napi;
use std::rc::Rc;

#[napi(object, object_to_js = false)]
pub struct QueryKey {
    pub id: String,
    pub secret: Bytes,
    pub not_before_ms: Option<Time>,
    pub not_after_ms: Option<Time>,
    pub tenant: Option<String>,
    pub email_domains: Option<Vec<String>>,
}

impl From<QueryKey> for facade::QueryKey {
    fn from(key: QueryKey) -> Self {
        Self {
            not_before_ms: whole(key.not_before_ms),
            not_after_ms: whole(key.not_after_ms),
            tenant: key.tenant,
            email_domains: key.email_domains.unwrap_or_default(),
            ..Self::new(&key.id, Secret::new(key.secret.0))
        }
    }
}

fn profile(name: &str) -> napi::Result<QueryProfile> {
    QueryProfile::from_name(name).ok_or_else(|| unknown("profile"))
}

#[napi(object, object_to_js = false)]
pub struct QueryConfig {
    pub profile: String,
    pub keys: Vec<QueryKey>,
    pub audience: Option<String>,
    pub max_age_s: Option<Setting<i64>>,
    pub max_future_s: Option<Setting<i64>>,
    pub allow_empty_names: Option<bool>,
    pub allow_demo_secret: Option<bool>,
}

#[napi]
pub struct QueryVerifier(Rc<Verifier>);

struct Verifier {
    verifier: facade::QueryVerifier,
    last: Last<facade::VerifiedQuery>,
}

impl Hot for Verifier {
    /// Query and time: a ticket for [`Reader`], or an error text.
    fn call(&self, env: &Env, arguments: &[Argument; ARGUMENTS]) -> napi::Result<Option<Made>> {
        let [query, now_ms, ..] = arguments;
        let now_ms = now_ms.whole()?;
        match query.with_bytes(|query| self.verifier.verify(query, now_ms))? {
            Ok(verified) => self.last.keep(env, verified),
            Err(error) => refusal(env, &error),
        }
        .map(Some)
    }
}

struct Reader(Rc<Verifier>);

impl Hot for Reader {
    /// Ticket, and query and time for when it is not kept any more: a record of key id, algorithm, time, replay key, its end, tenant,
    /// claimed email, and the fields of what was verified.
    fn call(&self, env: &Env, arguments: &[Argument; ARGUMENTS]) -> napi::Result<Option<Made>> {
        let [ticket, query, now_ms, ..] = arguments;
        let kept = self.0.last.read(ticket.whole()?, |last| record(env, last));
        if let Some(made) = kept {
            return made.map(Some);
        }
        let now_ms = now_ms.whole()?;
        let verified = query
            .with_bytes(|query| self.0.verifier.verify(query, now_ms))?
            .or_throw()?;
        record(env, &verified).map(Some)
    }
}

#[napi]
impl QueryVerifier {
    #[napi(constructor, catch_unwind)]
    pub fn new(config: QueryConfig) -> napi::Result<Self> {
        let keys = config.keys.into_iter().map(Into::into).collect();
        let mut settings = facade::QueryConfig::new(profile(&config.profile)?, keys);
        settings.audience = config.audience;
        settings.max_age_s = setting(config.max_age_s, "max_age_s")?;
        settings.max_future_s = setting(config.max_future_s, "max_future_s")?;
        settings.allow_empty_names = config.allow_empty_names == Some(true);
        settings.allow_demo_secret = config.allow_demo_secret == Some(true);
        Ok(Self(Rc::new(Verifier {
            verifier: facade::QueryVerifier::new(settings).or_throw()?,
            last: Last::default(),
        })))
    }

    /// The hot call as a function.
    #[napi(catch_unwind)]
    pub fn verify(&self, env: Env) -> napi::Result<Made> {
        hot::function(&env, &self.0)
    }

    /// Reading what was verified, as a function.
    #[napi(catch_unwind)]
    pub fn reader(&self, env: Env) -> napi::Result<Made> {
        hot::function(&env, &Rc::new(Reader(Rc::clone(&self.0))))
    }

    /// `VerifiedQuery::check_profile` of a query that was verified before.
    #[napi(catch_unwind)]
    pub fn check_profile(
        &self,
        query: Bytes,
        now_ms: Time,
        first: String,
        last: String,
    ) -> napi::Result<String> {
        self.again(&query, &now_ms)?
            .check_profile(&first, &last)
            .or_throw()
            .map(str::to_owned)
    }

    /// `VerifiedQuery::check_known_emails` of a query that was verified before.
    #[napi(catch_unwind)]
    pub fn check_known_emails(
        &self,
        query: Bytes,
        now_ms: Time,
        known: Vec<String>,
    ) -> napi::Result<String> {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.again(&query, &now_ms)?
            .check_known_emails(&known)
            .or_throw()
            .map(str::to_owned)
    }

    /// `VerifiedQuery::ambiguous_emails` of a query that was verified before.
    #[napi(catch_unwind)]
    pub fn ambiguous_emails(&self, query: Bytes, now_ms: Time) -> napi::Result<Vec<String>> {
        Ok(self.again(&query, &now_ms)?.ambiguous_emails())
    }
}

impl QueryVerifier {
    fn again(&self, query: &Bytes, now_ms: &Time) -> napi::Result<facade::VerifiedQuery> {
        self.0.verifier.verify(&query.0, now_ms.0).or_throw()
    }
}

fn record(env: &Env, verified: &facade::VerifiedQuery) -> napi::Result<Made> {
    // Each of them is looked for in a row of texts, so they are gone through once.
    let fields: Vec<_> = verified.fields().collect();
    let mut record = Record::new(7 + 2 * fields.len());
    record.text(verified.key_id());
    record.text(verified.algorithm());
    record.number(Some(verified.signed_at_ms()));
    record.text(&verified.replay_key());
    record.number(Some(verified.replay_until_ms()));
    record.optional(verified.tenant());
    record.optional(verified.claimed_email());
    for (name, value) in fields {
        record.text(name);
        record.text(value);
    }
    record.finish(env)
}

#[napi(object, object_to_js = false)]
pub struct QuerySignerConfig {
    pub profile: String,
    pub key: QueryKey,
    pub audience: Option<String>,
    pub lifetime_s: Option<Setting<i64>>,
    pub allow_demo_secret: Option<bool>,
}

#[napi]
pub struct QuerySigner(facade::QuerySigner);

#[napi]
impl QuerySigner {
    #[napi(constructor, catch_unwind)]
    pub fn new(config: QuerySignerConfig) -> napi::Result<Self> {
        facade::QuerySigner::new(facade::QuerySignerConfig {
            profile: profile(&config.profile)?,
            key: config.key.into(),
            audience: config.audience,
            lifetime_s: setting(config.lifetime_s, "lifetime_s")?,
            allow_demo_secret: config.allow_demo_secret == Some(true),
        })
        .or_throw()
        .map(Self)
    }

    #[napi(catch_unwind)]
    pub fn sign(
        &self,
        fields: Vec<(String, String)>,
        now_ms: Time,
        entropy: Octets,
    ) -> napi::Result<String> {
        let fields: Vec<_> = fields
            .into_iter()
            .map(|(name, value)| facade::QueryField { name, value })
            .collect();
        self.0.sign(&fields, now_ms.0, &entropy.0).or_throw()
    }
}
