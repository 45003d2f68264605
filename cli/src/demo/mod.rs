//! `countermark demo`: a login site and an ID server in one process, to see a login and signed links at work.
//!
//! The site is written as a site should be: see `site` for its addresses, `login` for the login with SecSign ID,
//! `links` for signed links. The ID server with its phone page is the emulator of `countermark id-server`.

mod cookies;
mod ending;
mod events;
mod failure;
mod gate;
mod limiter;
mod link_door;
mod links;
mod login;
mod members;
mod pages;
mod pending;
mod random;
mod security_headers;
mod site;
mod static_files;
mod visit;
mod visitors;

use crate::{id_server, origin, output::Failure};
use clap::value_parser;
use countermark::{facade::normalize_secsign_id, transport::system_now_ms as now_ms};
use serde::Serialize;
use site::Site;
use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch};

/// Run a login site and an ID server together, to try a login and signed links in the browser
///
/// Runs until SIGTERM or SIGINT, on loopback only: whoever can open the phone page can answer for every ID.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Port of the site; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8780)]
    port: u16,
    /// Port of the phone page; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    phone_port: u16,
    /// Port of the ID server; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    id_server_port: u16,
    /// Name of the service, as the phone and the pages show it
    #[arg(long, value_name = "NAME", default_value = "Countermark demo")]
    service_name: String,
    /// Where visitors reach the site, if not at its own address; with https, cookies are for https only
    #[arg(long, value_name = "URL", value_parser = origin::parse)]
    public_url: Option<String>,
    /// The ID that the login page suggests
    #[arg(long, value_name = "ID", default_value = "alice")]
    example_id: String,
    /// Logins that one network address, and one ID, may start in a minute
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = value_parser!(u32).range(1..))]
    starts_per_minute: u32,
    /// Print the addresses as one line of JSON
    #[arg(long)]
    json: bool,
}

/// Requests in progress may take so long after the order to stop.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where everything is reached.
#[derive(Debug, Serialize)]
struct Addresses<'a> {
    site: &'a str,
    id_server: &'a id_server::Addresses,
}

/// Runs the subcommand until a signal ends it.
///
/// # Errors
///
/// What the person who started it is told.
pub(crate) async fn run(args: Args) -> Result<(), Failure> {
    let signal =
        id_server::args::Signal::new().map_err(|error| format!("cannot catch signals: {error}"))?;
    let listener = bind(args.port).await.map_err(Failure::Usage)?;
    let config = id_server::Config {
        port: args.id_server_port,
        phone_port: args.phone_port,
        ..id_server::Config::default()
    };
    let emulator = id_server::start(config).await.map_err(Failure::Usage)?;
    let (stop, stopping) = watch::channel(false);
    let address = listener
        .local_addr()
        .map_err(|error| format!("cannot tell the own address: {error}"))?;
    let own_url = format!("http://{address}");
    let url = args.public_url.as_deref().unwrap_or(&own_url);
    let site = Site::new(&args, url, &emulator.addresses, stopping.clone())
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let site = Arc::new(site);
    let app = site::router(site).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(stopped(stopping));
    let serving = tokio::spawn(async move { server.await });

    announce(&args, &own_url, &emulator.addresses)
        .map_err(|error| format!("cannot write to standard output: {error}"))?;
    signal.wait().await;
    // With nobody left to tell, everything has stopped already.
    let _ = stop.send(true);
    // A visitor who never ends a request does not hold up the end of the process.
    let _ = tokio::time::timeout(FAREWELL, serving).await;
    emulator.shutdown().await;
    Ok(())
}

async fn bind(port: u16) -> Result<TcpListener, String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}; try --port 0"))
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // A sender that is gone means the same as the order to stop.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

fn announce(args: &Args, site: &str, id_server: &id_server::Addresses) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(
            out,
            "{}",
            serde_json::to_string(&Addresses { site, id_server })?
        )?;
    } else {
        writeln!(out, "{}\n", args.service_name)?;
        writeln!(out, "  Login site   {site}/")?;
        writeln!(out, "  Phone        {}", id_server.phone)?;
        writeln!(out, "  ID server    {}", id_server.server)?;
        writeln!(
            out,
            "  Control API  {}  (token {})\n",
            id_server.control, id_server.token
        )?;
        writeln!(
            out,
            "Sign in as {}, open the phone, tap the same symbol. Ctrl-C stops everything.",
            args.example_id
        )?;
    }
    out.flush()
}

impl Site {
    fn new(
        args: &Args,
        url: &str,
        id_server: &id_server::Addresses,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self {
            gate: gate::Gate::new(&id_server.server, &args.service_name, url)?,
            link_door: link_door::LinkDoor::new(url)?,
            service_name: args.service_name.clone(),
            service_address: url.to_owned(),
            phone_url: id_server.phone.clone(),
            example_id: normalize_secsign_id(&args.example_id)?,
            secure: url.starts_with("https://"),
            visitors: visitors::Visitors::default(),
            starts: limiter::Limiter::new(args.starts_per_minute),
            stopping,
        })
    }
}
