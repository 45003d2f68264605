//! `countermark webhook sign` and `send`

use super::{
    input::{BodyArgs, ClockArgs, KeysArgs, RequestArgs},
    scheme_id::SchemeId,
};
use crate::output::{Failure, print, refuse, say, say_json};
use axum::http::{HeaderName, HeaderValue, Method, Uri};
use countermark::{
    Error, ErrorCode,
    facade::{
        Covered, FailureKind, FailurePhase, Header, HttpRequest, SignedWebhook, WebhookSigner,
        list_schemes,
    },
    limits::{CONNECT_TIMEOUT_MS, REPLY_MAX, SERVER_TEXT_MAX, TOTAL_TIMEOUT_MS, WEBHOOK_BODY_MAX},
    transport::{HttpTransport, Transport as _, TransportFailure},
};
use serde_json::json;
use std::{net::IpAddr, process::ExitCode};

/// What is signed, and with what. Its request is yet to be sent, so it is described otherwise than one that came.
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("headers", |arg| arg.help("A header of the request; may be repeated")),
    mut_arg("url", |arg| arg.help("The URL of the handler, as its sender would call it")),
    mut_arg("query", |arg| arg.help("The query, without a question mark; without, that of the URL"))
)]
struct Message {
    /// Id of the scheme, as `countermark webhook schemes` lists it
    #[arg(long, value_name = "ID", value_parser = SchemeId, hide_possible_values = true)]
    scheme: String,
    #[command(flatten)]
    keys: KeysArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    clock: ClockArgs,
    /// The message id, where the scheme signs one; without, a random one
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    body: BodyArgs,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// A signed message, or why there is none.
type Signed = Result<(RequestArgs, Vec<u8>, SignedWebhook), Error>;

impl Message {
    fn sign(self) -> Result<Signed, Failure> {
        let body = self.body.read(self.keys.secrets.uses_stdin())?;
        if body.len() > WEBHOOK_BODY_MAX as usize {
            // No more of it was read, and a piece is another message.
            return Ok(Err(Error::with_detail(ErrorCode::TooLarge, "body")));
        }
        let signer = WebhookSigner::new(&self.scheme, self.keys.read()?.ring()?)?;
        let id = self.id.map_or_else(random_id, Ok)?;
        let now_ms = self.clock.now_ms();
        let signed = self
            .request
            .view(|request| signer.sign(request, &body, Some(&id), now_ms));
        Ok(signed.map(|signed| (self.request, body, signed)))
    }
}

/// As [`refuse`]. A header that is missing here was lost by no proxy, as the hint has it for who receives.
fn refuse_to_sign(error: &Error, json: bool) -> Result<ExitCode, Failure> {
    if json || error.code() != ErrorCode::MissingHeader {
        return refuse(error, json);
    }
    let name = error.code().name();
    Err(Failure::Refused(format!(
        "a header that is signed is missing: {0} ({name})\nhint: give it with -H '{0}: VALUE'",
        error.detail()
    )))
}

fn random_id() -> Result<String, Failure> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(|error| format!("no randomness: {error}"))?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("msg_{digits}"))
}

/// Sign a webhook, and print the headers to send
#[derive(Debug, clap::Args)]
pub(super) struct SignArgs {
    #[command(flatten)]
    message: Message,
}

pub(super) fn sign(args: SignArgs) -> Result<ExitCode, Failure> {
    let json = args.message.json;
    let signed = match args.message.sign()? {
        Ok((_, _, signed)) => signed,
        Err(error) => return refuse_to_sign(&error, json),
    };
    if json {
        let headers: Vec<_> = signed
            .headers
            .iter()
            .map(|header| [&header.name, &header.value])
            .collect();
        let body = signed.body.as_deref().map(String::from_utf8_lossy);
        say_json(
            &json!({"headers": headers, "url": signed.url, "query": signed.query, "body": body}),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    for header in &signed.headers {
        say(format_args!("{}: {}", header.name, header.value))?;
    }
    for text in [&signed.url, &signed.query].into_iter().flatten() {
        say(format_args!("{text}"))?;
    }
    if let Some(body) = &signed.body {
        print(body)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Sign a webhook and send it, to try a handler
///
/// Exit codes: 0 when the handler answered with a 2xx status, 1 otherwise, 2 wrong usage.
#[derive(Debug, clap::Args)]
#[command(mut_arg("url", |arg| arg.required(true).help("Where to send it: the URL of the handler")))]
pub(super) struct SendArgs {
    #[command(flatten)]
    message: Message,
    /// Sign for this URL, for a handler behind a proxy: the public URL, as its sender would call it
    #[arg(long, value_name = "URL")]
    signed_url: Option<String>,
    /// Send to another machine too; needs https
    #[arg(long)]
    allow_remote: bool,
}

pub(super) async fn send(mut args: SendArgs) -> Result<ExitCode, Failure> {
    let json = args.message.json;
    let asked = &mut args.message.request;
    // The command line has one.
    let url = asked.url.clone().unwrap_or_default();
    let host = check_target(&url, args.allow_remote)?;
    let is_signed_for_another = args.signed_url.is_some();
    if let Some(signed_url) = args.signed_url {
        asked.url = Some(signed_url);
    }
    // Some schemes sign the method.
    let method = asked
        .method
        .get_or_insert_with(|| "POST".to_owned())
        .clone();
    let kind = content_type(&args.message.scheme);
    let (request, body, signed) = match args.message.sign()? {
        Ok(signed) => signed,
        Err(error) => return refuse_to_sign(&error, json),
    };
    let mut headers: Vec<Header> = Vec::new();
    for header in request.headers {
        headers.push(Header {
            name: header.name,
            value: String::from_utf8_lossy(&header.value).into_owned(),
        });
    }
    let has_type = |headers: &[Header]| {
        headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case("content-type"))
    };
    headers.extend(signed.headers);
    if !has_type(&headers) {
        headers.push(Header {
            name: "Content-Type".to_owned(),
            value: kind.to_owned(),
        });
    }
    if is_signed_for_another && signed.url.is_some() {
        return Err(Failure::Usage(
            "the signature of this scheme is a part of the URL, so there is no --signed-url"
                .to_owned(),
        ));
    }
    let mut target = signed.url.unwrap_or(url);
    if let Some(query) = signed.query.or(request.query) {
        // A fragment is not sent, so nothing may come behind one.
        let bare = target.split(['?', '#']).next().unwrap_or_default();
        target = format!("{bare}?{query}");
    }
    check_target(&target, args.allow_remote)?;
    check_message(&method, &headers)?;
    let outgoing = HttpRequest {
        method,
        url: target,
        headers,
        body: signed.body.unwrap_or(body),
        connect_timeout_ms: CONNECT_TIMEOUT_MS,
        total_timeout_ms: TOTAL_TIMEOUT_MS,
        max_reply_bytes: REPLY_MAX as u32,
    };
    let sent = HttpTransport::new(&[], CONNECT_TIMEOUT_MS)?
        .send(&outgoing)
        .await;
    let reply = match sent {
        Ok(reply) => reply,
        Err(failure) if json => {
            return refuse(&Error::new(failure.kind.error_code()), json);
        }
        Err(failure) => return Err(format!("no answer from {host}: {}", why(failure)).into()),
    };
    let text: String = String::from_utf8_lossy(&reply.body)
        .chars()
        .take(SERVER_TEXT_MAX)
        .collect();
    if json {
        say_json(&json!({"status": reply.status, "body": text}))?;
    } else {
        say(format_args!("answered  {}", reply.status))?;
        for line in text.lines() {
            say(format_args!("          {}", line.escape_debug()))?;
        }
    }
    Ok(ExitCode::from(u8::from(
        !(200..300).contains(&reply.status),
    )))
}

/// A server that took the connection is another thing than none.
fn why(failure: TransportFailure) -> &'static str {
    match (failure.kind, failure.phase) {
        (FailureKind::Unreachable, FailurePhase::MaybeSent) => {
            "it took the connection, but gave no whole HTTP answer"
        }
        (kind, _) => kind.name(),
    }
}

/// What the sender of a scheme says of its body, where it is signed as a form; JSON otherwise.
fn content_type(scheme: &str) -> &'static str {
    let is_form = list_schemes()
        .iter()
        .any(|listed| listed.id == scheme && listed.covers.contains(&Covered::Form));
    if is_form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    }
}

/// What cannot be sent would look like a server that does not answer.
fn check_message(method: &str, headers: &[Header]) -> Result<(), Failure> {
    if Method::from_bytes(method.as_bytes()).is_err() {
        return Err(Failure::Usage("there is no such method".to_owned()));
    }
    for header in headers {
        let sendable = HeaderName::from_bytes(header.name.as_bytes()).is_ok()
            && HeaderValue::from_str(&header.value).is_ok();
        if !sendable {
            let name = header.name.escape_debug();
            return Err(Failure::Usage(format!(
                "the header {name} holds a character that no header may"
            )));
        }
    }
    Ok(())
}

/// Host and port. A mistyped host must not get a genuine webhook.
fn check_target(url: &str, allow_remote: bool) -> Result<String, Failure> {
    let usage = |text: &str| Err(Failure::Usage(text.to_owned()));
    let Ok(uri) = url.parse::<Uri>() else {
        return usage("the URL cannot be read");
    };
    let host = uri.host().unwrap_or_default();
    let authority = uri
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    match uri.scheme_str() {
        Some("http" | "https") if loopback => Ok(authority),
        Some("https") if allow_remote => Ok(authority),
        Some("http") if allow_remote => usage("another machine needs https"),
        Some("http" | "https") => usage("the host is not this machine: add --allow-remote"),
        _ => usage("the URL needs http or https"),
    }
}

#[cfg(test)]
mod tests {
    use super::{SendArgs, SignArgs};
    use clap::{Args, Command};

    fn help<A: Args>() -> (String, String) {
        let mut command = A::augment_args(Command::new("it"));
        let usage = command.render_usage().to_string();
        (usage, command.render_long_help().to_string())
    }

    #[test]
    fn what_is_to_be_sent_is_not_described_as_what_came() {
        for (usage, text) in [help::<SignArgs>(), help::<SendArgs>()] {
            assert!(
                !text.contains("arrived") && !text.contains("called it"),
                "{text}"
            );
            assert!(usage.contains("--scheme <ID>"), "{usage}");
        }
        assert!(help::<SendArgs>().0.contains("--url <URL>"));
        assert!(!help::<SignArgs>().0.contains("--url <URL>"));
    }
}
