//! The ID-server emulator: the form protocol, a phone in the browser, and a control API for tests.
//!
//! It judges clients, so nothing in here uses the parsers of the `countermark` crate. How to use it: `README.md`
//! beside this file.

pub(crate) mod args;
mod body;
mod clock;
pub(crate) mod config;
mod control;
mod control_json;
mod emulator;
mod faults;
mod form;
mod icons;
mod mangle;
mod phone;
mod phone_pages;
mod policy;
mod random;
pub(crate) mod securesign;
pub(crate) mod serve;
mod server;
mod session;
mod sessions;
mod shapes;
mod socket;
mod state;
mod tls;
mod transcript;
mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub(crate) use args::{Args, Signal};
pub(crate) use config::Config;
use emulator::Emulator;

/// Connections that may wait to be accepted, if the system allows so many.
const WAITING: u32 = 4_096;

/// Where a running emulator is reached; printed as the one line of standard output.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Addresses {
    /// Base URL of the ID server.
    pub(crate) server: String,
    /// URL of the phone page.
    pub(crate) phone: String,
    /// Base URL of the control API.
    pub(crate) control: String,
    /// Bearer token of the control API.
    pub(crate) token: String,
    /// Where the authority's certificate was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca_pem: Option<String>,
}

/// An emulator that runs until it is shut down or dropped.
#[derive(Debug)]
pub(crate) struct Running {
    /// Where it is reached.
    pub(crate) addresses: Addresses,
    stop: watch::Sender<bool>,
    listeners: JoinSet<()>,
}

impl Running {
    /// Stops accepting, lets requests in progress end, and returns.
    pub(crate) async fn shutdown(mut self) {
        // With no listener left there is nobody to tell.
        let _ = self.stop.send(true);
        while self.listeners.join_next().await.is_some() {}
    }
}

/// Starts an emulator on the current tokio runtime.
///
/// # Errors
///
/// A text for the person who started it: a port that is taken, a certificate name or an ID that is none, a file that
/// cannot be written.
pub(crate) async fn start(config: Config) -> Result<Running, String> {
    let server = bind(SocketAddr::new(config.listen, config.port))?;
    let phone = bind(SocketAddr::new(config.listen, config.phone_port))?;
    let control = bind(config.control)?;
    let tls = config.tls.as_ref().map(tls::create).transpose()?;
    let ca_out = config.tls.as_ref().and_then(|tls| tls.ca_out.clone());
    if let (Some(path), Some(tls)) = (&ca_out, &tls) {
        std::fs::write(path, &tls.ca_pem)
            .map_err(|error| format!("cannot write the certificate {}: {error}", path.display()))?;
    }
    let token = config.token.clone().unwrap_or_else(|| {
        random::Random::new(None)
            .bytes32()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    });
    let name = config.tls.as_ref().and_then(|tls| tls.names.first());
    let addresses = Addresses {
        server: url(
            if tls.is_some() { "https" } else { "http" },
            &server,
            name.map(String::as_str),
        )?,
        phone: url("http", &phone, None)?,
        control: url("http", &control, None)?,
        token: token.clone(),
        ca_pem: ca_out.map(|path| path.display().to_string()),
    };

    let emulator = Arc::new(Emulator::new(config)?);
    let (stop, stopped) = watch::channel(false);
    let mut listeners = JoinSet::new();
    let acceptor = tls.map(|tls| tls.acceptor);
    let form = emulator.clone();
    // How a connection ends is the client's doing or a scripted fault; the transcript has the requests.
    let ended = |_| {};
    let service = move |reset: socket::ResetFlag| {
        let form = form.clone();
        service_fn(move |request| server::respond(form.clone(), reset.clone(), request))
    };
    listeners.spawn(serve::serve(
        server,
        acceptor,
        service,
        stopped.clone(),
        serve::FAREWELL,
        ended,
    ));
    let router = TowerToHyperService::new(phone::router(emulator.clone()));
    listeners.spawn(serve::serve(
        phone,
        None,
        move |_| router.clone(),
        stopped.clone(),
        serve::FAREWELL,
        ended,
    ));
    let router = TowerToHyperService::new(control::router(emulator, &token));
    listeners.spawn(serve::serve(
        control,
        None,
        move |_| router.clone(),
        stopped,
        serve::FAREWELL,
        ended,
    ));
    Ok(Running {
        addresses,
        stop,
        listeners,
    })
}

fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    listen(address).map_err(|error| format!("cannot listen on {address}: {error}"))
}

/// As `TcpListener::bind`, which lets only 128 wait: of a thousand logins that begin at once, the system then resets some.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    #[cfg(unix)]
    // There it only means that the port of a process that has ended can be taken at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

fn url(scheme: &str, listener: &TcpListener, name: Option<&str>) -> Result<String, String> {
    let mut address = listener
        .local_addr()
        .map_err(|error| format!("cannot tell the own address: {error}"))?;
    // "All addresses" is none that a client could connect to.
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(match name {
        Some(name) if name.contains(':') => format!("{scheme}://[{name}]:{}/", address.port()),
        Some(name) => format!("{scheme}://{name}:{}/", address.port()),
        None => format!("{scheme}://{address}/"),
    })
}
