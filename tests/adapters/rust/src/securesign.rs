//! `securesign.*`: the reply is scripted, or that of a server.

use crate::{
    Answer, Refusal,
    fields::{Fields, base64},
};
#[cfg(feature = "http")]
use countermark::blocking::SecureSign;
use countermark::{
    Error, ErrorCode, Secret,
    facade::{
        FailureKind, FailurePhase, HttpRequest, PinStatus, ReplayMemory, SecureSignClient,
        SecureSignCode, SecureSignConfig, SecureSignEnvironment, SecureSignHash, SecureSignPending,
        SecureSignPlatform, SecureSignRequest, SecureSignSession, SecureSignValidation, Step,
        read_securesign_callback, securesign_origin, securesign_pin_session_is_open,
        securesign_rate_limit_wait_ms,
    },
};
use serde_json::{Value, json};

/// `securesign.validate`: the whole call, or what it sends if there is no reply.
pub(crate) fn validate(fields: Fields<'_>) -> Answer {
    let platform =
        SecureSignPlatform::from_name(fields.text("platform")?).ok_or(Refusal::BadRequest)?;
    let now_ms = fields.int_opt("now_ms")?.unwrap_or(0);
    #[cfg(feature = "http")]
    if fields.text_opt("server")?.is_some() {
        let api = SecureSign::new(client(fields)?)?;
        return Ok(validated(&api.validate(fields.text("origin")?, platform)?));
    }
    let mut call = client(fields)?.validate(fields.text("origin")?, platform)?;
    let Step::Send(request) = call.poll(now_ms) else {
        return Err(Refusal::BadRequest);
    };
    match reply(fields)? {
        None => return sent(request),
        Some(Reply::Answer(status, body)) => call.on_response(status, &body, now_ms)?,
        Some(Reply::Failure(kind)) => {
            call.on_transport_error(kind, FailurePhase::MaybeSent, now_ms)?;
        }
    }
    Ok(validated(&call.validation()?))
}

fn validated(validation: &SecureSignValidation) -> Value {
    let mut ok = json!({"tenant_id": validation.tenant_id});
    if let Some(rpm) = validation.rpm {
        ok["rpm"] = rpm.into();
    }
    ok
}

/// `securesign.session`: the whole call, or what it sends if there is no reply.
pub(crate) fn session(fields: Fields<'_>) -> Answer {
    let now_ms = fields.int_opt("now_ms")?.unwrap_or(0);
    #[cfg(feature = "http")]
    if fields.text_opt("server")?.is_some() {
        let (session, _) = SecureSign::new(client(fields)?)?.session(&request(fields)?)?;
        return Ok(opened(&session));
    }
    let mut call = client(fields)?.session(&request(fields)?)?;
    let Step::Send(request) = call.poll(now_ms) else {
        return Err(Refusal::BadRequest);
    };
    match reply(fields)? {
        None => return sent(request),
        Some(Reply::Answer(status, body)) => call.on_response(status, &body, now_ms)?,
        Some(Reply::Failure(kind)) => {
            call.on_transport_error(kind, FailurePhase::MaybeSent, now_ms)?;
        }
    }
    Ok(opened(&call.session()?))
}

fn opened(session: &SecureSignSession) -> Value {
    json!({"session_id": session.session_id, "expires_at_ms": session.expires_at_ms, "deep_link": session.deep_link})
}

/// `securesign.deep_link`
pub(crate) fn deep_link(fields: Fields<'_>) -> Answer {
    let with_api_key = fields.flag_opt("with_api_key")?.unwrap_or(false);
    Ok(json!({"deep_link": client(fields)?.deep_link(&request(fields)?, with_api_key)?}))
}

/// `securesign.origin`
pub(crate) fn origin(fields: Fields<'_>) -> Answer {
    Ok(json!({"origin": securesign_origin(fields.text("origin")?, environment(fields)?)?}))
}

/// `securesign.hint`: what a callback claims.
pub(crate) fn hint(fields: Fields<'_>) -> Answer {
    let hint = read_securesign_callback(fields.text("query")?)?;
    let mut ok = json!({"request_id": hint.request_id, "claims_success": hint.claims_success});
    if let Some(code) = hint.code {
        ok["code"] = code.name().into();
    }
    if let Some(signature) = hint.signature {
        ok["signature_base64"] = base64(&signature).into();
    }
    if let Some(at) = hint.signed_at_ms {
        ok["signed_at_ms"] = at.into();
    }
    Ok(ok)
}

/// `securesign.callback`: the callbacks in their order, each at most once; the answer is that of the last.
pub(crate) fn callback(fields: Fields<'_>) -> Answer {
    let client = client(fields)?;
    let certificate = fields.bytes("certificate_base64")?;
    let now_ms = fields.int("now_ms")?;
    let pending = fields
        .objects("pending")?
        .into_iter()
        .map(pending)
        .collect::<Result<Vec<_>, _>>()?;
    let used = ReplayMemory::new(None)?;
    let one = |query: &str| -> Answer {
        let hint = read_securesign_callback(query)?;
        let stored = pending
            .iter()
            .find(|pending| pending.request_id == hint.request_id);
        let result = client.complete(
            &hint,
            stored.ok_or(Error::new(ErrorCode::UnknownRequest))?,
            &certificate,
            now_ms,
        )?;
        let once = result.once_key();
        used.reserve(&once.key, now_ms + i64::from(once.ttl_s) * 1000, now_ms)
            .map_err(|error| match error.code() {
                ErrorCode::Replayed => Error::new(ErrorCode::AlreadyConsumed),
                _ => error,
            })?;
        Ok(json!({
            "request_id": result.request_id(), "certificate_serial": result.certificate_serial(),
            "once_key": once.key, "once_ttl_s": once.ttl_s,
        }))
    };
    let mut last = Err(Refusal::BadRequest);
    for query in fields.list("queries")? {
        last = one(query.as_str().ok_or(Refusal::BadRequest)?);
    }
    last
}

/// `securesign.code`
pub(crate) fn code(fields: Fields<'_>) -> Answer {
    let code = SecureSignCode::from_text(fields.text("code")?);
    Ok(json!({"code": code.name(), "retry": code.retry().name()}))
}

/// `securesign.pin_status`
pub(crate) fn pin_status(fields: Fields<'_>) -> Answer {
    let status = PinStatus::from_text(fields.text("status")?);
    Ok(json!({"status": status.name(), "permits_signing": status.permits_signing()}))
}

/// `securesign.pin_session`
pub(crate) fn pin_session(fields: Fields<'_>) -> Answer {
    let idle_ms = fields
        .int_opt("idle_ms")?
        .map(u32::try_from)
        .transpose()
        .map_err(|_| Refusal::BadRequest)?;
    let open =
        securesign_pin_session_is_open(fields.int("last_use_ms")?, idle_ms, fields.int("now_ms")?);
    Ok(json!({"open": open}))
}

/// `securesign.rate_limit`
pub(crate) fn rate_limit(fields: Fields<'_>) -> Answer {
    let calls = fields
        .list("calls_ms")?
        .iter()
        .map(|call| call.as_i64().ok_or(Refusal::BadRequest));
    let rpm = u32::try_from(fields.int("rpm")?).map_err(|_| Refusal::BadRequest)?;
    let wait_ms = securesign_rate_limit_wait_ms(
        &calls.collect::<Result<Vec<_>, _>>()?,
        rpm,
        fields.int("now_ms")?,
    );
    Ok(json!({"wait_ms": wait_ms}))
}

fn client(fields: Fields<'_>) -> Result<SecureSignClient, Refusal> {
    let hosts = fields
        .list("callback_hosts")?
        .iter()
        .map(|host| host.as_str().map(String::from).ok_or(Refusal::BadRequest));
    let skew = fields
        .int_opt("clock_skew_s")?
        .map(u32::try_from)
        .transpose()
        .map_err(|_| Refusal::BadRequest)?;
    let config = SecureSignConfig {
        base_url: match fields.text_opt("server")? {
            Some(server) => Some(format!("{}/v1", server.trim_end_matches('/'))),
            None => fields.text_opt("base_url")?.map(String::from),
        },
        environment: environment(fields)?,
        tenant_id: fields.text("tenant_id")?.into(),
        callback_hosts: hosts.collect::<Result<_, _>>()?,
        clock_skew_s: skew,
    };
    Ok(SecureSignClient::new(
        config,
        Secret::from(fields.text("api_key")?),
    )?)
}

fn environment(fields: Fields<'_>) -> Result<SecureSignEnvironment, Refusal> {
    SecureSignEnvironment::from_name(fields.text("environment")?).ok_or(Refusal::BadRequest)
}

fn request(fields: Fields<'_>) -> Result<SecureSignRequest, Refusal> {
    Ok(SecureSignRequest {
        request_id: fields.text("request_id")?.into(),
        hash: fields.bytes("hash_base64")?,
        algorithm: SecureSignHash::from_name(fields.text("hash_algo")?)
            .ok_or(Refusal::BadRequest)?,
        callback_url: fields.text("callback_url")?.into(),
    })
}

fn pending(fields: Fields<'_>) -> Result<SecureSignPending, Refusal> {
    Ok(SecureSignPending {
        request_id: fields.text("request_id")?.into(),
        hash: fields.bytes("hash_base64")?,
        algorithm: SecureSignHash::from_name(fields.text("hash_algo")?)
            .ok_or(Refusal::BadRequest)?,
        expires_at_ms: fields.int("expires_at_ms")?,
    })
}

enum Reply {
    Answer(u32, Vec<u8>),
    Failure(FailureKind),
}

fn reply(fields: Fields<'_>) -> Result<Option<Reply>, Refusal> {
    let Some(reply) = fields.object_opt("reply")? else {
        return Ok(None);
    };
    let failure = match reply.text_opt("failure")? {
        None => None,
        Some("timeout") => Some(FailureKind::Timeout),
        Some("unreachable") => Some(FailureKind::Unreachable),
        Some("tls") => Some(FailureKind::Tls),
        Some(_) => return Err(Refusal::BadRequest),
    };
    if let Some(kind) = failure {
        return Ok(Some(Reply::Failure(kind)));
    }
    let status = u32::try_from(reply.int("status")?).map_err(|_| Refusal::BadRequest)?;
    let body = match reply.text_opt("body")? {
        Some(text) => text
            .repeat(usize::try_from(reply.int_opt("times")?.unwrap_or(1)).unwrap_or(1))
            .into_bytes(),
        None => reply.bytes("body_base64")?,
    };
    Ok(Some(Reply::Answer(status, body)))
}

fn sent(request: HttpRequest) -> Answer {
    let headers: Vec<Value> = request
        .headers
        .iter()
        .map(|header| json!([header.name, header.value]))
        .collect();
    let body = String::from_utf8(request.body).map_err(|_| Refusal::BadRequest)?;
    Ok(json!({"method": request.method, "url": request.url, "headers": headers, "body": body}))
}
