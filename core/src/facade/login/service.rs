//! The service that users log in to, as configured: where its ID server is, and what the phone shows.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::{
        API_METHOD_MAX, CONNECT_TIMEOUT_MS, IN_FLIGHT_TTL_MS, SERVICE_TEXT_MAX, TIMEOUT_MAX_MS,
        TOTAL_TIMEOUT_MS,
    },
    proto::host,
    verify::mac,
};
use alloc::{format, string::String, sync::Arc, vec::Vec};

use super::AuthSession;

/// The vendor's public ID server (server API page of the vendor).
pub const PUBLIC_SERVER: &str = "https://httpapi.secsign.com";

/// The vendor's second public ID server, for when the first cannot be reached (server API page of the vendor).
pub const PUBLIC_FALLBACK: &str = "https://httpapi2.secsign.com";

/// What `apimethod` says by default, in the form of the vendor's clients (`SecSignIDApi_PHP` and others).
const API_METHOD: &str = "SecSignIDApi_Countermark";

/// The settings of a [`LoginService`]. An absent setting is its default.
#[derive(Debug, Clone, Default)]
pub struct LoginConfig {
    /// The ID server: `https://host[:port]`; `http` for loopback only. Absent: the public server and its fallback.
    pub server: Option<String>,
    /// The host to turn to when the server cannot be reached at all. Absent: none, if `server` is given.
    pub fallback: Option<String>,
    /// The name that the push message shows. At most 255 bytes; no `=`, no control characters.
    pub service_name: String,
    /// The address that the app shows while the user picks the access pass: where this service is, as the user knows it. At most
    /// 255 bytes; no `&`, no control characters. Never take it from a request: a relaying site could choose it.
    pub service_address: String,
    /// The name of the calling plugin, such as `JIRA`. Absent: not sent.
    pub plugin_name: Option<String>,
    /// Whether the app asks for an access pass. Absent: not sent, the server decides.
    pub show_access_pass: Option<bool>,
    /// Whether a user may type a temporary priority code, so that another ID approves than the one typed. Off by default.
    pub allow_priority_code: bool,
    /// The value of `apimethod`, which names the client to the server. Absent: `SecSignIDApi_Countermark`.
    pub api_method: Option<String>,
    /// Time to reach a server, in milliseconds. Absent: 5,000.
    pub connect_timeout_ms: Option<u32>,
    /// Time for one whole exchange, in milliseconds. Absent: 15,000, as in the vendor's clients.
    pub total_timeout_ms: Option<u32>,
}

/// A checked configuration. Immutable; may be shared between threads and used for any number of logins. A clone is the same one.
#[derive(Debug, Clone)]
pub struct LoginService {
    pub(super) settings: Arc<Settings>,
}

/// What was checked; every machine of the service shares it.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) hosts: Vec<String>,
    pub(super) service_name: String,
    pub(super) service_address: String,
    pub(super) plugin_name: Option<String>,
    pub(super) show_access_pass: Option<bool>,
    pub(super) allow_priority_code: bool,
    pub(super) api_method: String,
    pub(super) connect_timeout_ms: u32,
    pub(super) total_timeout_ms: u32,
}

impl LoginService {
    /// Checks a configuration.
    ///
    /// # Errors
    /// `INVALID_URL` for a server that is no https origin; `INVALID_CONFIG` if both servers are the same, and for a
    /// time-out of zero or beyond 2,147,483,647; `INVALID_INPUT` for a text that is empty, too long, or holds a character that is not allowed. The detail names the setting.
    pub fn new(config: LoginConfig) -> Result<Self> {
        check_text("service_name", &config.service_name, '=')?;
        check_text("service_address", &config.service_address, '&')?;
        if let Some(name) = &config.plugin_name {
            check_text("plugin_name", name, '&')?;
        }
        let api_method = config
            .api_method
            .unwrap_or_else(|| String::from(API_METHOD));
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        if api_method.is_empty()
            || api_method.len() > API_METHOD_MAX
            || !api_method.bytes().all(plain)
        {
            return Err(Error::with_detail(ErrorCode::InvalidInput, "api_method"));
        }
        let connect_timeout_ms = config.connect_timeout_ms.unwrap_or(CONNECT_TIMEOUT_MS);
        let total_timeout_ms = config.total_timeout_ms.unwrap_or(TOTAL_TIMEOUT_MS);
        for (setting, timeout_ms) in [
            ("connect_timeout_ms", connect_timeout_ms),
            ("total_timeout_ms", total_timeout_ms),
        ] {
            if !(1..=TIMEOUT_MAX_MS).contains(&timeout_ms) {
                return Err(Error::with_detail(ErrorCode::InvalidConfig, setting));
            }
        }
        let settings = Settings {
            hosts: hosts(config.server.as_deref(), config.fallback.as_deref())?,
            service_name: config.service_name,
            service_address: config.service_address,
            plugin_name: config.plugin_name,
            show_access_pass: config.show_access_pass,
            allow_priority_code: config.allow_priority_code,
            api_method,
            connect_timeout_ms,
            total_timeout_ms,
        };
        Ok(Self {
            settings: Arc::new(settings),
        })
    }

    /// The name of the service.
    #[must_use]
    pub fn service_name(&self) -> &str {
        &self.settings.service_name
    }

    /// The address of the service.
    #[must_use]
    pub fn service_address(&self) -> &str {
        &self.settings.service_address
    }

    /// Time to reach a server, in milliseconds.
    #[must_use]
    pub fn connect_timeout_ms(&self) -> u32 {
        self.settings.connect_timeout_ms
    }

    /// Time for one whole exchange, in milliseconds.
    #[must_use]
    pub fn total_timeout_ms(&self) -> u32 {
        self.settings.total_timeout_ms
    }
}

impl Settings {
    /// The key of the one open login for an ID (normalised).
    pub(super) fn in_flight_key(&self, secsign_id: &str) -> String {
        let server = self.hosts.first().map_or("", String::as_str);
        store_key(
            "countermark.login.open",
            &[server.as_bytes(), secsign_id.as_bytes()],
        )
    }

    /// How long to keep it, in milliseconds: as long as its start may take, and then as long as a session lives.
    pub(super) fn in_flight_ttl_ms(&self) -> i64 {
        let exchange_ms = i64::from(self.connect_timeout_ms) + i64::from(self.total_timeout_ms);
        // A host may say late that nothing was sent.
        self.hosts.len() as i64 * exchange_ms + IN_FLIGHT_TTL_MS
    }
}

/// The key of the one use of a session's end.
pub(super) fn once_key(session: &AuthSession) -> String {
    let handle = [session.auth_session_id(), session.request_id()].map(str::as_bytes);
    store_key("countermark.login.used", &handle)
}

fn store_key(purpose: &str, parts: &[&[u8]]) -> String {
    let digest = mac::sha256_of(purpose.as_bytes(), parts);
    format!("{purpose}.{}", base16ct::lower::encode_string(&digest))
}

fn hosts(server: Option<&str>, fallback: Option<&str>) -> Result<Vec<String>> {
    let (server, fallback) = match (server, fallback) {
        (None, fallback) => (PUBLIC_SERVER, fallback.or(Some(PUBLIC_FALLBACK))),
        (Some(server), fallback) => (server, fallback),
    };
    let mut hosts = Vec::new();
    for (setting, text) in [("server", Some(server)), ("fallback", fallback)] {
        let Some(text) = text else { continue };
        let origin =
            host::origin(text).map_err(|error| Error::with_detail(error.code(), setting))?;
        if hosts.contains(&origin) {
            return Err(Error::with_detail(
                ErrorCode::InvalidConfig,
                "server and fallback are the same",
            ));
        }
        hosts.push(origin);
    }
    Ok(hosts)
}

/// What a reply could not bring back whole is not sent: its values are raw, so an `&` in the address, which browsers see and
/// people paste, would add fields to it. An `&` in the name ("Smith & Sons") is common, and read back as the exact text.
fn check_text(setting: &'static str, text: &str, refused: char) -> Result<()> {
    let bad = text.is_empty()
        || text.len() > SERVICE_TEXT_MAX
        || text.trim_matches(' ').len() != text.len()
        || text.chars().any(|c| c.is_control() || c == refused);
    if bad {
        Err(Error::with_detail(ErrorCode::InvalidInput, setting))
    } else {
        Ok(())
    }
}
