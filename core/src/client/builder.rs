//! What a client is made of.

use super::{Client, Inner, OnceStore};
use crate::{
    Result,
    facade::{LoginConfig, LoginService, ReplayMemory},
    transport::{HttpTransport, Transport},
};
use alloc::{sync::Arc, vec::Vec};
use core::fmt;

/// Puts a [`Client`] together; every part has a default.
#[must_use]
pub struct ClientBuilder {
    config: LoginConfig,
    extra_roots_pem: Vec<u8>,
    transport: Option<Arc<dyn Transport>>,
    store: Option<Arc<dyn OnceStore>>,
}

impl ClientBuilder {
    pub(super) fn new(config: LoginConfig) -> Self {
        Self {
            config,
            extra_roots_pem: Vec::new(),
            transport: None,
            store: None,
        }
    }

    /// Root certificates (PEM) of an on-premise server, trusted beside those of the platform. Not used with an own
    /// [`transport`](Self::transport).
    pub fn extra_roots_pem(mut self, pem: &[u8]) -> Self {
        self.extra_roots_pem = pem.to_vec();
        self
    }

    /// Another way to the server, and another clock. Default: [`HttpTransport`] and the system's clock.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// The store that guards against two open logins for one ID, and against using an approval twice. Default: the
    /// memory of this process; several processes need one store.
    pub fn once_store(mut self, store: Arc<dyn OnceStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// The client. Nothing is started and nobody is contacted.
    ///
    /// # Errors
    ///
    /// What [`LoginService::new`] refuses, and `INVALID_CONFIG` for root certificates that cannot be read.
    pub fn build(self) -> Result<Client> {
        let service = LoginService::new(self.config)?;
        let never_blocks = self.transport.is_none() && self.store.is_none();
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(
                &self.extra_roots_pem,
                service.connect_timeout_ms(),
            )?),
        };
        let store = match self.store {
            Some(store) => store,
            None => Arc::new(ReplayMemory::new(None)?),
        };
        Ok(Client {
            inner: Arc::new(Inner {
                service,
                transport,
                store,
                never_blocks,
            }),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
