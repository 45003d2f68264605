//! The `countermark` command.

// They panic where nobody reads: `output` does not.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod bounded;
mod completions;
mod demo;
mod id_server;
mod login;
mod origin;
mod output;
mod query;
mod secrets;
mod securesign;
mod webhook;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser};
use output::Failure;

/// Is this login, this link, this webhook really from who it says?
#[derive(Debug, Parser)]
#[command(name = "countermark", version)]
enum Command {
    Completions(completions::Args),
    Demo(demo::Args),
    IdServer(id_server::Args),
    Login(login::Args),
    #[command(name = "securesign")]
    SecureSign(securesign::Args),
    SignQuery(query::SignArgs),
    VerifyQuery(query::VerifyArgs),
    Webhook(webhook::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    run(Command::parse())
        .await
        .unwrap_or_else(|failure| failure.report())
}

async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Completions(args) => completions::run(&args, Command::command())?,
        Command::Demo(args) => demo::run(args).await?,
        Command::IdServer(args) => id_server::args::run(args).await?,
        Command::Login(args) => return login::run(args).await,
        Command::SecureSign(args) => return securesign::run(args).await,
        Command::SignQuery(args) => query::sign(&args)?,
        Command::VerifyQuery(args) => return query::verify(&args),
        Command::Webhook(args) => return webhook::run(args).await,
    }
    Ok(ExitCode::SUCCESS)
}
