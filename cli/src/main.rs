//! The `countermark` command.

mod id_server;

use std::process::ExitCode;

use clap::Parser;

/// Is this login, this link, this webhook really from who it says?
#[derive(Debug, Parser)]
#[command(name = "countermark", version)]
enum Command {
    IdServer(id_server::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::IdServer(args) => id_server::args::run(args).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
