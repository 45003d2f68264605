//! The command line of `countermark login`.

use crate::{bounded, output::Failure};
use countermark::{Client, facade::LoginConfig};
use std::path::PathBuf;

/// Log in with a SecSign ID from the terminal
///
/// Shows the access pass, waits for the decision on the phone, and prints the ID that approved. Ctrl-C withdraws the
/// login. Exit codes: 0 approved, 1 not approved, 2 wrong usage.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The SecSign ID of the user
    #[arg(value_name = "ID")]
    pub(super) secsign_id: String,
    /// The ID server; without, the public one and its fallback
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Where to turn when the server cannot be reached
    #[arg(long, value_name = "URL", requires = "server")]
    fallback: Option<String>,
    /// Root certificate (PEM) of an own server, trusted beside those of the system
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The name that the phone shows
    #[arg(long, value_name = "NAME", default_value = "countermark")]
    service_name: String,
    /// The address that the phone shows
    #[arg(long, value_name = "URL", default_value = "localhost")]
    service_address: String,
    /// Write the access pass to this file
    #[arg(long, value_name = "FILE")]
    pub(super) png: Option<PathBuf>,
}

impl Args {
    pub(super) fn client(&self) -> Result<Client, Failure> {
        let mut builder = Client::builder(LoginConfig {
            server: self.server.clone(),
            fallback: self.fallback.clone(),
            service_name: self.service_name.clone(),
            service_address: self.service_address.clone(),
            ..LoginConfig::default()
        });
        if let Some(path) = &self.ca {
            let pem = bounded::read(path).map_err(|error| {
                Failure::Usage(format!("cannot read {}: {error}", path.display()))
            })?;
            // Empty roots mean none to the library; whoever names a file wants one.
            if pem.is_empty() {
                return Err(Failure::Usage(format!("{} is empty", path.display())));
            }
            builder = builder.extra_roots_pem(&pem);
        }
        Ok(builder.build()?)
    }
}
