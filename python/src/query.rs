//! Signed queries: links that carry their own proof.

use crate::{
    clock::Clock,
    constant::{self, Constant},
    error::Answer,
    input::foreign_octets,
    number::{Setting, Time, setting, whole},
    secret::Kept,
};
use countermark::facade::{
    self, QueryConfig, QueryField, QuerySigner, QuerySignerConfig, QueryVerifier,
};
use pyo3::{PyTraverseError, PyVisit, exceptions::PyKeyError, prelude::*, types::PyDict};

/// How a query is signed.
#[pyclass(
    module = "countermark",
    frozen,
    eq,
    hash,
    from_py_object,
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum QueryProfile {
    CountermarkV1,
    #[pyo3(name = "LEGACY_ONELOGIN")]
    LegacyOneLogin,
    #[pyo3(name = "LEGACY_ONELOGIN_STRICT")]
    LegacyOneLoginStrict,
}

impl From<QueryProfile> for facade::QueryProfile {
    fn from(profile: QueryProfile) -> Self {
        match profile {
            QueryProfile::CountermarkV1 => Self::CountermarkV1,
            QueryProfile::LegacyOneLogin => Self::LegacyOneLogin,
            QueryProfile::LegacyOneLoginStrict => Self::LegacyOneLoginStrict,
        }
    }
}

#[pymethods]
impl QueryProfile {
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Constant<'py>> {
        constant::reduce(slf.as_any())
    }
}

/// One secret of a ring, and whom it may speak for.
///
/// ``secret`` is at least 20 bytes; text is used as it is, without decoding. ``tenant`` is who holds it; ``email_domains``
/// are those that the holder may sign for, with the OneLogin profiles. The validity is Unix milliseconds, inclusive.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct QueryKey {
    /// The name of the key.
    #[pyo3(get)]
    id: String,
    secret: Kept,
    not_before_ms: Option<i64>,
    not_after_ms: Option<i64>,
    tenant: Option<String>,
    email_domains: Vec<String>,
}

#[pymethods]
impl QueryKey {
    #[new]
    #[pyo3(signature = (id, secret, *, not_before_ms=None, not_after_ms=None, tenant=None, email_domains=None))]
    fn new(
        id: String,
        secret: &Bound<'_, PyAny>,
        not_before_ms: Option<Time>,
        not_after_ms: Option<Time>,
        tenant: Option<String>,
        email_domains: Option<Vec<String>>,
    ) -> Answer<Self> {
        Ok(Self {
            id,
            secret: Kept::of(secret)?,
            not_before_ms: whole(not_before_ms),
            not_after_ms: whole(not_after_ms),
            tenant,
            email_domains: email_domains.unwrap_or_default(),
        })
    }

    fn __repr__(&self) -> String {
        format!("<QueryKey {:?}>", self.id)
    }
}

impl QueryKey {
    fn facade(&self) -> facade::QueryKey {
        facade::QueryKey {
            id: self.id.clone(),
            secret: self.secret.secret(),
            not_before_ms: self.not_before_ms,
            not_after_ms: self.not_after_ms,
            tenant: self.tenant.clone(),
            email_domains: self.email_domains.clone(),
        }
    }
}

/// Verifies signed queries of one profile. Immutable; may be shared between threads.
///
/// ``keys`` are 1 to 16, tried in order; ``audience`` is who this verifier is, required by ``COUNTERMARK_V1``. Ages are
/// seconds, inclusive. ``clock`` gives Unix seconds, as ``time.time`` does.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SignedQueryVerifier {
    verifier: QueryVerifier,
    clock: Clock,
}

#[pymethods]
impl SignedQueryVerifier {
    #[new]
    #[pyo3(signature = (
        profile, keys, *, audience=None, max_age_s=None, max_future_s=None, allow_empty_names=None,
        allow_demo_secret=None, clock=None
    ))]
    fn new(
        profile: QueryProfile,
        keys: Vec<PyRef<'_, QueryKey>>,
        audience: Option<String>,
        max_age_s: Option<Setting<i64>>,
        max_future_s: Option<Setting<i64>>,
        allow_empty_names: Option<bool>,
        allow_demo_secret: Option<bool>,
        clock: Option<Py<PyAny>>,
    ) -> Answer<Self> {
        let keys = keys.iter().map(|key| key.facade()).collect();
        let mut config = QueryConfig::new(profile.into(), keys);
        config.audience = audience;
        config.max_age_s = setting(max_age_s, "max_age_s")?;
        config.max_future_s = setting(max_future_s, "max_future_s")?;
        if let Some(allow) = allow_empty_names {
            config.allow_empty_names = allow;
        }
        if let Some(allow) = allow_demo_secret {
            config.allow_demo_secret = allow;
        }
        Ok(Self {
            verifier: QueryVerifier::new(config)?,
            clock: Clock(clock),
        })
    }

    /// Verifies the raw query, without its ``?``, as it arrived: text or bytes.
    ///
    /// Reserve the replay key of the result before anything is done. ``now_ms`` replaces the clock.
    #[pyo3(signature = (query, *, now_ms=None))]
    fn verify(&self, query: &Bound<'_, PyAny>, now_ms: Option<Time>) -> Answer<VerifiedQuery> {
        let now_ms = self.clock.now_ms(query.py(), now_ms)?;
        Ok(VerifiedQuery(
            self.verifier.verify(&foreign_octets(query)?, now_ms)?,
        ))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.clock.traverse(visit)
    }

    fn __repr__(&self) -> &'static str {
        "<SignedQueryVerifier>"
    }
}

/// What a query proved: the signed fields, and no other parameter. Made by ``SignedQueryVerifier`` only.
#[pyclass(module = "countermark", frozen, freelist = 16)]
pub(crate) struct VerifiedQuery(facade::VerifiedQuery);

#[pymethods]
impl VerifiedQuery {
    fn __getitem__(&self, name: &str) -> PyResult<&str> {
        self.0
            .get(name)
            .ok_or_else(|| PyKeyError::new_err(name.to_owned()))
    }

    fn __contains__(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// The value of a signed field, or ``default``.
    #[pyo3(signature = (name, default=None))]
    fn get<'a>(&'a self, name: &str, default: Option<&'a str>) -> Option<&'a str> {
        self.0.get(name).or(default)
    }

    /// All signed fields that are proven.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let fields = PyDict::new(py);
        for (name, value) in self.0.fields() {
            fields.set_item(name, value)?;
        }
        Ok(fields)
    }

    /// The id of the key that fits.
    #[getter]
    fn key_id(&self) -> &str {
        self.0.key_id()
    }

    /// The tenant of that key, if it has one.
    #[getter]
    fn tenant(&self) -> Option<&str> {
        self.0.tenant()
    }

    /// The signed time, in Unix milliseconds.
    #[getter]
    fn signed_at_ms(&self) -> i64 {
        self.0.signed_at_ms()
    }

    /// ``sha1`` or ``hmac-sha256``, so that uses of the weak one can be counted.
    #[getter]
    fn algorithm(&self) -> &'static str {
        self.0.algorithm()
    }

    /// The key to reserve in a store before anything is done.
    #[getter]
    fn replay_key(&self) -> String {
        self.0.replay_key()
    }

    /// Until when the replay key must be kept, in Unix milliseconds.
    #[getter]
    fn replay_until_ms(&self) -> i64 {
        self.0.replay_until_ms()
    }

    /// The email that a OneLogin link names, to look the account up with. A claim, not an identity: the borders between the
    /// fields are not signed. Log in what ``check_profile`` or ``check_known_emails`` gives.
    #[getter]
    fn claimed_email(&self) -> Option<&str> {
        self.0.claimed_email()
    }

    /// The other emails that other splits of the same signed text would give.
    fn ambiguous_emails(&self) -> Vec<String> {
        self.0.ambiguous_emails()
    }

    /// The email of a OneLogin link, proven by the names of its account: they must be exactly the signed ones.
    fn check_profile(&self, expected_first: &str, expected_last: &str) -> Answer<&str> {
        Ok(self.0.check_profile(expected_first, expected_last)?)
    }

    /// The email of a OneLogin link, proven by a look-up: it must be an account, and no ambiguous email may be one. ``known`` holds
    /// those of all these emails that your directory has.
    fn check_known_emails(&self, known: Vec<String>) -> Answer<&str> {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Ok(self.0.check_known_emails(&known)?)
    }

    fn __repr__(&self) -> String {
        format!("<VerifiedQuery key_id={:?}>", self.0.key_id())
    }
}

/// Signs queries of one profile. Immutable; may be shared between threads.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SignedQuerySigner {
    signer: QuerySigner,
    clock: Clock,
}

#[pymethods]
impl SignedQuerySigner {
    #[new]
    #[pyo3(signature = (profile, key, *, audience=None, lifetime_s=None, allow_demo_secret=None, clock=None))]
    fn new(
        profile: QueryProfile,
        key: PyRef<'_, QueryKey>,
        audience: Option<String>,
        lifetime_s: Option<Setting<i64>>,
        allow_demo_secret: Option<bool>,
        clock: Option<Py<PyAny>>,
    ) -> Answer<Self> {
        let defaults = QueryConfig::new(profile.into(), Vec::new());
        let config = QuerySignerConfig {
            profile: profile.into(),
            key: key.facade(),
            audience,
            lifetime_s: setting(lifetime_s, "lifetime_s")?,
            allow_demo_secret: allow_demo_secret.unwrap_or(defaults.allow_demo_secret),
        };
        Ok(Self {
            signer: QuerySigner::new(config)?,
            clock: Clock(clock),
        })
    }

    /// The signed query, without a ``?``. ``entropy`` is 16 fresh random bytes; by default the system's.
    #[pyo3(signature = (fields, *, now_ms=None, entropy=None))]
    fn sign(
        &self,
        fields: &Bound<'_, PyDict>,
        now_ms: Option<Time>,
        entropy: Option<&Bound<'_, PyAny>>,
    ) -> Answer<String> {
        let now_ms = self.clock.now_ms(fields.py(), now_ms)?;
        let mut pairs = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            pairs.push(QueryField {
                name: name.extract()?,
                value: value.extract()?,
            });
        }
        let entropy = crate::entropy::or_fresh::<16>(entropy)?;
        Ok(self.signer.sign(&pairs, now_ms, &entropy)?)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.clock.traverse(visit)
    }

    fn __repr__(&self) -> &'static str {
        "<SignedQuerySigner>"
    }
}
