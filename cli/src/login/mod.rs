//! `countermark login`: a login from the terminal.

mod args;
mod picture;
mod progress;
mod terminal;

pub(crate) use args::Args;

use crate::{
    id_server::Signal,
    output::{Failure, describe, note, say},
};
use countermark::{
    Client,
    facade::{AuthSession, Challenge, LoginOutcome, Outcome},
    limits,
};
use progress::Progress;
use std::{process::ExitCode, time::Duration};

/// How often the state is asked for.
const PAUSE: Duration = Duration::from_millis(limits::POLL_INTERVAL_MS as u64);

/// Runs the command. Exit code 0 says that the user approved, and standard output then holds the ID that did.
pub(crate) async fn run(args: Args) -> Result<ExitCode, Failure> {
    let client = args.client()?;
    // Caught before the start, so that an interrupted start is still taken back.
    let signal = Signal::new()
        .and_then(Signal::with_hangup)
        .map_err(|error| format!("cannot catch signals: {error}"))?;
    let Challenge {
        session,
        access_pass,
    } = client.begin(&args.secsign_id).await?;
    if let Some(pass) = &access_pass {
        if let Some(path) = &args.png {
            if let Err(error) = std::fs::write(path, pass.png()) {
                withdraw(&client, &session).await;
                return Err(Failure::Usage(format!(
                    "cannot write {}: {error}",
                    path.display()
                )));
            }
        }
        terminal::show(pass.png());
    }
    let mut progress = Progress::new(session.secsign_id(), access_pass.is_some());
    let outcome = tokio::select! {
        outcome = wait(&client, &session, &mut progress) => Some(outcome),
        () = signal.wait() => None,
    };
    progress.end();
    match outcome {
        Some(outcome) => finish(&outcome?),
        None => {
            withdraw(&client, &session).await;
            Err(Failure::Refused(
                "interrupted; the login was canceled".to_owned(),
            ))
        }
    }
}

async fn wait(
    client: &Client,
    session: &AuthSession,
    progress: &mut Progress,
) -> Result<LoginOutcome, Failure> {
    let mut failures = 0;
    loop {
        tokio::time::sleep(PAUSE).await;
        match client.check(session).await {
            Ok(outcome) if outcome.is_open() => {
                failures = 0;
                progress.show(outcome.kind());
            }
            Ok(outcome) => return Ok(outcome),
            Err(error) if error.is_retryable() && failures + 1 < limits::POLL_FAILURES_MAX => {
                failures += 1;
                progress.trouble(&error);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn withdraw(client: &Client, session: &AuthSession) {
    if let Err(error) = client.cancel(session).await {
        note(format_args!(
            "warning: the login could not be canceled, and ends by itself: {}",
            describe(&error)
        ));
    }
}

fn finish(outcome: &LoginOutcome) -> Result<ExitCode, Failure> {
    let secsign_id = outcome.require_approved()?;
    debug_assert_eq!(outcome.kind(), Outcome::Approved);
    say(format_args!("{secsign_id}"))?;
    Ok(ExitCode::SUCCESS)
}
