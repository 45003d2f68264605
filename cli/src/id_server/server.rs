//! The ID server's port: HTTP around the form protocol, and the transcript.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{
    ALLOW, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION,
};
use hyper::{Method, Request, Response, StatusCode};

use super::body::ReplyBody;
use super::emulator::Emulator;
use super::form::{self, Answer};
use super::mangle::Delivery;
use super::socket::ResetFlag;
use super::transcript::{Entry, Reply, Text};

/// A request is a few hundred bytes; this leaves room for every name and address.
const MAX_REQUEST: usize = 64 << 10;

/// Tells hyper to end the connection without a reply.
#[derive(Debug)]
pub(crate) struct NoReply;

impl fmt::Display for NoReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no reply was to be sent")
    }
}

impl std::error::Error for NoReply {}

/// Answers one request.
pub(crate) async fn respond(
    emulator: Arc<Emulator>,
    reset: ResetFlag,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, NoReply> {
    let (head, body) = request.into_parts();
    // Whoever waits for the server must not count as a client of it, in the transcript or for a fault.
    if matches!(head.method, Method::GET | Method::HEAD) && head.uri.path() == "/healthz" {
        let ready = Bytes::from_static(b"ready\n");
        return Ok(Response::new(ReplyBody::new(ready, Delivery::Whole)));
    }
    let body = Limited::new(body, MAX_REQUEST).collect().await;
    let (answer, reply) = {
        let mut server = emulator.lock();
        let content_type = head
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let (answer, body) = match body {
            Ok(body) => {
                let body = body.to_bytes();
                if path.starts_with("/v1/") {
                    let now_ms = server.clock.now_ms();
                    let method = head.method.as_str();
                    let answer =
                        server
                            .securesign
                            .answer(method, path, &head.headers, &body, now_ms);
                    (answer, body)
                } else {
                    let incoming = form::Incoming {
                        method: head.method.as_str(),
                        path,
                        content_type,
                        body: &body,
                    };
                    (form::answer(&mut server, incoming), body)
                }
            }
            Err(_) => (
                Answer::page(413, "The request is too long, or it ended too early."),
                Bytes::new(),
            ),
        };
        let reply = reply(&answer);
        let seen = !matches!(answer.delivery, Delivery::Dropped | Delivery::Reset);
        let time_ms = server.clock.now_ms();
        server.transcript.add(Entry {
            seq: 0,
            time_ms,
            method: head.method.to_string(),
            path: path.to_owned(),
            headers: texts(&head.headers),
            body: Text::new(&body),
            request: answer.request,
            faults: answer.faults.clone(),
            reply: seen.then(|| Reply {
                status: answer.status,
                headers: texts(reply.headers()),
                body: Text::new(&answer.body),
                body_bytes: answer.body.len(),
            }),
        });
        (answer, reply)
    };
    match answer.delivery {
        Delivery::Dropped => return Err(NoReply),
        Delivery::Reset => {
            reset.store(true, Ordering::Relaxed);
            return Err(NoReply);
        }
        Delivery::Late(time) => tokio::time::sleep(time).await,
        Delivery::Whole | Delivery::Slow(_) | Delivery::Stalled | Delivery::Truncated => {}
    }
    let (head, ()) = reply.into_parts();
    Ok(Response::from_parts(
        head,
        ReplyBody::new(answer.body.into(), answer.delivery),
    ))
}

/// Status and headers.
fn reply(answer: &Answer) -> Response<()> {
    let mut reply = Response::new(());
    *reply.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    // Set by hand, since a body that breaks off has announced its full length.
    headers.insert(CONTENT_LENGTH, HeaderValue::from(answer.body.len()));
    if answer.status == 405 {
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
    }
    if let Some(location) = answer
        .location
        .as_deref()
        .and_then(|text| HeaderValue::from_str(text).ok())
    {
        headers.insert(LOCATION, location);
    }
    reply
}

/// Headers for the transcript. A key may be a real one by mistake, and no test needs it there.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let text = if name == AUTHORIZATION || name == "x-securesign-api-key" {
                "[redacted]".to_owned()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.to_string(), text)
        })
        .collect()
}
