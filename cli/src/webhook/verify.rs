//! `countermark webhook verify`

use super::{
    input::{ClockArgs, KeysArgs, RequestArgs, WindowArgs},
    raw::RawArgs,
    scheme_id::SchemeId,
};
use crate::output::{Failure, say, say_json};
use countermark::{
    Class,
    facade::{VerifiedWebhook, WebhookVerifier},
};
use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// Tell whether a webhook is genuine and fresh
///
/// Nothing is remembered, so whether it came before cannot be told.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the scheme, as `countermark webhook schemes` lists it
    #[arg(long, value_name = "ID", value_parser = SchemeId, hide_possible_values = true)]
    scheme: String,
    #[command(flatten)]
    keys: KeysArgs,
    #[command(flatten)]
    window: WindowArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    clock: ClockArgs,
    #[command(flatten)]
    raw: RawArgs,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args) -> Result<ExitCode, Failure> {
    let stdin_is_secret = args.keys.secrets.uses_stdin();
    let (request, body) = args.raw.read(args.request, stdin_is_secret)?;
    let keys = args.keys.read()?;
    let now_ms = args.clock.now_ms();
    let verifier = WebhookVerifier::new(keys.config(&args.scheme, &args.window)?);
    let unusable = keys.unusable(&verifier);
    let verdict = verifier
        .and_then(|verifier| request.view(|request| verifier.verify(request, body, now_ms)));
    match verdict {
        Ok(verified) => {
            if args.json {
                let mut json = to_json(&verified);
                json["unusable_keys"] = unusable.into();
                say_json(&json)?;
            } else {
                show(&verified, now_ms)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            if args.json {
                say_json(&json!({
                    "verified": false,
                    "error": error.code().name(),
                    "unusable_keys": unusable,
                }))?;
            }
            // A mistake of the caller is told to whoever made it as well.
            if args.json && error.code().info().class != Class::Caller {
                return Ok(ExitCode::FAILURE);
            }
            Err(error.into())
        }
    }
}

fn show(verified: &VerifiedWebhook<Vec<u8>>, now_ms: i64) -> Result<(), Failure> {
    say(format_args!("verified  {}", verified.scheme()))?;
    say(format_args!(
        "key       {}",
        verified.key_id().escape_debug()
    ))?;
    if let Some(id) = verified.message_id() {
        say(format_args!("id        {}", id.escape_debug()))?;
    }
    if let Some(time) = verified.timestamp_ms() {
        say(format_args!("signed    {}", age(time, now_ms)))?;
    }
    say(format_args!("covers    {}", covers(verified)))?;
    if let Some(key) = verified.replay_key() {
        say(format_args!("replay    {key}"))?;
    }
    if !verified.unsigned_body().is_empty() {
        say("warning   the signature does not cover the body")?;
    }
    Ok(())
}

/// How long ago a time is.
pub(super) fn age(time_ms: i64, now_ms: i64) -> String {
    match now_ms.saturating_sub(time_ms) / 1000 {
        0 => "just now".to_owned(),
        seconds if seconds > 0 => format!("{seconds} s ago"),
        seconds => format!("{} s ahead of the clock", seconds.unsigned_abs()),
    }
}

fn covers<B>(verified: &VerifiedWebhook<B>) -> String {
    let covers = verified.covers();
    if covers.is_empty() {
        return "nothing: the sender only proves that it knows the token".to_owned();
    }
    let names: Vec<_> = covers.iter().map(|part| part.name()).collect();
    names.join(", ")
}

/// The verified value, without the body.
pub(super) fn to_json<B>(verified: &VerifiedWebhook<B>) -> Value {
    let mut out = Map::new();
    out.insert("verified".into(), true.into());
    out.insert("scheme".into(), verified.scheme().into());
    out.insert("key_id".into(), verified.key_id().into());
    out.insert("message_id".into(), verified.message_id().into());
    out.insert("timestamp_ms".into(), verified.timestamp_ms().into());
    let covers: Vec<_> = verified.covers().iter().map(|part| part.name()).collect();
    out.insert("covers".into(), covers.into());
    out.insert("replay_key".into(), verified.replay_key().into());
    Value::Object(out)
}
