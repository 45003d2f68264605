//! The service that users log in to.

use crate::{
    error::Answer,
    number::{Span, setting},
};
use countermark::facade::{self, LoginConfig};
use pyo3::prelude::*;

/// A key for a store of things that may happen once, with the time to keep it.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct StoreKey {
    /// The key: ASCII, without anything that could be used.
    key: String,
    /// How long to keep it, in seconds.
    ttl_s: u32,
}

#[pymethods]
impl StoreKey {
    fn __repr__(&self) -> String {
        format!("<StoreKey ttl_s={}>", self.ttl_s)
    }
}

impl From<facade::StoreKey> for StoreKey {
    fn from(key: facade::StoreKey) -> Self {
        Self {
            key: key.key,
            ttl_s: key.ttl_s,
        }
    }
}

/// A checked configuration. Immutable; for any number of logins.
///
/// ``server``: ``https://host[:port]``; by default the public ID server with its fallback. ``service_name`` is what the push
/// message shows, ``service_address`` what the app shows: never take it from a request.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct LoginService {
    pub(crate) config: LoginConfig,
    pub(crate) service: facade::LoginService,
}

#[pymethods]
impl LoginService {
    #[new]
    #[pyo3(signature = (
        *, service_name, service_address, server=None, fallback=None, plugin_name=None, show_access_pass=None,
        allow_priority_code=None, api_method=None, connect_timeout_ms=None, total_timeout_ms=None
    ))]
    fn new(
        service_name: String,
        service_address: String,
        server: Option<String>,
        fallback: Option<String>,
        plugin_name: Option<String>,
        show_access_pass: Option<bool>,
        allow_priority_code: Option<bool>,
        api_method: Option<String>,
        connect_timeout_ms: Option<Span>,
        total_timeout_ms: Option<Span>,
    ) -> Answer<Self> {
        let mut config = LoginConfig {
            server,
            fallback,
            service_name,
            service_address,
            plugin_name,
            show_access_pass,
            api_method,
            connect_timeout_ms: setting(connect_timeout_ms, "connect_timeout_ms")?,
            total_timeout_ms: setting(total_timeout_ms, "total_timeout_ms")?,
            ..LoginConfig::default()
        };
        if let Some(allow) = allow_priority_code {
            config.allow_priority_code = allow;
        }
        let service = facade::LoginService::new(config.clone())?;
        Ok(Self { config, service })
    }

    /// The name of the service.
    #[getter]
    fn service_name(&self) -> &str {
        self.service.service_name()
    }

    /// The address of the service.
    #[getter]
    fn service_address(&self) -> &str {
        self.service.service_address()
    }

    /// Time to reach a server, in milliseconds.
    #[getter]
    fn connect_timeout_ms(&self) -> u32 {
        self.service.connect_timeout_ms()
    }

    /// Time for one whole exchange, in milliseconds.
    #[getter]
    fn total_timeout_ms(&self) -> u32 {
        self.service.total_timeout_ms()
    }

    fn __repr__(&self) -> &'static str {
        "<LoginService>"
    }
}
