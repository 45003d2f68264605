//! A thousand sessions polled at once, against `countermark id-server`: the login client, bare reqwest, which it stands on, and bare hyper,
//! on which reqwest stands.
//!
//! `cargo build --release -p countermark-cli && cargo run --release -p countermark-cli --example poll_bench`
//!
//! Every session asks again as soon as it has its answer. CPU is user and system time of this process, so the server,
//! which is another process, does not count. Rounds alternate, so that both see the same machine.

use bytes::Bytes;
use countermark::{
    Client,
    facade::{AuthSession, LoginConfig},
};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy, rt::TokioExecutor};
use std::{
    future::Future,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const SESSIONS: usize = 1_000;
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 3;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Copy)]
struct Cost {
    requests: u64,
    seconds: f64,
    cpu_us: f64,
}

impl Cost {
    fn rate(self) -> f64 {
        self.requests as f64 / self.seconds
    }

    fn cpu_per_request(self) -> f64 {
        self.cpu_us / self.requests as f64
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (mut server, url) = start_server()?;
    let result = compare(&url).await;
    server.kill()?;
    server.wait()?;
    result
}

async fn compare(url: &str) -> Result<(), Failure> {
    let client = Client::new(LoginConfig {
        server: Some(url.to_owned()),
        service_name: "Bench".to_owned(),
        service_address: "https://bench.example".to_owned(),
        ..LoginConfig::default()
    })?;
    let mut sessions = Vec::new();
    for number in 0..SESSIONS {
        sessions.push(client.begin(&format!("user{number}")).await?.session);
    }
    let bare: Bare = legacy::Client::builder(TokioExecutor::new()).build_http();

    // Bare reqwest asks for a provider even where it speaks no TLS; a second installation is refused, and does no harm.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plain_reqwest = reqwest::Client::builder().no_proxy().http1_only().build()?;

    let (mut over_hyper, mut over_reqwest) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let asking = client.clone();
        let polled = measure(&sessions, move |session| {
            let client = asking.clone();
            async move {
                client
                    .check(&session)
                    .await
                    .map(drop)
                    .map_err(Failure::from)
            }
        })
        .await?;
        let (asking, address) = (bare.clone(), Arc::<str>::from(url));
        let plain = measure(&sessions, move |session| {
            let (bare, url) = (asking.clone(), address.clone());
            async move { ask(&bare, &url, &session).await }
        })
        .await?;
        let (asking, address) = (plain_reqwest.clone(), Arc::<str>::from(url));
        let middle = measure(&sessions, move |session| {
            let (client, url) = (asking.clone(), address.clone());
            async move { ask_reqwest(&client, &url, &session).await }
        })
        .await?;
        for (name, cost) in [
            ("countermark client", polled),
            ("bare reqwest", middle),
            ("bare hyper", plain),
        ] {
            println!(
                "round {round}: {name:18} {:7.0} requests/s, {:5.1} us CPU per request",
                cost.rate(),
                cost.cpu_per_request()
            );
        }
        over_hyper.push(polled.cpu_per_request() / plain.cpu_per_request());
        over_reqwest.push(polled.cpu_per_request() / middle.cpu_per_request());
    }
    for (peer, mut ratios) in [("bare hyper", over_hyper), ("bare reqwest", over_reqwest)] {
        ratios.sort_by(f64::total_cmp);
        println!(
            "CPU per check, countermark / {peer}: median {:.2}",
            ratios[ratios.len() / 2]
        );
    }
    Ok(())
}

/// Lets every session ask again and again for one round.
async fn measure<F>(
    sessions: &[AuthSession],
    ask: impl Fn(AuthSession) -> F + Clone + Send + 'static,
) -> Result<Cost, Failure>
where
    F: Future<Output = Result<(), Failure>> + Send,
{
    let (start, cpu) = (Instant::now(), cpu_us()?);
    let mut tasks = JoinSet::new();
    for session in sessions {
        let (session, ask) = (session.clone(), ask.clone());
        tasks.spawn(async move {
            let mut requests = 0_u64;
            while start.elapsed() < ROUND {
                ask(session.clone()).await?;
                requests += 1;
            }
            Ok::<_, Failure>(requests)
        });
    }
    let mut requests = 0;
    while let Some(done) = tasks.join_next().await {
        requests += done??;
    }
    Ok(Cost {
        requests,
        seconds: start.elapsed().as_secs_f64(),
        cpu_us: cpu_us()? - cpu,
    })
}

type Bare = legacy::Client<legacy::connect::HttpConnector, Full<Bytes>>;

/// The same through reqwest, with a time-out for the whole, as the library sets one.
async fn ask_reqwest(
    client: &reqwest::Client,
    url: &str,
    session: &AuthSession,
) -> Result<(), Failure> {
    let reply = client
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .timeout(Duration::from_secs(15))
        .body(body(session))
        .send()
        .await?
        .error_for_status()?;
    reply.bytes().await?;
    Ok(())
}

fn body(session: &AuthSession) -> String {
    format!(
        "apimethod=SecSignIDApi_Countermark&request=ReqGetAuthSessionState&secsignid={}&authsessionid={}&requestid={:064X}",
        session.secsign_id(),
        session.auth_session_id(),
        0
    )
}

/// The same kind of request without the library. Its handle is not the session's, so the server's answer is an error; both
/// are of one form and nearly one length.
async fn ask(bare: &Bare, url: &str, session: &AuthSession) -> Result<(), Failure> {
    let body = body(session);
    let request = hyper::Request::post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(body)))?;
    let reply = bare.request(request).await?;
    if reply.status() != hyper::StatusCode::OK {
        return Err(format!("status {}", reply.status()).into());
    }
    reply.into_body().collect().await?;
    Ok(())
}

/// User and system time of this process so far, in microseconds.
fn cpu_us() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The fields after the name, which is in brackets and may hold blanks; 14 and 15 are ticks of 10 ms.
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(ticks as f64 * 10_000.0)
}

fn start_server() -> Result<(Child, String), Failure> {
    let binary = std::env::current_exe()?.with_file_name("../countermark");
    let mut server = Command::new(binary)
        .args(["id-server"])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let output = server.stdout.take().ok_or("no output")?;
    BufReader::new(output).read_line(&mut line)?;
    let addresses: serde_json::Value = serde_json::from_str(&line)?;
    let url = addresses["server"].as_str().ok_or("no address")?.to_owned();
    Ok((server, url))
}
