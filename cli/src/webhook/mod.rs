//! `countermark webhook`: verify, explain, sign, send and receive webhooks.

mod cause;
mod explain;
mod input;
mod listen;
mod raw;
mod scheme_id;
mod schemes;
mod sign;
mod verify;

use crate::output::Failure;
use std::process::ExitCode;

/// Verify, explain, sign, send and receive webhooks
///
/// Secrets come from the environment, a file or standard input, never from the command line. Exit codes: 0 verified or
/// done, 1 refused, 2 wrong usage.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Verify(verify::Args),
    Explain(explain::Args),
    Sign(sign::SignArgs),
    Send(sign::SendArgs),
    Schemes(schemes::Args),
    Listen(listen::Args),
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Verify(args) => verify::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Sign(args) => sign::sign(args),
        Command::Send(args) => sign::send(args).await,
        Command::Schemes(args) => {
            schemes::run(&args)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Listen(args) => listen::run(args).await,
    }
}
