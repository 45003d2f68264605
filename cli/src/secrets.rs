//! Where a secret comes from. Never the command line: every user of a machine can read that in the list of processes,
//! and shells keep it in a file.

use crate::output::{Failure, ask_for};
use countermark::{Secret, limits::KEYS_MAX};
use std::{
    env, fs,
    io::{self, Read},
    path::{Path, PathBuf},
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
        match (&self.secret_env, &self.secret_file) {
            (Some(name), _) => in_environment(name, "--secret-env"),
            (None, Some(path)) => in_file(path),
            (None, None) => on_stdin(),
        }
    }
}

/// One secret or several, as while a key is rolled.
#[derive(Debug, clap::Args)]
#[group(id = "secrets", required = true, multiple = true)]
pub(crate) struct SecretsArgs {
    /// Environment variable that holds a secret; may be repeated, as while a key is rolled
    #[arg(long, value_name = "NAME")]
    secret_env: Vec<String>,
    /// File that holds a secret; may be repeated. One line break at its end is not part of it
    #[arg(long, value_name = "FILE")]
    secret_file: Vec<PathBuf>,
    /// Read a secret from standard input; one line break at its end is not part of it
    #[arg(long)]
    secret_stdin: bool,
}

impl SecretsArgs {
    /// Whether standard input is spoken for.
    pub(crate) fn uses_stdin(&self) -> bool {
        self.secret_stdin
    }

    /// Reads them, each with the name of where it was: those of variables, of files, of standard input.
    pub(crate) fn read(&self) -> Result<Vec<(String, Secret)>, Failure> {
        let count = self.secret_env.len() + self.secret_file.len() + usize::from(self.secret_stdin);
        if count > KEYS_MAX {
            return Err(Failure::Usage(format!("more than {KEYS_MAX} secrets")));
        }
        let mut secrets = Vec::new();
        for name in &self.secret_env {
            secrets.push((name.clone(), in_environment(name, "--secret-env")?));
        }
        for path in &self.secret_file {
            secrets.push((path.display().to_string(), in_file(path)?));
        }
        if self.secret_stdin {
            secrets.push(("stdin".to_owned(), on_stdin()?));
        }
        Ok(secrets)
    }
}

fn on_stdin() -> Result<Secret, Failure> {
    ask_for("secret");
    let unreadable = |error| Failure::Usage(format!("cannot read the secret: {error}"));
    secret(line(read(io::stdin().lock()).map_err(unreadable)?))
}

fn in_file(path: &Path) -> Result<Secret, Failure> {
    // Who gives the secret itself in place of a file must not find it in a log; it may hold a slash, but hardly the name of a folder.
    let unreadable = |error| {
        let is_in_folder = path.parent().is_some_and(Path::is_dir);
        let named = is_in_folder.then(|| path.display().to_string());
        let file = named.unwrap_or_else(|| "--secret-file".to_owned());
        Failure::Usage(format!("cannot read the secret from {file}: {error}"))
    };
    secret(line(
        fs::File::open(path).and_then(read).map_err(unreadable)?,
    ))
}

/// Editors and `echo` end a file with a line break that nobody means.
fn line(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    bytes
}

/// The value of `--verify-token-env`.
pub(crate) fn verify_token(name: &str) -> Result<Secret, Failure> {
    in_environment(name, "--verify-token-env")
}

fn in_environment(name: &str, option: &str) -> Result<Secret, Failure> {
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

fn secret(bytes: Vec<u8>) -> Result<Secret, Failure> {
    match bytes.len() {
        0 => Err(Failure::Usage("the secret is empty".to_owned())),
        1..=SECRET_MAX => Ok(Secret::new(bytes)),
        _ => Err(Failure::Usage(format!(
            "the secret is longer than {SECRET_MAX} bytes"
        ))),
    }
}
