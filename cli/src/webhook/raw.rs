//! A whole HTTP request from a file, as proxies and debuggers save it.

use super::input::{self, BodyArgs, HeldHeader, RequestArgs};
use crate::output::Failure;
use countermark::{facade::read_saved_request, limits::INSPECT_SAVED_MAX};
use std::path::{Path, PathBuf};

/// Where the request is: in a file of its own, or its body alone.
#[derive(Debug, clap::Args)]
pub(super) struct RawArgs {
    /// File with a whole HTTP request as it was saved: request line, headers, blank line, body; as -, from standard input
    #[arg(long, value_name = "FILE", conflicts_with = "body")]
    raw: Option<PathBuf>,
    #[command(flatten)]
    body: BodyArgs,
}

impl RawArgs {
    /// The request and its body.
    pub(super) fn read(
        &self,
        request: RequestArgs,
        stdin_is_secret: bool,
    ) -> Result<(RequestArgs, Vec<u8>), Failure> {
        match &self.raw {
            Some(path) => read(path, request, stdin_is_secret),
            None => Ok((request, self.body.read(stdin_is_secret)?)),
        }
    }
}

/// Reads the request; what the command line says goes before what the file says.
fn read(
    path: &Path,
    args: RequestArgs,
    stdin_is_secret: bool,
) -> Result<(RequestArgs, Vec<u8>), Failure> {
    let bytes = input::read(path, "request", INSPECT_SAVED_MAX, stdin_is_secret)?;
    let saved = read_saved_request(&bytes).map_err(|error| {
        let name = path.display();
        Failure::Usage(format!("{name} is no saved HTTP request: {error}"))
    })?;
    let held = |(name, value)| HeldHeader { name, value };
    let mut headers: Vec<HeldHeader> = saved.headers.into_iter().map(held).collect();
    headers.retain(|saved| {
        let mut given = args.headers.iter();
        !given.any(|given| given.name.eq_ignore_ascii_case(&saved.name))
    });
    headers.extend(args.headers);
    let request = RequestArgs {
        method: args.method.or(Some(saved.method)),
        url: args.url.or(Some(saved.url)),
        query: args.query,
        headers,
    };
    Ok((request, saved.body))
}
