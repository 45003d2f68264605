//! `login.*` without a network: a script answers, and the time is virtual.

use crate::{Answer, Refusal, fields::Fields, reply};
use countermark::{
    ErrorCode,
    facade::{
        AuthSession, Challenge, FailureKind, FailurePhase, HttpRequest, Login, LoginConfig,
        LoginService, RequestKind, Step,
    },
};
use serde_json::{Map, Value, json};

/// `login.request`: the request that a task sends first.
pub(crate) fn request(fields: Fields<'_>) -> Answer {
    let service = service(fields)?;
    let mut login = match reply::kind(fields.text("request")?)? {
        RequestKind::Start => Login::begin(&service, fields.text("secsignid")?, 0)?,
        RequestKind::State => Login::check(&service, &session(&service, fields)?, 0)?,
        RequestKind::Cancel => Login::cancel(&service, &session(&service, fields)?, 0)?,
        RequestKind::Release => Login::release(&service, &session(&service, fields)?, 0)?,
    };
    if let Step::Reserve { .. } = login.poll(0) {
        login.on_store(None, 0)?;
    }
    let Step::Send(request) = login.poll(0) else {
        return Err(Refusal::BadRequest);
    };
    let path = request
        .url
        .splitn(4, '/')
        .nth(3)
        .map(|path| format!("/{path}"));
    let content_type = request
        .headers
        .iter()
        .find(|header| header.name == "Content-Type");
    Ok(json!({
        "method": request.method,
        "path": path,
        "content_type": content_type.map(|header| &header.value),
        "body": text(request.body)?,
    }))
}

/// `login.machine`: a whole task against scripted answers.
pub(crate) fn machine(fields: Fields<'_>) -> Answer {
    let service = service(fields)?;
    let now_ms = fields.int("now_ms")?;
    let mut login = match (fields.text("task")?, fields.object_opt("session")?) {
        ("begin", None) => Login::begin(&service, fields.text("secsignid")?, now_ms)?,
        (task, Some(opened)) => {
            let session = match opened.text_opt("service_name")? {
                Some(_) => session(&self::service(opened)?, opened)?,
                None => session(&service, opened)?,
            };
            match task {
                "check" => Login::check(&service, &session, now_ms)?,
                "wait" => Login::wait(&service, &session, fields.int_opt("deadline_ms")?, now_ms)?,
                "cancel" => Login::cancel(&service, &session, now_ms)?,
                "release" => Login::release(&service, &session, now_ms)?,
                _ => return Err(Refusal::BadRequest),
            }
        }
        _ => return Err(Refusal::BadRequest),
    };
    let script = Script {
        events: fields.objects("events")?,
        repeat: fields.flag_opt("repeat")? == Some(true),
        refusals: fields.list("store")?,
        abort_ms: fields.int_opt("abort_ms")?,
    };
    let transcript = script.drive(&mut login, now_ms)?;
    let result = result(&login);
    if fields.flag_opt("transcript")? != Some(true) {
        return result;
    }
    let mut ok = match result {
        Ok(Value::Object(ok)) => ok,
        Err(Refusal::Error(error)) => {
            Map::from_iter([("error".into(), error.code().name().into())])
        }
        _ => return Err(Refusal::BadRequest),
    };
    ok.insert("requests".into(), transcript.requests.into());
    ok.insert("store".into(), transcript.store.into());
    ok.insert("retries".into(), login.retries().into());
    ok.insert("ended_ms".into(), transcript.ended_ms.into());
    Ok(Value::Object(ok))
}

fn result(login: &Login) -> Answer {
    let outcome = login.outcome()?;
    let mut ok = Map::from_iter([("outcome".into(), outcome.kind().name().into())]);
    if let Some(secsign_id) = outcome.secsign_id() {
        ok.insert("authenticated_id".into(), secsign_id.into());
    }
    if let Ok(Challenge {
        session,
        access_pass,
    }) = login.challenge()
    {
        ok.insert("secsignid".into(), session.secsign_id().into());
        ok.insert("authsessionid".into(), session.auth_session_id().into());
        ok.insert("access_pass".into(), access_pass.is_some().into());
    }
    Ok(Value::Object(ok))
}

/// Scripted answers: the first event answers the first request, the first refusal (null for none) the first call of the store, and
/// so on. The store does all that nothing is said about.
struct Script<'a> {
    events: Vec<Fields<'a>>,
    repeat: bool,
    refusals: &'a [Value],
    abort_ms: Option<i64>,
}

/// What a task asked for, and when it ended.
#[derive(Default)]
struct Transcript {
    requests: Vec<Value>,
    store: Vec<Value>,
    ended_ms: i64,
}

impl Script<'_> {
    /// Runs a task to its end.
    fn drive(mut self, login: &mut Login, mut now_ms: i64) -> Result<Transcript, Refusal> {
        let mut transcript = Transcript::default();
        loop {
            let (due_ms, event) = match login.poll(now_ms) {
                Step::Done => {
                    transcript.ended_ms = now_ms;
                    return Ok(transcript);
                }
                Step::Reserve { key, until_ms } => {
                    let refusal = self.refusal(transcript.store.len())?;
                    transcript
                        .store
                        .push(json!({"at_ms": now_ms, "reserve": key, "until_ms": until_ms}));
                    login.on_store(refusal, now_ms)?;
                    continue;
                }
                Step::Release { key } => {
                    let refusal = self.refusal(transcript.store.len())?;
                    transcript
                        .store
                        .push(json!({"at_ms": now_ms, "release": key}));
                    login.on_store(refusal, now_ms)?;
                    continue;
                }
                Step::Wait { until_ms } => (until_ms, None),
                Step::Send(HttpRequest { url, body, .. }) => {
                    let next = transcript.requests.len();
                    transcript
                        .requests
                        .push(json!({"at_ms": now_ms, "url": url, "body": text(body)?}));
                    let last = self.events.last().filter(|_| self.repeat);
                    let event = *self.events.get(next).or(last).ok_or(Refusal::BadRequest)?;
                    (
                        now_ms + event.int_opt("after_ms")?.unwrap_or(0),
                        Some(event),
                    )
                }
            };
            if let Some(at_ms) = self.abort_ms.take_if(|at_ms| *at_ms <= due_ms) {
                now_ms = at_ms;
                login.abort(now_ms);
                continue;
            }
            now_ms = due_ms;
            if let Some(event) = event {
                feed(login, event, now_ms)?;
            }
        }
    }

    fn refusal(&self, call: usize) -> Result<Option<ErrorCode>, Refusal> {
        match self.refusals.get(call) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(name)) => store_refusal(name).map(Some),
            Some(_) => Err(Refusal::BadRequest),
        }
    }
}

fn store_refusal(name: &str) -> Result<ErrorCode, Refusal> {
    Ok(match name {
        "REPLAYED" => ErrorCode::Replayed,
        "STORE_UNAVAILABLE" => ErrorCode::StoreUnavailable,
        _ => return Err(Refusal::BadRequest),
    })
}

fn feed(login: &mut Login, event: Fields<'_>, now_ms: i64) -> Result<(), Refusal> {
    if let Some(failure) = event.text_opt("failure")? {
        login.on_transport_error(
            failure_kind(failure)?,
            failure_phase(event.text("phase")?)?,
            now_ms,
        )?;
        return Ok(());
    }
    let status =
        u32::try_from(event.int_opt("status")?.unwrap_or(200)).map_err(|_| Refusal::BadRequest)?;
    let body = match event.text_opt("body")? {
        Some(body) => body.as_bytes().to_vec(),
        None => event.bytes("body_base64")?,
    };
    Ok(login.on_response(status, &body, now_ms)?)
}

fn failure_kind(name: &str) -> Result<FailureKind, Refusal> {
    Ok(match name {
        "timeout" => FailureKind::Timeout,
        "unreachable" => FailureKind::Unreachable,
        "tls" => FailureKind::Tls,
        _ => return Err(Refusal::BadRequest),
    })
}

fn failure_phase(name: &str) -> Result<FailurePhase, Refusal> {
    Ok(match name {
        "not_sent" => FailurePhase::NotSent,
        "maybe_sent" => FailurePhase::MaybeSent,
        _ => return Err(Refusal::BadRequest),
    })
}

fn service(fields: Fields<'_>) -> Result<LoginService, Refusal> {
    Ok(LoginService::new(config(fields)?)?)
}

/// The service of a request. The requests that carry no name and address may leave them out.
pub(crate) fn config(fields: Fields<'_>) -> Result<LoginConfig, Refusal> {
    let either = |name, wire_name| match fields.text_opt(name)? {
        Some(text) => Ok::<_, Refusal>(Some(text.to_owned())),
        None => Ok(fields.text_opt(wire_name)?.map(str::to_owned)),
    };
    let is_start = fields.text_opt("request")? == Some("start");
    let needed = |text: Option<String>| {
        text.or_else(|| (!is_start).then(|| "x".into()))
            .unwrap_or_default()
    };
    let milliseconds = |name: &str| match fields.int_opt(name)?.map(u32::try_from) {
        Some(Err(_)) => Err(Refusal::BadRequest),
        Some(Ok(time)) => Ok(Some(time)),
        None => Ok(None),
    };
    Ok(LoginConfig {
        server: fields.text_opt("server")?.map(str::to_owned),
        fallback: fields.text_opt("fallback")?.map(str::to_owned),
        service_name: needed(either("service_name", "servicename")?),
        service_address: needed(either("service_address", "serviceaddress")?),
        plugin_name: either("plugin_name", "pluginname")?,
        show_access_pass: match fields.flag_opt("show_access_pass")? {
            None => fields.flag_opt("showaccesspass")?,
            show => show,
        },
        allow_priority_code: fields.flag_opt("allow_priority_code")? == Some(true),
        api_method: either("api_method", "apimethod")?,
        connect_timeout_ms: milliseconds("connect_timeout_ms")?,
        total_timeout_ms: milliseconds("total_timeout_ms")?,
    })
}

/// A session exists only through a begin, so one is begun and answered here.
fn session(service: &LoginService, fields: Fields<'_>) -> Result<AuthSession, Refusal> {
    let created_ms = fields.int_opt("created_ms")?.unwrap_or(0);
    let mut login = Login::begin(service, fields.text("secsignid")?, created_ms)?;
    login.on_store(None, created_ms)?;
    if fields.flag_opt("on_fallback")? == Some(true) {
        login.on_transport_error(FailureKind::Unreachable, FailurePhase::NotSent, created_ms)?;
    }
    let reply = format!(
        "authsessionid={}&requestid={}&authsessionstate=1&secsignid={}",
        fields.text("authsessionid")?,
        fields.text("requestid")?,
        countermark::facade::normalize_secsign_id(fields.text("secsignid")?)?,
    );
    login.on_response(200, reply.as_bytes(), created_ms)?;
    Ok(login.challenge()?.session)
}

fn text(bytes: Vec<u8>) -> Result<String, Refusal> {
    String::from_utf8(bytes).map_err(|_| Refusal::BadRequest)
}
