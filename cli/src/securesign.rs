//! `countermark securesign`: the two calls of SecureSign, to try a key, a tenant and an origin.

use crate::{
    output::{Failure, refuse, say, say_json},
    secrets::SecretArgs,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::{Subcommand, builder::PossibleValuesParser};
use countermark::{
    SecureSign,
    facade::{
        SecureSignClient, SecureSignConfig, SecureSignEnvironment, SecureSignHash,
        SecureSignPlatform, SecureSignRequest,
    },
};
use serde_json::json;
use std::process::ExitCode;

/// Ask SecureSign whether a key is good, or for a signing session
///
/// Exit codes: 0 confirmed, 1 refused or unreachable, 2 wrong usage.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    call: Call,
}

#[derive(Debug, Subcommand)]
enum Call {
    Validate(Validate),
    Session(Session),
}

/// Ask whether key, tenant and origin are good
#[derive(Debug, clap::Args)]
struct Validate {
    #[command(flatten)]
    service: Service,
    /// What the visitor's browser sends as Origin, such as https://shop.example
    #[arg(long, value_name = "ORIGIN")]
    origin: String,
    /// Where the signature is asked for
    #[arg(long, default_value = "web", value_parser = PossibleValuesParser::new(SecureSignPlatform::ALL.map(SecureSignPlatform::name)))]
    platform: String,
}

/// Open a signing session
#[derive(Debug, clap::Args)]
struct Session {
    #[command(flatten)]
    service: Service,
    /// The digest of the document, in base64
    #[arg(long, value_name = "BASE64", allow_hyphen_values = true)]
    hash: String,
    /// How the digest was made
    #[arg(long, default_value = "SHA256", value_parser = PossibleValuesParser::new(SecureSignHash::ALL.map(SecureSignHash::name)))]
    hash_algo: String,
    /// A fresh id of the request, of letters, digits and . _ -
    #[arg(long, value_name = "ID")]
    request_id: String,
    /// Where the product sends the visitor afterwards
    #[arg(long, value_name = "URL")]
    callback_url: String,
    /// A host that callbacks may go to
    #[arg(long = "callback-host", value_name = "HOST", required = true)]
    callback_hosts: Vec<String>,
}

/// The secret is the API key.
#[derive(Debug, clap::Args)]
struct Service {
    #[command(flatten)]
    secret: SecretArgs,
    /// The tenant that the key belongs to
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The key is one of the sandbox, ss_test_…; without, a live one
    #[arg(long)]
    test: bool,
    /// Another address of the API, such as http://127.0.0.1:8080/v1
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Service {
    fn api(&self, callback_hosts: &[String]) -> Result<SecureSign, Failure> {
        let config = SecureSignConfig {
            base_url: self.base_url.clone(),
            environment: if self.test {
                SecureSignEnvironment::Test
            } else {
                SecureSignEnvironment::Live
            },
            tenant_id: self.tenant.clone(),
            callback_hosts: callback_hosts.to_vec(),
            clock_skew_s: None,
        };
        let client = SecureSignClient::new(config, self.secret.read()?)?;
        Ok(SecureSign::new(client)?)
    }
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> Result<ExitCode, Failure> {
    match args.call {
        Call::Validate(args) => validate(&args).await,
        Call::Session(args) => session(&args).await,
    }
}

async fn validate(args: &Validate) -> Result<ExitCode, Failure> {
    let platform = SecureSignPlatform::from_name(&args.platform)
        .ok_or_else(|| Failure::Usage("there is no such platform".to_owned()))?;
    let api = args.service.api(&[])?;
    let validation = match api.validate(&args.origin, platform).await {
        Ok(validation) => validation,
        Err(error) => return refuse(&error, args.service.json),
    };
    if args.service.json {
        say_json(&json!({"tenant_id": validation.tenant_id, "rpm": validation.rpm}))?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("tenant: {}", validation.tenant_id))?;
    if let Some(rpm) = validation.rpm {
        say(format_args!("calls a minute: {rpm}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn session(args: &Session) -> Result<ExitCode, Failure> {
    let algorithm = SecureSignHash::from_name(&args.hash_algo)
        .ok_or_else(|| Failure::Usage("there is no such hash function".to_owned()))?;
    let hash = STANDARD
        .decode(&args.hash)
        .map_err(|_| Failure::Usage("--hash is not base64".to_owned()))?;
    let request = SecureSignRequest {
        request_id: args.request_id.clone(),
        hash,
        algorithm,
        callback_url: args.callback_url.clone(),
    };
    let api = args.service.api(&args.callback_hosts)?;
    let (session, pending) = match api.session(&request).await {
        Ok(opened) => opened,
        Err(error) => return refuse(&error, args.service.json),
    };
    if args.service.json {
        say_json(&json!({
            "session_id": session.session_id,
            "expires_at_ms": session.expires_at_ms,
            "deep_link": session.deep_link,
            "request_id": pending.request_id,
        }))?;
    } else {
        say(format_args!("session: {}", session.session_id))?;
        say(format_args!(
            "ends: {} (Unix milliseconds)",
            session.expires_at_ms
        ))?;
        say(format_args!("link: {}", session.deep_link))?;
    }
    Ok(ExitCode::SUCCESS)
}
