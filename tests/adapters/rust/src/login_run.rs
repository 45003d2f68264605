//! `login.run`: the login client against a real server.

use crate::{Answer, Refusal, fields::Fields, login};
use countermark::{
    Client, Error, ErrorCode,
    blocking::Client as BlockingClient,
    facade::{AuthSession, LoginOutcome},
    transport::system_now_ms,
};
use serde_json::{Map, Value, json};

pub(crate) fn run(fields: Fields<'_>) -> Answer {
    // Without a server, the client would turn to the public one.
    fields.text("server")?;
    let mut run = Run {
        client: Client::builder(login::config(fields)?)
            .extra_roots_pem(fields.text_opt("ca_pem")?.unwrap_or_default().as_bytes())
            .build()?
            .into(),
        secsign_id: fields.text("secsignid")?,
        deadline_ms: fields.int_opt("deadline_ms")?,
        session: None,
        authenticated_id: None,
    };
    let mut trace = Vec::new();
    for step in fields.list("steps")? {
        let step = step.as_str().ok_or(Refusal::BadRequest)?;
        trace.push(match run.step(step) {
            Ok(outcome) => json!({"step": step, "outcome": outcome}),
            Err(Refusal::Error(error)) => json!({"step": step, "error": error.code().name()}),
            Err(Refusal::BadRequest) => return Err(Refusal::BadRequest),
        });
    }
    let mut ok = Map::from_iter([("trace".into(), Value::from(trace))]);
    if let Some(id) = run.authenticated_id {
        ok.insert("authenticated_id".into(), id.into());
    }
    Ok(Value::Object(ok))
}

struct Run<'a> {
    client: BlockingClient,
    secsign_id: &'a str,
    deadline_ms: Option<i64>,
    session: Option<AuthSession>,
    authenticated_id: Option<String>,
}

impl Run<'_> {
    fn step(&mut self, step: &str) -> Result<&'static str, Refusal> {
        if step == "start" {
            self.session = Some(self.client.begin(self.secsign_id)?.session);
            return Ok("pending");
        }
        let session = self
            .session
            .as_ref()
            .ok_or_else(|| Error::new(ErrorCode::WrongState))?;
        let outcome = match step {
            "check" => self.client.check(session)?,
            "wait" => {
                let deadline_ms = self.deadline_ms.map(|after_ms| system_now_ms() + after_ms);
                self.client.wait(session, deadline_ms)?
            }
            "cancel" => return Ok(self.client.cancel(session).map(|()| "canceled")?),
            "release" => return Ok(self.client.release(session).map(|()| "released")?),
            _ => return Err(Refusal::BadRequest),
        };
        Ok(self.note(&outcome))
    }

    fn note(&mut self, outcome: &LoginOutcome) -> &'static str {
        if let Some(id) = outcome.secsign_id() {
            self.authenticated_id = Some(id.to_owned());
        }
        outcome.kind().name()
    }
}
