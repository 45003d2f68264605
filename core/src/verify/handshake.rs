//! What a sender asks before it sends: a challenge to answer, a token to confirm, a ping. Pure functions of the request.
//!
//! Sources are the webhook pages of Zoom, Twitch, Meta, Okta, Dropbox, Xero, Discord, Trello, Intercom, Slack, Notion, LINE and WeChat, and
//! `class-wc-webhook.php` of WooCommerce.

use super::{
    answer::{HandshakeOrder, WebhookAnswer},
    mac::{self, Hash, MacKey},
    webhook::{header, request::WebhookRequest},
};
use crate::{
    error::{Error, ErrorCode, Result},
    json::{self, Style, Value},
    limits::{HANDSHAKE_BODY_MAX, HANDSHAKE_TOKEN_MAX},
    percent::{self, Space},
    secret::Secret,
};
use alloc::{format, string::String, vec::Vec};

/// When the handshake of a scheme is to be answered; `None` if it has none.
pub(crate) fn order(scheme: &str) -> Option<HandshakeOrder> {
    match scheme {
        // Nothing is signed, and nothing is given away: the answer repeats what was sent.
        "dropbox" | "intercom" | "meta" | "notion" | "okta" | "trello" | "woocommerce" => {
            Some(HandshakeOrder::BeforeVerify)
        }
        "discord" | "line" | "slack" | "twitch" | "wechat-server" | "xero" | "zoom" => {
            Some(HandshakeOrder::AfterVerify)
        }
        _ => None,
    }
}

/// The answer to a handshake; `None` if the request is none, and goes to the verifier or the handler.
pub(crate) fn answer(
    scheme: &str,
    secret: Option<&Secret>,
    request: &WebhookRequest<'_>,
    body: &[u8],
) -> Result<Option<WebhookAnswer>> {
    match scheme {
        "discord" => Ok(discord(body)),
        "dropbox" => echo_query(request, "challenge"),
        "meta" => meta(secret, request),
        "notion" => Ok(if secret.is_none() && learned(scheme, body)?.is_some() {
            Some(empty())
        } else {
            None
        }),
        "okta" => okta(request),
        "slack" => slack(body),
        "intercom" | "trello" => head(request),
        "twitch" => twitch(request, body),
        "wechat-server" => echo_query(request, "echostr"),
        "line" | "xero" => Ok(without_events(body)),
        "woocommerce" => woocommerce(request, body),
        "zoom" => zoom(secret, body),
        _ => Ok(None),
    }
}

/// The secret that a handshake hands over: Notion posts its verification token once, unsigned.
pub(crate) fn learned(scheme: &str, body: &[u8]) -> Result<Option<Secret>> {
    let Some(value) = object(body).filter(|_| scheme == "notion") else {
        return Ok(None);
    };
    match value.get("verification_token") {
        None => Ok(None),
        Some(token) => Ok(Some(Secret::from(checked(
            token.text(),
            "verification_token",
        )?))),
    }
}

fn zoom(secret: Option<&Secret>, body: &[u8]) -> Result<Option<WebhookAnswer>> {
    let Some(value) =
        object(body).filter(|value| text(value, "event") == Some("endpoint.url_validation"))
    else {
        return Ok(None);
    };
    let token = value
        .get("payload")
        .and_then(|payload| payload.get("plainToken"))
        .and_then(Value::text);
    // The same key signs events as `v0:time:body`. A token with a colon would have this answer forge one.
    let token = checked(token, "plainToken")?;
    let secret = secret.ok_or(Error::with_detail(ErrorCode::MissingContext, "secret"))?;
    let tag = MacKey::new(Hash::Sha256, secret.expose()).tag(&[token.as_bytes()]);
    let hex = base16ct::lower::encode_string(&tag);
    Ok(Some(json_answer(&[
        ("plainToken", token),
        ("encryptedToken", &hex),
    ])))
}

fn twitch(request: &WebhookRequest<'_>, body: &[u8]) -> Result<Option<WebhookAnswer>> {
    let kind = header::find(request.headers, "Twitch-Eventsub-Message-Type")?;
    if kind != Some(b"webhook_callback_verification".as_slice()) {
        return Ok(None);
    }
    let value = object(body).ok_or(Error::new(ErrorCode::MalformedBody))?;
    Ok(Some(plain(checked(
        text(&value, "challenge"),
        "challenge",
    )?)))
}

fn slack(body: &[u8]) -> Result<Option<WebhookAnswer>> {
    let Some(value) = object(body).filter(|value| text(value, "type") == Some("url_verification"))
    else {
        return Ok(None);
    };
    Ok(Some(plain(checked(
        text(&value, "challenge"),
        "challenge",
    )?)))
}

/// Interactions and webhook events have the same signature, but other numbers: of an interaction, which has no `event`, 1 is a ping; of an
/// event webhook, 0 is one, and 1 an event.
fn discord(body: &[u8]) -> Option<WebhookAnswer> {
    let value = object(body)?;
    let kind = value.get("type").and_then(Value::integer);
    if kind == Some(1) && value.get("event").is_none() {
        return Some(WebhookAnswer {
            status: 200,
            content_type: String::from("application/json"),
            body: b"{\"type\":1}".to_vec(),
        });
    }
    let is_event_ping = kind == Some(0) && value.get("event").is_none();
    is_event_ping.then(|| WebhookAnswer {
        status: 204,
        ..empty()
    })
}

/// Xero's intent to receive and the check of LINE's console are signed requests without events, which come with the same bytes again.
/// Xero's has a wrong signature on purpose, too, and that must get 401.
fn without_events(body: &[u8]) -> Option<WebhookAnswer> {
    let none = object(body).is_some_and(|value| {
        value
            .get("events")
            .and_then(Value::list)
            .is_some_and(<[_]>::is_empty)
    });
    none.then(empty)
}

fn meta(secret: Option<&Secret>, request: &WebhookRequest<'_>) -> Result<Option<WebhookAnswer>> {
    if !is_get(request) || query_value(request, "hub.mode")?.as_deref() != Some("subscribe") {
        return Ok(None);
    }
    let expected = secret.ok_or(Error::with_detail(
        ErrorCode::MissingContext,
        "verify token",
    ))?;
    let missing = |name: &'static str| Error::with_detail(ErrorCode::MissingParameter, name);
    let given = query_value(request, "hub.verify_token")?.ok_or(missing("hub.verify_token"))?;
    let challenge = query_value(request, "hub.challenge")?.ok_or(missing("hub.challenge"))?;
    if expected.expose().is_empty() || !mac::equal(given.as_bytes(), expected.expose()) {
        return Err(Error::with_detail(
            ErrorCode::SignatureMismatch,
            "hub.verify_token",
        ));
    }
    Ok(Some(plain(checked(Some(&challenge), "hub.challenge")?)))
}

fn okta(request: &WebhookRequest<'_>) -> Result<Option<WebhookAnswer>> {
    const NAME: &str = "x-okta-verification-challenge";
    let Some(challenge) = header::find(request.headers, NAME)?.filter(|_| is_get(request)) else {
        return Ok(None);
    };
    let challenge = checked(core::str::from_utf8(challenge).ok(), NAME)?;
    Ok(Some(json_answer(&[("verification", challenge)])))
}

fn head(request: &WebhookRequest<'_>) -> Result<Option<WebhookAnswer>> {
    match request.method {
        None => Err(Error::with_detail(ErrorCode::MissingContext, "method")),
        Some(method) => Ok((method == "HEAD").then(empty)),
    }
}

/// The ping that WooCommerce posts when a webhook is saved: a form with nothing but the number of the webhook, and no signature. It must get
/// 200, or the webhook is not saved as active.
fn woocommerce(request: &WebhookRequest<'_>, body: &[u8]) -> Result<Option<WebhookAnswer>> {
    if header::find(request.headers, "X-WC-Webhook-Signature")?.is_some() {
        return Ok(None);
    }
    let number = body.strip_prefix(b"webhook_id=").unwrap_or_default();
    let is_ping = (1..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    Ok(is_ping.then(empty))
}

fn echo_query(request: &WebhookRequest<'_>, name: &'static str) -> Result<Option<WebhookAnswer>> {
    let Some(value) = query_value(request, name)?.filter(|_| is_get(request)) else {
        return Ok(None);
    };
    Ok(Some(plain(checked(Some(&value), name)?)))
}

fn is_get(request: &WebhookRequest<'_>) -> bool {
    request.method.is_none_or(|method| method == "GET")
}

/// A decoded parameter of the query; an error if it is there twice.
fn query_value(request: &WebhookRequest<'_>, name: &'static str) -> Result<Option<String>> {
    let query = request.with_body(&[]).query().unwrap_or_default();
    let mut found = None;
    for part in query.split('&') {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        if percent::decode(key.as_bytes(), Space::Plus).is_ok_and(|key| *key == *name.as_bytes()) {
            let value = percent::decode(value.as_bytes(), Space::Plus)?.into_owned();
            let value = String::from_utf8(value)
                .map_err(|_| Error::with_detail(ErrorCode::InvalidEncoding, name))?;
            if found.replace(value).is_some() {
                return Err(Error::with_detail(ErrorCode::DuplicateField, name));
            }
        }
    }
    Ok(found)
}

/// A token that may be repeated: no character of a markup, and no colon.
fn checked<'a>(token: Option<&'a str>, name: &'static str) -> Result<&'a str> {
    let token = token.ok_or(Error::with_detail(ErrorCode::MissingField, name))?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~+/=".contains(&b);
    if (1..=HANDSHAKE_TOKEN_MAX).contains(&token.len()) && token.bytes().all(plain) {
        Ok(token)
    } else {
        Err(Error::with_detail(ErrorCode::InvalidField, name))
    }
}

/// The JSON object of a body; a body that is none is no handshake.
fn object(body: &[u8]) -> Option<Value<'_>> {
    json::read(body, HANDSHAKE_BODY_MAX)
        .ok()
        .filter(|value| matches!(value, Value::Object(_)))
}

fn text<'a>(value: &'a Value<'_>, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::text)
}

fn empty() -> WebhookAnswer {
    WebhookAnswer {
        status: 200,
        content_type: String::new(),
        body: Vec::new(),
    }
}

fn plain(text: &str) -> WebhookAnswer {
    WebhookAnswer {
        status: 200,
        content_type: String::from("text/plain"),
        body: text.as_bytes().to_vec(),
    }
}

fn json_answer(members: &[(&str, &str)]) -> WebhookAnswer {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| {
            let mut quoted = String::new();
            json::quote_into(&mut quoted, value, Style::COMPACT);
            format!("\"{name}\":{quoted}")
        })
        .collect();
    let body = format!("{{{}}}", members.join(","));
    WebhookAnswer {
        status: 200,
        content_type: String::from("application/json"),
        body: body.into_bytes(),
    }
}
