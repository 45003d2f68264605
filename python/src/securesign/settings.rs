//! The configured client: what it makes without a network.

use super::{
    SecureSignHint, SecureSignPending, SecureSignRequest, SecureSignResult, SecureSignSessionCall,
    SecureSignValidateCall,
    types::{environment_named, invalid},
};
use crate::{
    clock::Clock,
    error::Answer,
    input,
    number::{Span, Time, setting},
};
use countermark::{
    Error, Secret,
    facade::{self, SecureSignConfig, SecureSignPlatform},
};
use pyo3::{PyTraverseError, PyVisit, prelude::*};

/// A checked configuration with its API key. Immutable; for any number of calls.
///
/// ``environment`` is ``live`` or ``test``; ``callback_hosts`` are the hosts that a callback may go to.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct SecureSignClient {
    pub(crate) client: facade::SecureSignClient,
    pub(crate) clock: Clock,
}

#[pymethods]
impl SecureSignClient {
    #[new]
    #[pyo3(signature = (
        api_key, *, environment, tenant_id, callback_hosts, base_url=None, clock_skew_s=None, clock=None
    ))]
    fn new(
        api_key: &Bound<'_, PyAny>,
        environment: &str,
        tenant_id: String,
        callback_hosts: Vec<String>,
        base_url: Option<String>,
        clock_skew_s: Option<Span>,
        clock: Option<Py<PyAny>>,
    ) -> Answer<Self> {
        let config = SecureSignConfig {
            base_url,
            environment: environment_named(environment)?,
            tenant_id,
            callback_hosts,
            clock_skew_s: setting(clock_skew_s, "clock_skew_s")?,
        };
        let key = Secret::from(&*input::octets(api_key)?);
        Ok(Self {
            client: facade::SecureSignClient::new(config, key)?,
            clock: Clock(clock),
        })
    }

    /// Asks whether key, tenant and origin are good; for those who bring their own HTTP.
    fn validate(&self, origin: &str, platform: &str) -> Answer<SecureSignValidateCall> {
        let call = self.client.validate(origin, platform_named(platform)?)?;
        Ok(SecureSignValidateCall::of(call))
    }

    /// Opens a signing session; for those who bring their own HTTP.
    fn session(&self, request: &Bound<'_, SecureSignRequest>) -> Answer<SecureSignSessionCall> {
        Ok(SecureSignSessionCall::of(
            self.client.session(&request.get().0)?,
        ))
    }

    /// Builds a deep link without the server. ``with_api_key`` puts the key in; a live key never.
    #[pyo3(signature = (request, *, with_api_key))]
    fn deep_link(
        &self,
        request: &Bound<'_, SecureSignRequest>,
        with_api_key: bool,
    ) -> Answer<String> {
        Ok(self.client.deep_link(&request.get().0, with_api_key)?)
    }

    /// Checks a callback against the request that was stored under its id, with the certificate of the signer in DER.
    ///
    /// Whoever hands the certificate in vouches for it. Reserve ``once_key`` of the result before acting on it.
    #[pyo3(signature = (hint, pending, certificate_der, *, now_ms=None))]
    fn complete(
        &self,
        hint: &Bound<'_, SecureSignHint>,
        pending: &Bound<'_, SecureSignPending>,
        certificate_der: &Bound<'_, PyAny>,
        now_ms: Option<Time>,
    ) -> Answer<SecureSignResult> {
        let now_ms = self.clock.now_ms(hint.py(), now_ms)?;
        let certificate = input::bytes(certificate_der)?;
        let (hint, pending) = (&hint.get().0, &pending.get().0);
        let result = self
            .client
            .complete(hint, pending, certificate.as_bytes(), now_ms)?;
        Ok(SecureSignResult(result))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.clock.traverse(visit)
    }

    fn __repr__(&self) -> &'static str {
        "<SecureSignClient>"
    }
}

pub(crate) fn platform_named(name: &str) -> Result<SecureSignPlatform, Error> {
    SecureSignPlatform::from_name(name).ok_or_else(|| invalid("platform"))
}
