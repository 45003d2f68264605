//! The service that users log in to.

use crate::{
    error::OrThrow,
    value::{Span, setting},
};
use countermark::facade;
use napi_derive::napi;

#[napi(object, object_to_js = false)]
pub struct LoginConfig {
    pub server: Option<String>,
    pub fallback: Option<String>,
    pub service_name: String,
    pub service_address: String,
    pub plugin_name: Option<String>,
    pub show_access_pass: Option<bool>,
    pub allow_priority_code: Option<bool>,
    pub api_method: Option<String>,
    pub connect_timeout_ms: Option<Span>,
    pub total_timeout_ms: Option<Span>,
}

impl TryFrom<LoginConfig> for facade::LoginConfig {
    type Error = napi::Error;

    fn try_from(config: LoginConfig) -> napi::Result<Self> {
        Ok(Self {
            server: config.server,
            fallback: config.fallback,
            service_name: config.service_name,
            service_address: config.service_address,
            plugin_name: config.plugin_name,
            show_access_pass: config.show_access_pass,
            allow_priority_code: config.allow_priority_code == Some(true),
            api_method: config.api_method,
            connect_timeout_ms: setting(config.connect_timeout_ms, "connect_timeout_ms")?,
            total_timeout_ms: setting(config.total_timeout_ms, "total_timeout_ms")?,
        })
    }
}

#[napi]
pub struct LoginService(pub(crate) facade::LoginService);

#[napi]
impl LoginService {
    #[napi(constructor, catch_unwind)]
    pub fn new(config: LoginConfig) -> napi::Result<Self> {
        facade::LoginService::new(config.try_into()?)
            .or_throw()
            .map(Self)
    }

    #[napi(getter, catch_unwind)]
    pub fn service_name(&self) -> &str {
        self.0.service_name()
    }

    #[napi(getter, catch_unwind)]
    pub fn service_address(&self) -> &str {
        self.0.service_address()
    }

    #[napi(getter, catch_unwind)]
    pub fn connect_timeout_ms(&self) -> u32 {
        self.0.connect_timeout_ms()
    }

    #[napi(getter, catch_unwind)]
    pub fn total_timeout_ms(&self) -> u32 {
        self.0.total_timeout_ms()
    }
}
