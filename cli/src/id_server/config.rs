//! How an emulator is set up, without a command line: what the demo and the command line both fill in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::faults::Fault;
use super::policy::Policy;
use super::session::PlanStep;

/// The set-up of an emulator.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The address that the ID server and the phone page listen on.
    pub(crate) listen: IpAddr,
    /// Port of the ID server; 0 takes a free one, here and below.
    pub(crate) port: u16,
    /// Port of the phone page.
    pub(crate) phone_port: u16,
    /// Where the control API listens.
    pub(crate) control: SocketAddr,
    /// Token of the control API; without, a random one.
    pub(crate) token: Option<String>,
    /// TLS for the ID server.
    pub(crate) tls: Option<TlsConfig>,
    /// IDs that exist from the start.
    pub(crate) ids: Vec<IdConfig>,
    /// What every session does by itself.
    pub(crate) plan: Vec<PlanStep>,
    /// Faults from the start.
    pub(crate) faults: Vec<Fault>,
    /// The server's choices.
    pub(crate) policy: Policy,
    /// The SecureSign API beside the form protocol.
    pub(crate) securesign: super::securesign::Config,
    /// Makes session numbers, request ids and symbols repeatable.
    pub(crate) seed: Option<u64>,
    /// Starts with a stopped clock that shows this time, in Unix milliseconds.
    pub(crate) stopped_at_ms: Option<i64>,
    /// How many sessions may be held at once.
    pub(crate) max_sessions: usize,
    /// Where the transcript is written as well, one JSON object a line.
    pub(crate) transcript: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            phone_port: 0,
            control: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: None,
            tls: None,
            ids: Vec::new(),
            plan: Vec::new(),
            faults: Vec::new(),
            policy: Policy::default(),
            securesign: super::securesign::Config::default(),
            seed: None,
            stopped_at_ms: None,
            max_sessions: 50_000,
            transcript: None,
        }
    }
}

/// An ID that exists from the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdConfig {
    /// The SecSign ID.
    pub(crate) id: String,
    /// Whether it starts frozen.
    pub(crate) frozen: bool,
    /// Priority codes that stand for it.
    pub(crate) codes: Vec<String>,
}

/// TLS with a certificate of the emulator's own authority.
#[derive(Debug, Clone)]
pub(crate) struct TlsConfig {
    /// Host names and addresses of the certificate; the first one goes into the printed address.
    pub(crate) names: Vec<String>,
    /// Where the authority's certificate is written.
    pub(crate) ca_out: Option<PathBuf>,
    /// What is wrong with the certificate.
    pub(crate) fault: Option<TlsFault>,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum TlsFault {
    /// It is for another name.
    WrongName,
    /// It has expired.
    Expired,
    /// It comes from another authority than the one written out.
    UnknownCa,
}
