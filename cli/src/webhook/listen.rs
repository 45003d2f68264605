//! `countermark webhook listen`

mod unread;

use super::{
    cause::{closing, remedy, title},
    explain,
    input::{KeysArgs, WindowArgs},
    scheme_id::SchemeId,
    verify,
};
use crate::{
    id_server::{Signal, serve},
    origin,
    output::{Failure, say, say_json},
    secrets::verify_token,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, HOST},
        request::Parts,
        uri::Authority,
    },
    response::Response,
};
use countermark::{
    Error, ErrorCode, Secret,
    facade::{
        HandshakeOrder, ReplayMemory, VerifiedWebhook, WebhookAnswer, WebhookExplainer,
        WebhookHeader, WebhookRequest, WebhookVerifier, answer_webhook_handshake,
        webhook_error_status, webhook_handshake_order, webhook_keep_until_ms, webhook_success,
    },
    limits::WEBHOOK_BODY_MAX,
    transport::system_now_ms,
};
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use std::{
    net::{IpAddr, SocketAddr},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;
use unread::Unread;

/// How long requests in progress may take once a signal has come.
const GRACE: Duration = Duration::from_secs(2);

/// How long a key is remembered at least, as senders try for a day and longer.
const KEEP_S: u32 = 24 * 3_600;

/// Receive webhooks on this machine, and print the verdict on each
///
/// Each one is answered as its sender expects, a second copy too. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the scheme, as `countermark webhook schemes` lists it
    #[arg(long, value_name = "ID", value_parser = SchemeId, hide_possible_values = true)]
    scheme: String,
    #[command(flatten)]
    keys: KeysArgs,
    #[command(flatten)]
    window: WindowArgs,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8700")]
    listen: String,
    /// Scheme and host under which the sender reaches this machine, such as those of a tunnel; without, the name of this machine by
    /// which the request calls it, such as http://localhost:8700
    #[arg(long, value_name = "URL", value_parser = origin::parse)]
    public_origin: Option<String>,
    /// Environment variable that holds the token which a sender repeats at its handshake, as Meta does
    #[arg(long, value_name = "NAME")]
    verify_token_env: Option<String>,
    /// Longest body that is read
    #[arg(long, value_name = "BYTES", default_value_t = WEBHOOK_BODY_MAX)]
    max_body: u32,
    /// One line of JSON for each request
    #[arg(long)]
    json: bool,
}

struct Desk {
    scheme: String,
    verifier: WebhookVerifier,
    explainer: WebhookExplainer,
    /// What its handshake asks for: the verify token, or the secret where the handshake is signed.
    handshake_secret: Option<Secret>,
    replay: ReplayMemory,
    /// Under which the sender reaches this machine, if that was said.
    public_origin: Option<String>,
    address: SocketAddr,
    max_body: usize,
    json: bool,
    count: AtomicU64,
}

pub(super) async fn run(args: Args) -> Result<ExitCode, Failure> {
    let scheme = args.scheme;
    let keys = args.keys.read()?;
    let mut config = keys.config(&scheme, &args.window)?;
    config.max_body_bytes = args.max_body;
    let verifier = WebhookVerifier::new(config);
    let unusable = keys.unusable(&verifier);
    let verifier = verifier?;
    let mut config = keys.config(&scheme, &args.window)?;
    config.max_body_bytes = args.max_body;
    let explainer = WebhookExplainer::new(config)?;
    let verify_token = args
        .verify_token_env
        .as_deref()
        .map(verify_token)
        .transpose()?;
    let handshake_secret = match webhook_handshake_order(&scheme) {
        Some(HandshakeOrder::BeforeVerify) => verify_token,
        _ => keys.first(),
    };
    let signal = Signal::new().map_err(|error| format!("cannot catch signals: {error}"))?;
    let listener = TcpListener::bind(&args.listen)
        .await
        .map_err(|error| Failure::Usage(format!("cannot listen on {}: {error}", args.listen)))?;
    let address = listener
        .local_addr()
        .map_err(|error| format!("cannot listen: {error}"))?;
    let desk = Arc::new(Desk {
        scheme,
        verifier,
        explainer,
        handshake_secret,
        replay: ReplayMemory::new(None)?,
        public_origin: args.public_origin,
        address,
        max_body: args.max_body as usize,
        json: args.json,
        count: AtomicU64::new(0),
    });
    if args.json {
        say_json(&json!({"listening": format!("http://{address}"), "unusable_keys": unusable}))?;
    } else {
        say(format_args!(
            "listening on http://{address} for {}",
            desk.scheme
        ))?;
    }
    serve_until(listener, desk, signal).await;
    Ok(ExitCode::SUCCESS)
}

async fn serve_until(listener: TcpListener, desk: Arc<Desk>, signal: Signal) {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let router = Router::new().fallback(receive).with_state(desk.clone());
    let service = TowerToHyperService::new(router);
    let make = move |_| service.clone();
    let ended = move |error: hyper::Error| {
        // Others are those of a sender that went away.
        if error.is_parse() {
            desk.no_http(&error);
        }
    };
    tokio::join!(
        serve::serve(listener, None, make, stopped, GRACE, ended),
        async {
            signal.wait().await;
            let _ = stop.send(true);
        }
    );
}

async fn receive(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let number = desk.next();
    let (parts, body) = request.into_parts();
    let unread = Unread::new(&desk, number, &parts);
    let body = match to_bytes(body, desk.max_body).await {
        Ok(body) => unread.read(body),
        Err(error) => return unread.refuse(error),
    };
    let path = parts.uri.path().to_owned();
    let line = format!(
        "{number:<4} {} {}  {} bytes",
        parts.method,
        path.escape_debug(),
        body.len()
    );
    let (status, reply, told, report) = desk.receive(&parts, &body);
    if desk.json {
        let mut report = report;
        if let Value::Object(members) = &mut report {
            members.insert("number".into(), number.into());
            members.insert("method".into(), parts.method.as_str().into());
            members.insert("path".into(), path.into());
            members.insert("bytes".into(), body.len().into());
            members.insert("status".into(), status.into());
        }
        tell(say_json(&report));
    } else {
        tell(say(format_args!("{line}\n{told}")));
    }
    answer(status, &reply)
}

/// What came of printing a verdict. The sender gets its answer also where nobody can read that.
fn tell(printed: Result<(), Failure>) {
    if let Err(failure) = printed {
        failure.report();
    }
}

impl Desk {
    /// The number of a request.
    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Tells of a request that was answered before it came here, since it cannot be read. The texts of hyper hold nothing of it.
    fn no_http(&self, error: &hyper::Error) {
        let number = self.next();
        if self.json {
            tell(say_json(&json!({
                "number": number,
                "verified": false,
                "error": Value::Null,
                "no_http": error.to_string(),
            })));
        } else {
            tell(say(format_args!("{number:<4} no HTTP request: {error}")));
        }
    }

    /// The answer to a request, what to tell the person, and the same as JSON.
    fn receive(&self, parts: &Parts, body: &[u8]) -> (u32, WebhookAnswer, String, Value) {
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let headers: Vec<WebhookHeader<'_>> = parts
            .headers
            .iter()
            .map(|(name, value)| WebhookHeader {
                name: name.as_str(),
                value: value.as_bytes(),
            })
            .collect();
        let url = match (&self.public_origin, own_host(parts)) {
            (Some(origin), _) => format!("{origin}{target}"),
            (None, Some(host)) => format!("http://{host}{target}"),
            (None, None) => format!("http://{}{target}", self.address),
        };
        let request = WebhookRequest {
            method: Some(parts.method.as_str()),
            url: Some(&url),
            query: parts.uri.query(),
            headers: &headers,
        };
        self.judge(&request, body)
    }

    fn judge(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
    ) -> (u32, WebhookAnswer, String, Value) {
        let order = webhook_handshake_order(&self.scheme);
        if order == Some(HandshakeOrder::BeforeVerify) {
            if let Some(done) = self.handshake(request, body) {
                return done;
            }
        }
        let now_ms = system_now_ms();
        let verified = match self.verifier.verify(request, body, now_ms) {
            Ok(verified) => verified,
            Err(error) => return self.refuse(request, body, now_ms, &error),
        };
        // A sender that did not see the answer asks again with the same bytes. Nothing comes of a second answer.
        if order == Some(HandshakeOrder::AfterVerify) {
            if let Some(done) = self.handshake(request, body) {
                return done;
            }
        }
        match self.once(&verified, now_ms) {
            Ok(seen) => {
                let reply = webhook_success(&self.scheme);
                let again = if seen { ", seen before" } else { "" };
                let signed = verified.timestamp_ms().map_or(String::new(), |time| {
                    format!(", signed {}", verify::age(time, now_ms))
                });
                let told = format!(
                    "     verified{again}, key {}{signed}",
                    verified.key_id().escape_debug()
                );
                let mut report = verify::to_json(&verified);
                report["seen_before"] = seen.into();
                (reply.status, reply, told, report)
            }
            Err(error) => self.refuse(request, body, now_ms, &error),
        }
    }

    /// Takes the replay key, and says whether it was taken for a copy whose work is done. A static token has none.
    fn once<B>(&self, verified: &VerifiedWebhook<B>, now_ms: i64) -> Result<bool, Error> {
        let Some(key) = verified.replay_key() else {
            return Ok(false);
        };
        let until = webhook_keep_until_ms(verified.replay_until_ms(), Some(KEEP_S), now_ms)?;
        match self.replay.reserve(&key, until, now_ms) {
            Err(error) if error.code() == ErrorCode::Replayed => {
                if self.replay.is_committed(&key)? {
                    Ok(true)
                } else {
                    Err(error)
                }
            }
            reserved => {
                reserved?;
                self.replay.commit(&key)?;
                Ok(false)
            }
        }
    }

    fn handshake(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
    ) -> Option<(u32, WebhookAnswer, String, Value)> {
        let secret = self.handshake_secret.as_ref();
        match answer_webhook_handshake(&self.scheme, secret, request, body) {
            Ok(reply) => reply.map(|reply| {
                let told = "     handshake answered".to_owned();
                (reply.status, reply, told, json!({"handshake": true}))
            }),
            Err(error) => {
                let status = webhook_error_status(&self.scheme, error.code());
                let name = error.code().name();
                let mut told = format!("     handshake refused {name}: {error}");
                if error.code() == ErrorCode::MissingContext && secret.is_none() {
                    told.push_str("\n       -> give it with --verify-token-env");
                }
                let report = json!({"handshake": false, "error": name});
                Some((status, empty(status), told, report))
            }
        }
    }

    fn refuse(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
        error: &Error,
    ) -> (u32, WebhookAnswer, String, Value) {
        let status = webhook_error_status(&self.scheme, error.code());
        let reply = empty(status);
        let explanation = self.explainer.explain(request, body, now_ms);
        let mut told = format!("     refused {}: {error}", error.code().name());
        for cause in &explanation.causes {
            told.push_str(&format!(
                "\n     {}: {}\n          {}\n       -> {}",
                cause.certainty.name(),
                title(cause),
                cause.kind.info().happened,
                remedy(cause)
            ));
        }
        for line in closing(&self.scheme, &explanation) {
            told.push_str(&format!("\n     {line}"));
        }
        let mut report = explain::to_json(&explanation);
        if let Value::Object(members) = &mut report {
            members.insert("verified".into(), false.into());
            members.insert("error".into(), error.code().name().into());
        }
        (status, reply, told, report)
    }
}

/// The host that a sender on this machine has called, of the names that this machine has for itself.
fn own_host(parts: &Parts) -> Option<&str> {
    let host = parts.headers.get(HOST)?.to_str().ok()?;
    let authority: Authority = host.parse().ok()?;
    let name = authority.host();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_own = name.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    (is_own && !host.contains('@')).then_some(host)
}

fn empty(status: u32) -> WebhookAnswer {
    WebhookAnswer {
        status,
        content_type: String::new(),
        body: Vec::new(),
    }
}

fn answer(status: u32, reply: &WebhookAnswer) -> Response {
    let mut response = Response::new(Body::from(reply.body.clone()));
    *response.status_mut() = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(kind) = HeaderValue::from_str(&reply.content_type) {
        if !reply.content_type.is_empty() {
            response.headers_mut().insert(CONTENT_TYPE, kind);
        }
    }
    response
}
