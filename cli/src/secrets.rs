//! Where a secret comes from. Never the command line: every user of a machine can read that in the list of processes,
//! and shells keep it in a file.

use crate::output::{Failure, ask_for};
use countermark::Secret;
use std::{
    env, fs,
    io::{self, Read},
    path::PathBuf,
};

/// Longest secret that is read, in bytes. A key file of another kind, or a device, is a mistake.
const SECRET_MAX: usize = 64 * 1024;

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
    /// Whether standard input is spoken for.
    pub(crate) fn uses_stdin(&self) -> bool {
        self.secret_stdin
    }

    /// Reads the secret. Its bytes are taken as they are.
    pub(crate) fn read(&self) -> Result<Secret, Failure> {
        self.bytes().map(Secret::new)
    }

    /// Reads the secret for several users of it; standard input can be read only once.
    pub(crate) fn read_copies<const N: usize>(&self) -> Result<[Secret; N], Failure> {
        let bytes = self.bytes()?;
        Ok(std::array::from_fn(|_| Secret::from(bytes.as_slice())))
    }

    fn bytes(&self) -> Result<Vec<u8>, Failure> {
        if let Some(name) = &self.secret_env {
            return in_environment(name, "--secret-env");
        }
        let mut bytes = match &self.secret_file {
            Some(path) => {
                let unreadable = |error| {
                    Failure::Usage(format!(
                        "cannot read the secret from {}: {error}",
                        path.display()
                    ))
                };
                fs::File::open(path).and_then(read).map_err(unreadable)?
            }
            None => {
                ask_for("secret");
                read(io::stdin().lock())
                    .map_err(|error| Failure::Usage(format!("cannot read the secret: {error}")))?
            }
        };
        // Editors and `echo` end a file with a line break that nobody means.
        if bytes.ends_with(b"\n") {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        }
        secret(bytes)
    }
}

/// The value of `--verify-token-env`.
pub(crate) fn verify_token(name: &str) -> Result<Secret, Failure> {
    in_environment(name, "--verify-token-env").map(Secret::new)
}

fn in_environment(name: &str, option: &str) -> Result<Vec<u8>, Failure> {
    // Who mistakes the option for the secret itself must not find it in a log.
    let unset = || {
        Failure::Usage(format!(
            "{option} is no name of an environment variable that is set"
        ))
    };
    let value = env::var_os(name).ok_or_else(unset)?;
    secret(value.into_encoded_bytes())
}

fn read(source: impl Read) -> io::Result<Vec<u8>> {
    // Room for all of it, so that no moved copy stays behind.
    let mut bytes = Vec::with_capacity(SECRET_MAX + 1);
    source.take(SECRET_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn secret(bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    match bytes.len() {
        0 => Err(Failure::Usage("the secret is empty".to_owned())),
        1..=SECRET_MAX => Ok(bytes),
        _ => Err(Failure::Usage(format!(
            "the secret is longer than {SECRET_MAX} bytes"
        ))),
    }
}
