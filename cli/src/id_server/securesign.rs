//! `/v1/auth/validate` and `/v1/auth/session` of SecureSign: keys, allowed origins, a limit of calls, and faults.
//!
//! The vendor publishes no statuses for errors; these are the usual ones: 401 key, 403 origin, 429 too many, 400 the rest.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hyper::Uri;
use hyper::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};

use super::form::Answer;
use super::mangle::Delivery;

const MINUTE_MS: i64 = 60_000;
const SESSION_MS: i64 = 10 * MINUTE_MS;
const PLATFORMS: [&str; 4] = ["web", "mobile_browser", "desktop_software", "desktop_agent"];
const ALGORITHMS: [&str; 3] = ["SHA256", "SHA384", "SHA512"];

/// What goes wrong in a SecureSign answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Fault {
    /// `success` is true and `allowed` false
    NotAllowed,
    /// `success` is the text "true"
    SuccessText,
    /// `allowed` is left out
    AllowedMissing,
    /// Another tenant
    OtherTenant,
    /// The deep link holds a live key
    LiveKeyInLink,
    /// The deep link is for another request
    OtherRequest,
    /// The deep link is an https address
    HttpsLink,
    /// `expiresAt` is past
    Expired,
    /// `expiresAt` has no time zone
    NoZone,
}

/// The set-up.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Keys, all of one tenant.
    pub(crate) keys: Vec<String>,
    /// The tenant of the keys.
    pub(crate) tenant: String,
    /// Origins that are allowed, in their exact form.
    pub(crate) origins: Vec<String>,
    /// Schemes of apps that callbacks may have.
    pub(crate) app_schemes: Vec<String>,
    /// Calls a minute, of all keys together.
    pub(crate) rpm: u32,
    /// What goes wrong, on every call.
    pub(crate) fault: Option<Fault>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            keys: vec![String::from("ss_test_emulator")],
            tenant: String::from("org_emulator"),
            origins: vec![String::from("http://localhost:3000")],
            app_schemes: Vec::new(),
            rpm: 120,
            fault: None,
        }
    }
}

/// The set-up, and the times of the calls of the last minute.
#[derive(Debug, Default)]
pub(crate) struct SecureSign {
    config: Config,
    calls: VecDeque<i64>,
    sessions: u64,
}

impl SecureSign {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            calls: VecDeque::new(),
            sessions: 0,
        }
    }

    /// The answer to a request under `/v1/`.
    pub(crate) fn answer(
        &mut self,
        method: &str,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: i64,
    ) -> Answer {
        let (status, value) = self
            .run(method, path, headers, body, now_ms)
            .unwrap_or_else(|refused| refused);
        Answer {
            status,
            content_type: "application/json",
            location: None,
            body: value.to_string().into_bytes(),
            delivery: Delivery::Whole,
            request: None,
            faults: Vec::new(),
        }
    }

    fn run(
        &mut self,
        method: &str,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: i64,
    ) -> Result<(u16, Value), (u16, Value)> {
        if method != "POST" {
            return Err(error(405, "METHOD_NOT_ALLOWED"));
        }
        let is_test = self.check_key(headers)?;
        self.count(now_ms)?;
        let body: Value = serde_json::from_slice(body).map_err(|_| error(400, "BAD_REQUEST"))?;
        if holds_pin(&body) {
            return Err(error(400, "PIN_NOT_ACCEPTED"));
        }
        match path {
            "/v1/auth/validate" => self.validate(&body, is_test),
            "/v1/auth/session" => self.session(&body, is_test, now_ms),
            _ => Err(error(404, "NOT_FOUND")),
        }
    }

    /// One header with a known key, or both with the same one. Tells whether it is one of the sandbox.
    fn check_key(&self, headers: &HeaderMap) -> Result<bool, (u16, Value)> {
        let invalid = |status| error(status, "SS_API_KEY_INVALID");
        let mut given: Vec<&str> = Vec::new();
        for value in headers.get_all(AUTHORIZATION) {
            let text = value
                .to_str()
                .ok()
                .and_then(|text| text.strip_prefix("Bearer "));
            given.push(text.ok_or_else(|| invalid(401))?);
        }
        for value in headers.get_all("x-securesign-api-key") {
            given.push(value.to_str().map_err(|_| invalid(401))?);
        }
        let first = *given.first().ok_or_else(|| invalid(401))?;
        if given.iter().any(|key| *key != first) {
            return Err(invalid(400));
        }
        if self.config.keys.iter().any(|key| key == first) {
            Ok(first.starts_with("ss_test_"))
        } else {
            Err(invalid(401))
        }
    }

    fn count(&mut self, now_ms: i64) -> Result<(), (u16, Value)> {
        self.calls
            .retain(|at| now_ms.saturating_sub(*at) < MINUTE_MS);
        if self.calls.len() >= self.config.rpm as usize {
            return Err(error(429, "RATE_LIMITED"));
        }
        self.calls.push_back(now_ms);
        Ok(())
    }

    fn validate(&self, body: &Value, is_test: bool) -> Result<(u16, Value), (u16, Value)> {
        let (Some(origin), Some(platform)) = (body["origin"].as_str(), body["platform"].as_str())
        else {
            return Err(error(400, "BAD_REQUEST"));
        };
        if !PLATFORMS.contains(&platform) {
            return Err(error(400, "BAD_REQUEST"));
        }
        // The list holds no other http than that of localhost, which is for the sandbox.
        let is_listed = self.config.origins.iter().any(|allowed| allowed == origin);
        if !is_listed || !(is_test || origin.starts_with("https://")) {
            return Err(error(403, "SS_DOMAIN_NOT_ALLOWED"));
        }
        let mut reply = json!({
            "success": true, "tenantId": self.config.tenant, "allowed": true, "rateLimit": {"rpm": self.config.rpm},
        });
        match self.config.fault {
            Some(Fault::NotAllowed) => reply["allowed"] = false.into(),
            Some(Fault::SuccessText) => reply["success"] = "true".into(),
            Some(Fault::OtherTenant) => reply["tenantId"] = "org_other".into(),
            Some(Fault::AllowedMissing) => {
                reply
                    .as_object_mut()
                    .map(|members| members.remove("allowed"));
            }
            _ => {}
        }
        Ok((200, reply))
    }

    /// An address of an allowed host, of which the port is free, or one with the registered scheme of an app.
    fn check_callback(&self, callback: &str, is_test: bool) -> Result<(), (u16, Value)> {
        let malformed = || error(400, "BAD_REQUEST");
        let uri: Uri = callback.parse().map_err(|_| malformed())?;
        let scheme = uri.scheme_str().ok_or_else(malformed)?;
        let authority = uri.authority().ok_or_else(malformed)?;
        if authority.as_str().contains('@') {
            return Err(malformed());
        }
        let host = authority.host();
        let is_secure = scheme == "https"
            || scheme == "http" && is_test && host.eq_ignore_ascii_case("localhost");
        let is_host = |origin: &String| {
            let listed: Option<Uri> = origin.parse().ok();
            listed.is_some_and(|uri| uri.host().is_some_and(|own| own.eq_ignore_ascii_case(host)))
        };
        let is_own = |own: &String| own.eq_ignore_ascii_case(scheme);
        let is_app = self.config.app_schemes.iter().any(is_own);
        if is_app || is_secure && self.config.origins.iter().any(is_host) {
            Ok(())
        } else {
            Err(error(403, "SS_DOMAIN_NOT_ALLOWED"))
        }
    }

    fn session(
        &mut self,
        body: &Value,
        is_test: bool,
        now_ms: i64,
    ) -> Result<(u16, Value), (u16, Value)> {
        let text = |name: &str| {
            body[name]
                .as_str()
                .filter(|text| !text.is_empty())
                .ok_or_else(|| error(400, "BAD_REQUEST"))
        };
        let (request_id, hash, callback) = (
            text("requestId")?,
            text("hashBase64")?,
            text("callbackUrl")?,
        );
        if text("documentType")? != "hash" {
            return Err(error(400, "BAD_REQUEST"));
        }
        let algorithm = match &body["hashAlgo"] {
            Value::Null => "SHA256",
            given => given.as_str().unwrap_or_default(),
        };
        if !ALGORITHMS.contains(&algorithm) || !is_base64(hash) {
            return Err(error(400, "BAD_REQUEST"));
        }
        // The link holds what was sent, and no link may hold a live key.
        if [request_id, hash, callback]
            .iter()
            .any(|text| text.contains("ss_live_"))
        {
            return Err(error(400, "BAD_REQUEST"));
        }
        self.check_callback(callback, is_test)?;
        let shown = if self.config.fault == Some(Fault::OtherRequest) {
            "another"
        } else {
            request_id
        };
        let mut link = String::from("securesign://sign?");
        let pairs = [
            ("requestId", shown),
            ("hashBase64", hash),
            ("hashAlgo", algorithm),
            ("documentType", "hash"),
            ("callbackUrl", callback),
        ];
        for (at, (name, value)) in pairs.into_iter().enumerate() {
            link.push_str(if at > 0 { "&" } else { "" });
            link.push_str(&format!("{name}={}", super::wire::percent_encode(value)));
        }
        match self.config.fault {
            Some(Fault::LiveKeyInLink) => link.push_str("&apiKey=ss_live_emulator"),
            Some(Fault::HttpsLink) => link = link.replace("securesign://", "https://"),
            _ => {}
        }
        let end_ms = if self.config.fault == Some(Fault::Expired) {
            now_ms.saturating_sub(1000)
        } else {
            now_ms.saturating_add(SESSION_MS)
        };
        let zone = if self.config.fault == Some(Fault::NoZone) {
            ""
        } else {
            "Z"
        };
        self.sessions += 1;
        Ok((
            200,
            json!({
                "sessionId": format!("sess_{}", self.sessions),
                "expiresAt": format!("{}{zone}", utc(end_ms)),
                "deepLink": link,
            }),
        ))
    }
}

fn error(status: u16, code: &str) -> (u16, Value) {
    (
        status,
        json!({"success": false, "error": code, "message": "refused by the emulator"}),
    )
}

/// Which alphabet the vendor means, and whether the padding may be left out, is not published.
fn is_base64(text: &str) -> bool {
    let forms = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    forms.iter().any(|form| form.decode(text).is_ok())
}

fn holds_pin(value: &Value) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.eq_ignore_ascii_case("pin") || holds_pin(member)),
        Value::Array(items) => items.iter().any(holds_pin),
        _ => false,
    }
}

/// `YYYY-MM-DDTHH:MM:SS` in UTC, by the usual count of days in eras of 400 years that begin in March.
fn utc(ms: i64) -> String {
    let seconds = ms.div_euclid(1000);
    let (days, second) = (
        seconds.div_euclid(86_400) + 719_468,
        seconds.rem_euclid(86_400),
    );
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!(
        "{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}:{:02}",
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(
        server: &mut SecureSign,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &Value,
    ) -> (u16, Value) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let answer = server.answer(
            "POST",
            path,
            &map,
            body.to_string().as_bytes(),
            1_782_125_400_000,
        );
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    const KEY: (&str, &str) = ("authorization", "Bearer ss_test_emulator");

    fn good() -> Value {
        json!({"origin": "http://localhost:3000", "platform": "web"})
    }

    #[test]
    fn keys_in_one_header_or_the_same_in_both() {
        let mut server = SecureSign::default();
        let mut status = |headers: &[(&'static str, &str)]| {
            ask(&mut server, "/v1/auth/validate", headers, &good()).0
        };
        assert_eq!(status(&[KEY]), 200);
        assert_eq!(status(&[("x-securesign-api-key", "ss_test_emulator")]), 200);
        assert_eq!(
            status(&[KEY, ("x-securesign-api-key", "ss_test_emulator")]),
            200
        );
        assert_eq!(
            status(&[KEY, ("x-securesign-api-key", "ss_test_other")]),
            400
        );
        assert_eq!(status(&[("authorization", "Bearer ss_test_other")]), 401);
        assert_eq!(status(&[]), 401);
    }

    #[test]
    fn origins_pins_and_the_limit() {
        let mut server = SecureSign::new(Config {
            rpm: 4,
            ..Config::default()
        });
        let mut validate = |body: &Value| ask(&mut server, "/v1/auth/validate", &[KEY], body).0;
        assert_eq!(
            validate(&json!({"origin": "http://localhost:3000.evil", "platform": "web"})),
            403
        );
        assert_eq!(
            validate(
                &json!({"origin": "http://localhost:3000", "platform": "web", "more": [{"PIN": "1"}]})
            ),
            400
        );
        assert_eq!(validate(&good()), 200);
        assert_eq!(validate(&good()), 200);
        assert_eq!(validate(&good()), 429);
    }

    #[test]
    fn sessions_have_a_link_and_an_end() {
        let mut server = SecureSign::default();
        let body = json!({"requestId": "a1", "documentType": "hash", "hashBase64": "+/8=", "hashAlgo": "SHA256", "callbackUrl": "http://localhost/x"});
        let (status, reply) = ask(&mut server, "/v1/auth/session", &[KEY], &body);
        assert_eq!(
            (status, reply["expiresAt"].as_str()),
            (200, Some("2026-06-22T11:00:00Z"))
        );
        assert!(
            reply["deepLink"]
                .as_str()
                .unwrap()
                .contains("hashBase64=%2B%2F8%3D&")
        );
        assert_eq!(utc(951_782_400_000), "2000-02-29T00:00:00");
    }
}
