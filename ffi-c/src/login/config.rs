//! The settings of a login service.

use crate::{
    boundary::view_opt,
    option::{flag, flag_opt, span_opt},
    view::countermark_str,
};
use countermark::{Result, facade};

/// The settings of a login service. Fill it with zeros first; a view with `ptr` NULL is an absent setting.
///
/// Everything is copied: the texts may be freed after the call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_login_config {
    /// The ID server, `https://host[:port]`; `http` for loopback only. Absent: the public server and its fallback.
    pub server: countermark_str,
    /// The host to turn to when the server cannot be reached at all. Absent: none, if `server` is given.
    pub fallback: countermark_str,
    /// The name that the push message shows. Required.
    pub service_name: countermark_str,
    /// The address that the app shows. Required; from configuration, never from a request.
    pub service_address: countermark_str,
    /// The name of the calling plugin. Absent: not sent.
    pub plugin_name: countermark_str,
    /// The value of `apimethod`. Absent: the library's own.
    pub api_method: countermark_str,
    /// Whether the app asks for an access pass: 0 or 1; `COUNTERMARK_DEFAULT`: not sent, the server decides.
    pub show_access_pass: i32,
    /// Whether another ID than the one asked for may approve, by a priority code: 0 or 1.
    pub allow_priority_code: i32,
    /// Time to reach the server in milliseconds. `COUNTERMARK_DEFAULT`: the library's.
    pub connect_timeout_ms: i64,
    /// Time for a whole exchange in milliseconds. `COUNTERMARK_DEFAULT`: the library's.
    pub total_timeout_ms: i64,
}

impl countermark_login_config {
    /// # Safety
    /// Every view is absent or readable.
    pub(crate) unsafe fn read(&self) -> Result<facade::LoginConfig> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(facade::LoginConfig {
                server: view_opt(self.server)?.map(Into::into),
                fallback: view_opt(self.fallback)?.map(Into::into),
                service_name: view_opt(self.service_name)?.unwrap_or_default().into(),
                service_address: view_opt(self.service_address)?.unwrap_or_default().into(),
                plugin_name: view_opt(self.plugin_name)?.map(Into::into),
                show_access_pass: flag_opt(self.show_access_pass)?,
                allow_priority_code: flag(self.allow_priority_code)?,
                api_method: view_opt(self.api_method)?.map(Into::into),
                connect_timeout_ms: span_opt(self.connect_timeout_ms, "connect_timeout_ms")?,
                total_timeout_ms: span_opt(self.total_timeout_ms, "total_timeout_ms")?,
            })
        }
    }
}
