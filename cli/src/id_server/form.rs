//! The form protocol: one request in, one answer out. No network in here.

use super::emulator::State as Server;
use super::faults::{Hit, Request, hits};
use super::mangle::{self, Delivery};
use super::session::{Refusal, Session, Start};
use super::state::State;
use super::wire::{Field, Form, field};

/// A request as it came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// What is sent back, and how.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) delivery: Delivery,
    /// What was asked, for the transcript.
    pub(crate) request: Option<Request>,
    /// Names of the faults that hit it, for the transcript.
    pub(crate) faults: Vec<&'static str>,
}

impl Answer {
    /// An answer that is not the protocol's own, such as a page of the firewall.
    pub(crate) fn page(status: u16, text: &str) -> Self {
        Self {
            status,
            content_type: "text/html; charset=UTF-8",
            location: None,
            body: format!("<!doctype html><title>{status}</title><h1>{status}</h1><p>{text}</p>\n")
                .into_bytes(),
            delivery: Delivery::Whole,
            request: None,
            faults: Vec::new(),
        }
    }
}

/// Carries a request out.
pub(crate) fn answer(server: &mut Server, incoming: Incoming<'_>) -> Answer {
    let form = if incoming.method == "POST" {
        Form::parse(incoming.body)
    } else {
        Ok(Form::default())
    };
    let (request, secsignid) = form.as_ref().map_or((None, ""), |form| {
        (
            form.get("request").and_then(Request::from_wire),
            form.get("secsignid").unwrap_or_default(),
        )
    });
    let hits = hits(&mut server.faults, request, secsignid);
    let mut answer = match mangle::before(&hits) {
        Some(delivery) => Answer {
            delivery,
            ..Answer::page(200, "")
        },
        None => match refuse(server, incoming, form.as_ref().err().copied()) {
            Some(page) => page,
            None => protocol(
                server,
                request,
                form.as_ref().unwrap_or(&Form::default()),
                &hits,
            ),
        },
    };
    mangle::after(&hits, &mut answer);
    answer.request = request;
    answer.faults = hits.iter().map(|hit| hit.kind.name()).collect();
    answer
}

/// What the routing server and the firewall keep from the ID server.
fn refuse(
    server: &Server,
    incoming: Incoming<'_>,
    malformed: Option<&'static str>,
) -> Option<Answer> {
    if incoming.path != "/" {
        return Some(Answer::page(
            404,
            "There is nothing here. The protocol's only path is /.",
        ));
    }
    if incoming.method != "POST" {
        return Some(Answer::page(405, "Requests are sent with POST."));
    }
    if !server.policy.firewall {
        return None;
    }
    let form_type = incoming.content_type.is_some_and(|content_type| {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    if !form_type {
        return Some(Answer::page(
            403,
            "The content type is not application/x-www-form-urlencoded.",
        ));
    }
    malformed.map(|what| Answer::page(403, &format!("The request was refused: {what}.")))
}

fn protocol(server: &mut Server, request: Option<Request>, form: &Form, hits: &[Hit]) -> Answer {
    if server.policy.firewall {
        if let Some(why) = request.and_then(|request| objection(request, form)) {
            return Answer::page(403, &format!("The request was refused: {why}."));
        }
    }
    let result = mangle::instead(hits).map_or_else(|| carry_out(server, request, form, hits), Err);
    let (status, mut fields) = match result {
        Ok(fields) => (200, fields),
        Err(error) => (server.policy.error_status, error.fields()),
    };
    let body = mangle::render(hits, &mut fields, &mut server.random);
    Answer {
        status,
        content_type: "text/plain; charset=UTF-8",
        location: None,
        body,
        delivery: Delivery::Whole,
        request: None,
        faults: Vec::new(),
    }
}

const START: [&str; 8] = [
    "apimethod",
    "request",
    "secsignid",
    "servicename",
    "serviceaddress",
    "pluginname",
    "showaccesspass",
    "timezone",
];
const HANDLE: [&str; 5] = [
    "apimethod",
    "request",
    "secsignid",
    "authsessionid",
    "requestid",
];

/// What the firewall has against the parameters.
fn objection(request: Request, form: &Form) -> Option<&'static str> {
    let known: &[&str] = if request == Request::Start {
        &START
    } else {
        &HANDLE
    };
    let names: Vec<&str> = form.names().collect();
    if names.iter().any(|name| !known.contains(name)) {
        return Some("it has an unknown parameter");
    }
    let twice = names
        .iter()
        .enumerate()
        .any(|(i, name)| names[..i].contains(name));
    twice.then_some("it has a parameter twice")
}

/// A protocol error: `error`, `errormsg`, `errorcode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorReply {
    pub(crate) error: String,
    pub(crate) code: String,
    pub(crate) text: &'static str,
}

impl ErrorReply {
    pub(crate) fn new(error: &str, code: &str, text: &'static str) -> Self {
        Self {
            error: error.to_owned(),
            code: code.to_owned(),
            text,
        }
    }

    fn bad_request(text: &'static str) -> Self {
        // Which errorcode goes with 400 is published nowhere.
        Self::new("400", "0", text)
    }

    fn fields(self) -> Vec<Field> {
        vec![
            field("error", self.error),
            field("errormsg", self.text),
            field("errorcode", self.code),
        ]
    }
}

impl From<Refusal> for ErrorReply {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // Old plugins look for the word `exist` in this text.
            Refusal::UnknownId => Self::new(
                "500",
                "20000",
                "There does not exist a SecSign ID of that name.",
            ),
            Refusal::Frozen => Self::new(
                "500",
                "20006",
                "The SecSign ID is frozen because of competing logins. Please re-activate it on the phone.",
            ),
            Refusal::NotFound => Self::bad_request("No such session is waiting."),
            Refusal::Full => Self::new("422", "0", "The server holds as many sessions as it may."),
        }
    }
}

fn carry_out(
    server: &mut Server,
    request: Option<Request>,
    form: &Form,
    hits: &[Hit],
) -> Result<Vec<Field>, ErrorReply> {
    let request = request.ok_or_else(|| ErrorReply::bad_request("The request is unknown."))?;
    if form.get("apimethod").is_none_or(str::is_empty) {
        return Err(ErrorReply::bad_request(
            "The parameter apimethod is missing.",
        ));
    }
    if request == Request::Start {
        return start(server, form, mangle::wants_awkward_icon(hits));
    }
    let now_ms = server.clock.now_ms();
    let Server { store, policy, .. } = server;
    // A handle with a part missing fits no session.
    let [secsignid, number, request_id] =
        ["secsignid", "authsessionid", "requestid"].map(|name| form.get(name).unwrap_or_default());
    if request == Request::Release && policy.release == super::policy::Release::Refuse {
        return Err(ErrorReply::bad_request("The request is unknown."));
    }
    let session = store.handle(number, request_id, secsignid, now_ms, policy)?;
    Ok(match request {
        Request::State => {
            let state = session.poll(now_ms, policy);
            // Once approved, the reply tells who it was: with a priority code that is not the text that was asked for.
            let who = if state == State::Authenticated {
                &session.account
            } else {
                &session.asked
            };
            vec![
                number_field(session),
                field("secsignid", who.to_string()),
                state_field(state),
            ]
        }
        Request::Cancel => {
            session.cancel(now_ms)?;
            vec![number_field(session), state_field(State::Canceled)]
        }
        Request::Start | Request::Release => {
            let state = session.release();
            vec![number_field(session), state_field(state)]
        }
    })
}

fn start(server: &mut Server, form: &Form, awkward_icon: bool) -> Result<Vec<Field>, ErrorReply> {
    let text = |name| form.get(name).filter(|value| !value.is_empty());
    let secsignid = text("secsignid")
        .ok_or_else(|| ErrorReply::bad_request("The parameter secsignid is missing."))?;
    let service_name = text("servicename")
        .ok_or_else(|| ErrorReply::bad_request("The parameter servicename is missing."))?;
    let service_address = text("serviceaddress")
        .ok_or_else(|| ErrorReply::bad_request("The parameter serviceaddress is missing."))?;
    for value in [service_name, service_address] {
        if value.encode_utf16().count() > 255 {
            return Err(ErrorReply::bad_request(
                "The service name or address is longer than 255 characters.",
            ));
        }
        if server.policy.strict_text && value.contains(|c: char| c == '&' || c.is_control()) {
            return Err(ErrorReply::bad_request(
                "The service name or address holds a character that is not allowed.",
            ));
        }
    }
    let access_pass = match form.get("showaccesspass") {
        None | Some("true" | "1") => true,
        Some("false" | "0" | "") => false,
        Some(_) => {
            return Err(ErrorReply::bad_request(
                "The parameter showaccesspass is neither true nor false.",
            ));
        }
    };
    let start = Start {
        secsignid,
        service_name,
        service_address,
        plugin_name: text("pluginname"),
        access_pass,
    };
    let now_ms = server.clock.now_ms();
    let session = server
        .store
        .start(start, now_ms, &server.policy, &mut server.random)?;
    let mut fields = vec![
        number_field(session),
        field("servicename", session.service_name.to_string()),
        field("secsignid", session.asked.to_string()),
        // Also when a competing request has suspended it already: the next state request tells.
        state_field(State::Pending),
        field("serviceaddress", session.service_address.to_string()),
        field("requestid", session.request_id_text()),
    ];
    if session.choices.is_some() {
        let symbol = session.symbol;
        fields.push(if awkward_icon {
            field("authsessionicondata", symbol.awkward_base64())
        } else {
            field("authsessionicondata", symbol.base64())
        });
    }
    Ok(fields)
}

fn number_field(session: &Session) -> Field {
    field("authsessionid", session.id.to_string())
}

fn state_field(state: State) -> Field {
    field("authsessionstate", state.digit().to_string())
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
