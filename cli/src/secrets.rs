//! Where a secret comes from. Never the command line: every user of a machine can read that in the list of processes,
//! and shells keep it in a file.

use crate::output::Failure;
use std::{
    env, fs,
    io::{self, Read},
    path::PathBuf,
};

/// Longest secret that is read, in bytes. A key file of another kind, or a device, is a mistake.
const SECRET_MAX: u64 = 64 * 1024;

/// One source of one secret.
#[derive(Debug, clap::Args)]
#[group(id = "secret", required = true, multiple = false)]
pub(crate) struct SecretArgs {
    /// Environment variable that holds the secret
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
    /// File that holds the secret; one line break at its end is not part of it
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Read the secret from standard input; one line break at its end is not part of it
    #[arg(long)]
    secret_stdin: bool,
}

impl SecretArgs {
    /// Reads the secret.
    pub(crate) fn read(&self) -> Result<String, Failure> {
        let bytes = if let Some(name) = &self.secret_env {
            return match env::var(name) {
                Ok(secret) if !secret.is_empty() => Ok(secret),
                Ok(_) => Err(Failure::Usage(format!(
                    "the environment variable {name} is empty"
                ))),
                Err(env::VarError::NotPresent) => Err(Failure::Usage(format!(
                    "there is no environment variable {name}"
                ))),
                Err(env::VarError::NotUnicode(_)) => Err(Failure::Usage(format!(
                    "the environment variable {name} is not UTF-8"
                ))),
            };
        } else if let Some(path) = &self.secret_file {
            let name = path.display();
            let file = fs::File::open(path).map_err(|error| {
                Failure::Usage(format!("cannot read the secret from {name}: {error}"))
            })?;
            read(file)?
        } else {
            read(io::stdin().lock())?
        };
        // Editors and `echo` end a file with a line break that nobody means.
        let secret = bytes.strip_suffix('\n').map_or(bytes.as_str(), |line| {
            line.strip_suffix('\r').unwrap_or(line)
        });
        if secret.is_empty() {
            Err(Failure::Usage("the secret is empty".to_owned()))
        } else {
            Ok(secret.to_owned())
        }
    }
}

fn read(source: impl Read) -> Result<String, Failure> {
    let mut text = String::new();
    source
        .take(SECRET_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|error| Failure::Usage(format!("cannot read the secret: {error}")))?;
    if text.len() as u64 > SECRET_MAX {
        return Err(Failure::Usage(format!(
            "the secret is longer than {SECRET_MAX} bytes"
        )));
    }
    Ok(text)
}
