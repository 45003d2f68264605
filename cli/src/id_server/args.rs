//! The command line of `countermark id-server`.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use super::config::{Config, IdConfig, TlsConfig, TlsFault};
use super::faults::{Fault, KINDS};
use super::policy::{Competing, Policy, Release, WrongSymbol};
use super::session::PlanStep;
use super::state::Action;
use countermark::facade::{SecureSignEnvironment, securesign_origin};

use crate::{
    bounded,
    output::{Failure, print},
};

/// Run an ID server on this machine: form protocol, a phone in the browser, and a control API for tests
///
/// Prints its addresses as one line of JSON and runs until SIGTERM or SIGINT. Exit codes: 0 ended by these, 2 wrong usage,
/// a port that is in use among it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the ID server and the phone page; the control API is on loopback unless --control-listen is given
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Port of the ID server; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Port of the phone page
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    phone_port: u16,
    /// Port of the control API
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    control_port: u16,
    /// Address of the control API, to reach it from another machine or container; only with a token of your own
    #[arg(long, value_name = "IP:PORT", conflicts_with = "control_port")]
    control_listen: Option<SocketAddr>,
    /// Token of the control API; without, or empty, a random one
    #[arg(
        long,
        env = "COUNTERMARK_CONTROL_TOKEN",
        hide_env_values = true,
        value_parser = token
    )]
    control_token: Option<String>,
    /// Serve TLS with a certificate for these names, from an authority made at start
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    tls: Vec<String>,
    /// Write the authority's certificate to this file
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca_out: Option<PathBuf>,
    /// What is wrong with the certificate
    #[arg(long, value_name = "FAULT", requires = "tls")]
    tls_fault: Option<TlsFault>,
    /// An ID that exists, with its priority codes; without any, every well-formed ID does
    #[arg(long = "id", value_name = "ID[=CODE,...]")]
    ids: Vec<String>,
    /// An ID that exists and is frozen
    #[arg(long = "frozen-id", value_name = "ID")]
    frozen_ids: Vec<String>,
    /// Approve every session at the state request after this many
    #[arg(long, value_name = "POLLS")]
    approve_after: Option<u32>,
    /// Deny every session at the state request after this many
    #[arg(long, value_name = "POLLS", conflicts_with = "approve_after")]
    deny_after: Option<u32>,
    /// Something that goes wrong: [REQUEST:]NAME[=VALUE][,after=N][,times=N][,id=ID]
    ///
    /// REQUEST is start, state, cancel, release or any. The names are shown by --list-faults.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// Show every fault and end
    #[arg(long)]
    list_faults: bool,
    /// What a wrong symbol does
    #[arg(long, default_value = "deny")]
    wrong_symbol: WrongSymbol,
    /// What a second request for an ID with an open session does, besides freezing the ID
    #[arg(long, default_value = "suspend-both")]
    competing: Competing,
    /// How the withdrawn release request is answered
    #[arg(long, default_value = "refuse")]
    release: Release,
    /// How long a session waits for the person; with 0 it is over at once
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    session_seconds: u32,
    /// How long an approval can be read
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    approval_seconds: u32,
    /// An approval can be read once only
    #[arg(long)]
    approval_once: bool,
    /// Accept unknown and repeated parameters and any content type
    #[arg(long)]
    no_firewall: bool,
    /// Refuse a service name or address that holds & or a control character
    #[arg(long)]
    strict_text: bool,
    /// HTTP status of protocol errors
    #[arg(long, value_name = "STATUS", default_value_t = 200, value_parser = clap::value_parser!(u16).range(200..600))]
    error_status: u16,
    /// File with the SecureSign keys that are valid, one a line, all of one tenant
    ///
    /// Without, the environment variable COUNTERMARK_SECURESIGN_KEYS, divided by commas; without that, ss_test_emulator.
    #[arg(long, value_name = "FILE")]
    securesign_keys: Option<PathBuf>,
    /// The tenant of the SecureSign keys
    #[arg(long, value_name = "ID", default_value = "org_emulator")]
    securesign_tenant: String,
    /// An origin that SecureSign allows
    #[arg(
        long = "securesign-origin",
        value_name = "ORIGIN",
        default_value = "http://localhost:3000",
        value_parser = exact_origin
    )]
    securesign_origins: Vec<String>,
    /// A scheme of an app, such as myapp, that a callback may have
    #[arg(long = "securesign-app-scheme", value_name = "SCHEME")]
    securesign_app_schemes: Vec<String>,
    /// Calls of SecureSign a minute
    #[arg(long, value_name = "COUNT", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    securesign_rpm: u32,
    /// What goes wrong in every answer of SecureSign
    #[arg(long, value_name = "FAULT")]
    securesign_fault: Option<super::securesign::Fault>,
    /// Repeatable session numbers, request ids and symbols
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Start with a stopped clock that shows this time, in Unix milliseconds
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    clock: Option<i64>,
    /// How many sessions may be held at once
    #[arg(long, value_name = "COUNT", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1..))]
    max_sessions: u32,
    /// Write every request and reply to this file, one JSON object a line; one that holds something already is refused
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,
}

impl Args {
    fn into_config(self) -> Result<Config, String> {
        let step = |after_polls, action| PlanStep {
            after_polls,
            action,
        };
        let approve = self.approve_after.map(|after| step(after, Action::Approve));
        let deny = self.deny_after.map(|after| step(after, Action::Deny));
        let known = self.ids.iter().map(|text| {
            let (id, codes) = text.split_once('=').unwrap_or((text, ""));
            let codes = codes
                .split(',')
                .filter(|code| !code.is_empty())
                .map(str::to_owned)
                .collect();
            IdConfig {
                id: id.to_owned(),
                frozen: false,
                codes,
            }
        });
        let frozen = self.frozen_ids.iter().map(|id| IdConfig {
            id: id.clone(),
            frozen: true,
            codes: Vec::new(),
        });
        let token = self.control_token.filter(|token| !token.is_empty());
        if self.control_listen.is_some() && token.is_none() {
            return Err(
                "--control-listen needs --control-token or COUNTERMARK_CONTROL_TOKEN".to_owned(),
            );
        }
        let on_loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, self.control_port));
        let names: Vec<String> = self
            .tls
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect();
        Ok(Config {
            listen: self.listen,
            port: self.port,
            phone_port: self.phone_port,
            control: self.control_listen.unwrap_or(on_loopback),
            token,
            tls: (!names.is_empty()).then_some(TlsConfig {
                names,
                ca_out: self.ca_out,
                fault: self.tls_fault,
            }),
            plan: approve.into_iter().chain(deny).collect(),
            faults: self.faults,
            policy: Policy {
                any_id: self.ids.is_empty(),
                wrong_symbol: self.wrong_symbol,
                competing: self.competing,
                release: self.release,
                session_ms: i64::from(self.session_seconds) * 1_000,
                approval_ms: i64::from(self.approval_seconds) * 1_000,
                approval_once: self.approval_once,
                firewall: !self.no_firewall,
                strict_text: self.strict_text,
                error_status: self.error_status,
            },
            securesign: super::securesign::Config {
                keys: securesign_keys(self.securesign_keys.as_deref())?,
                tenant: self.securesign_tenant,
                origins: self.securesign_origins,
                app_schemes: self.securesign_app_schemes,
                rpm: self.securesign_rpm,
                fault: self.securesign_fault,
            },
            ids: known.chain(frozen).collect(),
            seed: self.seed,
            stopped_at_ms: self.clock,
            max_sessions: self.max_sessions as usize,
            transcript: self.transcript,
        })
    }
}

/// A token that can stand in a header.
fn token(text: &str) -> Result<String, String> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("a token is of visible ASCII characters, without blanks and line breaks".to_owned())
    }
}

/// An origin as browsers send it: another form would equal none that is asked for.
fn exact_origin(text: &str) -> Result<String, String> {
    let exact =
        securesign_origin(text, SecureSignEnvironment::Test).map_err(|error| error.to_string())?;
    if exact == text {
        Ok(exact)
    } else {
        Err(format!("browsers write it {exact}"))
    }
}

/// The keys of the file, of the environment, or the emulator's own. Never of the command line, which others can read.
fn securesign_keys(file: Option<&Path>) -> Result<Vec<String>, String> {
    let (text, divider) = match file {
        Some(path) => {
            let text = bounded::read_text(path)
                .map_err(|error| format!("cannot read the keys of {}: {error}", path.display()))?;
            (text, '\n')
        }
        None => match std::env::var("COUNTERMARK_SECURESIGN_KEYS") {
            Ok(text) => (text, ','),
            Err(std::env::VarError::NotPresent) => {
                return Ok(super::securesign::Config::default().keys);
            }
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err("COUNTERMARK_SECURESIGN_KEYS is not text".to_owned());
            }
        },
    };
    let keys: Vec<String> = text
        .split(divider)
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .map(str::to_owned)
        .collect();
    if keys.is_empty() {
        return Err("there is no SecureSign key".to_owned());
    }
    Ok(keys)
}

/// Runs the subcommand until a signal ends it.
///
/// # Errors
///
/// What the person who started it is told.
pub(crate) async fn run(args: Args) -> Result<(), Failure> {
    if args.list_faults {
        let list: String = KINDS
            .iter()
            .map(|(_, name, about)| format!("{name:17} {about}\n"))
            .collect();
        return print(list.as_bytes());
    }
    // Caught before the addresses are printed: whoever reads them may send the signal at once.
    let signal = Signal::new().map_err(|error| format!("cannot catch signals: {error}"))?;
    let config = args.into_config().map_err(Failure::Usage)?;
    let running = super::start(config).await.map_err(Failure::Usage)?;
    let line = serde_json::to_string(&running.addresses).map_err(|error| error.to_string())?;
    // Whoever started it wants the addresses: with nobody to read them, it ends.
    writeln!(std::io::stdout(), "{line}")
        .and_then(|()| std::io::stdout().flush())
        .map_err(|error| format!("cannot write to standard output: {error}"))?;
    signal.wait().await;
    running.shutdown().await;
    Ok(())
}

/// SIGTERM and SIGINT; Ctrl-C elsewhere.
pub(crate) struct Signal {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Signal {
    /// Catches the signals from now on.
    #[cfg(unix)]
    pub(crate) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: None,
        })
    }

    /// Also the end of the terminal, for what nobody can follow without it. A server goes on under `nohup`.
    #[cfg(unix)]
    pub(crate) fn with_hangup(self) -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = Some(signal(SignalKind::hangup())?);
        Ok(Self { hangup, ..self })
    }

    /// Catches Ctrl-C while waiting.
    #[cfg(not(unix))]
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// The same: there is no such signal.
    #[cfg(not(unix))]
    pub(crate) fn with_hangup(self) -> std::io::Result<Self> {
        Ok(self)
    }

    /// Returns when one has come.
    pub(crate) async fn wait(self) {
        #[cfg(unix)]
        {
            let Self {
                mut terminate,
                mut interrupt,
                mut hangup,
            } = self;
            let hung_up = async {
                match &mut hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hung_up => {}
            }
        }
        #[cfg(not(unix))]
        // Without a way to catch it, the system ends the process by itself.
        let _ = tokio::signal::ctrl_c().await;
    }
}
