//! SecureSign's calls, driven over a transport.

use crate::{
    Result,
    facade::{
        SecureSignClient, SecureSignPending, SecureSignPlatform, SecureSignRequest,
        SecureSignSession, SecureSignValidation,
    },
    limits::CONNECT_TIMEOUT_MS,
    transport::{self, HttpTransport, Transport},
};
use alloc::sync::Arc;
use core::fmt;

/// Asks SecureSign over the network.
///
/// Nothing is sent twice: whether to try again, and when, is the caller's decision (see
/// [`securesign_rate_limit_wait_ms`](crate::facade::securesign_rate_limit_wait_ms)). May be cloned and shared. Needs a
/// tokio runtime; without one, see [`blocking::SecureSign`](crate::blocking::SecureSign).
///
/// ```no_run
/// use countermark::{
///     Secret, SecureSign,
///     facade::{SecureSignClient, SecureSignConfig, SecureSignEnvironment, SecureSignPlatform},
/// };
///
/// # async fn example(api_key: Secret) -> countermark::Result<()> {
/// let config = SecureSignConfig {
///     base_url: None,
///     environment: SecureSignEnvironment::Live,
///     tenant_id: "org_9f2a".into(),
///     callback_hosts: vec!["shop.example".into()],
///     clock_skew_s: None,
/// };
/// let api = SecureSign::new(SecureSignClient::new(config, api_key)?)?;
/// api.validate("https://shop.example", SecureSignPlatform::Web).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SecureSign {
    client: SecureSignClient,
    transport: Arc<dyn Transport>,
}

impl SecureSign {
    /// Over HTTPS, with the platform's root certificates and the system's clock. Nobody is contacted yet.
    ///
    /// # Errors
    ///
    /// `INVALID_CONFIG` when the platform's roots cannot be read.
    pub fn new(client: SecureSignClient) -> Result<Self> {
        let transport = HttpTransport::new(&[], CONNECT_TIMEOUT_MS)?;
        Ok(Self::with_transport(client, Arc::new(transport)))
    }

    /// Over another transport, such as an [`HttpTransport`] with roots of one's own, and by its clock.
    #[must_use]
    pub fn with_transport(client: SecureSignClient, transport: Arc<dyn Transport>) -> Self {
        Self { client, transport }
    }

    /// The same with a connection of its own for each exchange.
    pub(crate) fn with_single_use_connections(self) -> Self {
        match self.transport.single_use() {
            Some(transport) => Self { transport, ..self },
            None => self,
        }
    }

    /// The configured client, for callbacks and deep links.
    #[must_use]
    pub fn client(&self) -> &SecureSignClient {
        &self.client
    }

    /// Asks whether key, tenant and origin are good.
    ///
    /// # Errors
    ///
    /// Those of [`SecureSignClient::validate`] and of
    /// [`SecureSignValidateCall::validation`](crate::facade::SecureSignValidateCall::validation).
    pub async fn validate(
        &self,
        origin: &str,
        platform: SecureSignPlatform,
    ) -> Result<SecureSignValidation> {
        let mut call = self.client.validate(origin, platform)?;
        transport::drive(&mut call, &*self.transport, None).await?;
        call.validation()
    }

    /// Opens a signing session. Keep the second value on the server until the callback comes.
    ///
    /// # Errors
    ///
    /// Those of [`SecureSignClient::session`] and of
    /// [`SecureSignSessionCall::session`](crate::facade::SecureSignSessionCall::session).
    pub async fn session(
        &self,
        request: &SecureSignRequest,
    ) -> Result<(SecureSignSession, SecureSignPending)> {
        let mut call = self.client.session(request)?;
        transport::drive(&mut call, &*self.transport, None).await?;
        Ok((call.session()?, call.pending()?))
    }
}

impl fmt::Debug for SecureSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecureSign")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
