//! What the webhook commands have in common: scheme and key, request, body, clock.

use crate::{
    output::{Failure, ask_for, note},
    secrets::SecretsArgs,
};
use countermark::{
    Error, ErrorCode, Secret,
    facade::{
        KeyEncoding, WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookVerifier,
    },
    limits::WEBHOOK_BODY_MAX,
    transport::system_now_ms,
};
use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// How the secrets are written.
#[derive(Debug, clap::Args)]
pub(super) struct EncodingArgs {
    /// How the secret is written, such as utf8, base64, hex or whsec; without, as the scheme has it
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
}

impl EncodingArgs {
    /// The key of that name.
    pub(super) fn key(&self, id: &str, secret: Secret) -> Result<WebhookKey, Failure> {
        let mut key = WebhookKey::new(id, "");
        key.secret = secret;
        if let Some(name) = &self.encoding {
            let encoding = KeyEncoding::from_name(name)
                .ok_or_else(|| {
                Failure::Usage(format!(
                    "there is no key encoding {name}; utf8, base64, base64url, hex and whsec are the usual ones"
                ))
            })?;
            key.encoding = Some(encoding);
        }
        Ok(key)
    }
}

/// The keys of a verifier.
#[derive(Debug, clap::Args)]
pub(super) struct KeysArgs {
    #[command(flatten)]
    pub(super) secrets: SecretsArgs,
    #[command(flatten)]
    encoding: EncodingArgs,
    /// Your name for the key; without, default, and of several keys each has that of its variable or file
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
}

impl KeysArgs {
    /// Reads the secrets.
    pub(super) fn read(&self) -> Result<Keys<'_>, Failure> {
        let mut secrets = self.secrets.read()?;
        match (secrets.as_mut_slice(), &self.key_id) {
            ([(name, _)], None) => "default".clone_into(name),
            ([(name, _)], Some(id)) => name.clone_from(id),
            (_, None) => {}
            (_, Some(_)) => {
                return Err(Failure::Usage(
                    "--key-id names one key, not several".to_owned(),
                ));
            }
        }
        Ok(Keys {
            encoding: &self.encoding,
            secrets,
        })
    }
}

/// Secrets that were read; standard input can be read only once.
pub(super) struct Keys<'a> {
    encoding: &'a EncodingArgs,
    secrets: Vec<(String, Secret)>,
}

impl Keys<'_> {
    /// The keys, as often as somebody needs them.
    pub(super) fn ring(&self) -> Result<Vec<WebhookKey>, Failure> {
        let key =
            |(id, secret): &(String, Secret)| self.encoding.key(id, Secret::from(secret.expose()));
        self.secrets.iter().map(key).collect()
    }

    /// The first secret.
    pub(super) fn first(&self) -> Option<Secret> {
        let (_, secret) = self.secrets.first()?;
        Some(Secret::from(secret.expose()))
    }

    /// The ids of the keys that cannot be used. Tells of those beside which another is good: nothing else would show that they are left out.
    pub(super) fn unusable(&self, verifier: &Result<WebhookVerifier, Error>) -> Vec<String> {
        match verifier {
            Ok(verifier) => {
                let unusable = verifier.unusable_keys();
                for id in &unusable {
                    note(format_args!(
                        "warning: the key {} cannot be used with this scheme and is left out",
                        id.escape_debug()
                    ));
                }
                unusable
            }
            // None was good, or there would be a verifier.
            Err(error)
                if matches!(
                    error.code(),
                    ErrorCode::InvalidSecret | ErrorCode::Unsupported
                ) =>
            {
                self.secrets.iter().map(|(id, _)| id.clone()).collect()
            }
            Err(_) => Vec::new(),
        }
    }

    /// The configuration of a verifier.
    pub(super) fn config(
        &self,
        scheme: &str,
        window: &WindowArgs,
    ) -> Result<WebhookConfig, Failure> {
        let mut config = WebhookConfig::new(scheme, self.ring()?);
        config.max_age_s = window.max_age_s;
        config.max_future_s = window.max_future_s;
        config.check_time = !window.any_time;
        Ok(config)
    }
}

/// How old a webhook may be.
#[derive(Debug, clap::Args)]
pub(super) struct WindowArgs {
    /// Oldest accepted webhook; without, as the scheme has it
    #[arg(long, value_name = "SECONDS")]
    max_age_s: Option<u32>,
    /// How far the signed time may lie ahead; without, as the scheme has it
    #[arg(long, value_name = "SECONDS")]
    max_future_s: Option<u32>,
    /// Do not check the time, for a webhook that was saved
    #[arg(long)]
    any_time: bool,
}

/// The request without its body.
#[derive(Debug, clap::Args)]
pub(super) struct RequestArgs {
    /// A header as it arrived; may be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(super) headers: Vec<HeldHeader>,
    /// The method
    #[arg(long, value_name = "METHOD")]
    pub(super) method: Option<String>,
    /// The URL as the sender called it
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<String>,
    /// The query as it arrived, without a question mark; without, that of the URL
    #[arg(long, value_name = "QUERY")]
    pub(super) query: Option<String>,
}

/// A header of the command line or of a file.
#[derive(Debug, Clone)]
pub(super) struct HeldHeader {
    pub(super) name: String,
    pub(super) value: Vec<u8>,
}

impl RequestArgs {
    /// Calls `use_request` with a view of the request.
    pub(super) fn view<R>(&self, use_request: impl FnOnce(&WebhookRequest<'_>) -> R) -> R {
        let headers: Vec<WebhookHeader<'_>> = self
            .headers
            .iter()
            .map(|held| WebhookHeader {
                name: &held.name,
                value: &held.value,
            })
            .collect();
        use_request(&WebhookRequest {
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            query: self.query.as_deref(),
            headers: &headers,
        })
    }
}

/// The clock.
#[derive(Debug, clap::Args)]
pub(super) struct ClockArgs {
    /// Time to use instead of the clock, in Unix milliseconds
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    now_ms: Option<i64>,
}

impl ClockArgs {
    pub(super) fn now_ms(&self) -> i64 {
        self.now_ms.unwrap_or_else(system_now_ms)
    }
}

/// The body.
#[derive(Debug, clap::Args)]
pub(super) struct BodyArgs {
    /// File with the body, byte for byte; without, or as -, from standard input
    #[arg(value_name = "BODY")]
    body: Option<PathBuf>,
}

impl BodyArgs {
    /// Reads the body, unless standard input already gives the secret.
    pub(super) fn read(&self, stdin_is_secret: bool) -> Result<Vec<u8>, Failure> {
        let path = self.body.as_deref().unwrap_or(Path::new("-"));
        read(path, "body", WEBHOOK_BODY_MAX as usize, stdin_is_secret)
    }
}

/// Reads a file, or as - standard input, unless that gives the secret. One byte more than the limit says that there was more.
pub(super) fn read(
    path: &Path,
    what: &str,
    max: usize,
    stdin_is_secret: bool,
) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let unreadable = |error| Failure::Usage(format!("cannot read {name}: {error}"));
    let source: Box<dyn io::Read> = if path != Path::new("-") {
        Box::new(File::open(path).map_err(unreadable)?)
    } else if stdin_is_secret {
        return Err(Failure::Usage(format!(
            "the secret comes from standard input: give the {what} as a file"
        )));
    } else {
        ask_for(what);
        Box::new(io::stdin().lock())
    };
    let mut bytes = Vec::new();
    source
        .take(max as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

fn header(text: &str) -> Result<HeldHeader, String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok(HeldHeader {
            name: name.trim().to_owned(),
            value: value.trim().as_bytes().to_vec(),
        }),
        _ => Err("a header is written NAME: VALUE".to_owned()),
    }
}
