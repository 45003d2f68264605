//! `countermark webhook explain`

use super::{
    cause::{closing, remedy, title},
    input::{ClockArgs, KeysArgs, RequestArgs, WindowArgs},
    raw::RawArgs,
    scheme_id::SchemeId,
};
use crate::output::{Failure, say, say_json};
use countermark::facade::{
    CauseKind, CheckState, WebhookExplainer, WebhookExplanation, WebhookVerifier, detect_scheme,
};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Say why a webhook is refused
///
/// Known mistakes are undone one at a time, and the signature tells which one it was. What is printed holds no secret
/// and no part of the body.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the scheme, as `countermark webhook schemes` lists it; without, the one that the request and the secret show
    #[arg(long, value_name = "ID", value_parser = SchemeId, hide_possible_values = true)]
    scheme: Option<String>,
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
    let is_given = args.scheme.is_some();
    let scheme = match args.scheme {
        Some(scheme) => scheme,
        None => {
            let ring = keys.ring()?;
            let found = request.view(|request| detect_scheme(&ring, request, &body, now_ms));
            found.ok_or_else(|| {
                let told =
                    "no header or parameter is that of a scheme: name the scheme with --scheme";
                Failure::Usage(told.to_owned())
            })?
        }
    };
    let explainer = WebhookExplainer::new(keys.config(&scheme, &args.window)?)?;
    let explanation = request.view(|request| explainer.explain(request, &body, now_ms));
    let verifier = WebhookVerifier::new(keys.config(&scheme, &args.window)?);
    let unusable = keys.unusable(&verifier);
    if args.json {
        let mut json = to_json(&explanation);
        json["key_id"] = (explanation.error.is_none())
            .then_some(&*explanation.key_id)
            .into();
        json["scheme"] = scheme.into();
        json["unusable_keys"] = unusable.into();
        say_json(&json)?;
    } else {
        if !is_given {
            say(format_args!("scheme    {scheme}"))?;
        }
        show(&scheme, &explanation)?;
    }
    Ok(ExitCode::from(u8::from(explanation.error.is_some())))
}

fn show(scheme: &str, explanation: &WebhookExplanation) -> Result<(), Failure> {
    let Some(code) = explanation.error else {
        return say(format_args!(
            "verified  key {}",
            explanation.key_id.escape_debug()
        ));
    };
    say(format_args!(
        "refused   {}: {}",
        code.name(),
        code.info().message
    ))?;
    for state in [CheckState::Passed, CheckState::Failed] {
        let checks: Vec<_> = explanation
            .checks
            .iter()
            .filter(|check| check.state == state)
            .map(|check| check.step.name())
            .collect();
        if !checks.is_empty() {
            say(format_args!("{:<9} {}", state.name(), checks.join(", ")))?;
        }
    }
    if is_whole(explanation) {
        say(format_args!(
            "body      {} bytes, SHA-256 {}",
            explanation.body_len, explanation.body_sha256
        ))?;
    }
    for cause in &explanation.causes {
        say(format_args!(
            "\n{:<9} {}",
            cause.certainty.name(),
            title(cause)
        ))?;
        say(format_args!("          {}", cause.kind.info().happened))?;
        say(format_args!("       -> {}", remedy(cause)))?;
    }
    for (at, line) in closing(scheme, explanation).iter().enumerate() {
        let gap = if at == 0 { "\n" } else { "" };
        say(format_args!("{gap}{line}"))?;
    }
    Ok(())
}

/// Whether the body is known whole: of one that is too long no more was read.
fn is_whole(explanation: &WebhookExplanation) -> bool {
    let mut kinds = explanation.causes.iter().map(|cause| cause.kind);
    !kinds.any(|kind| kind == CauseKind::BodyTooLarge)
}

/// The explanation.
pub(super) fn to_json(explanation: &WebhookExplanation) -> Value {
    let is_whole = is_whole(explanation);
    let causes: Vec<Value> = explanation
        .causes
        .iter()
        .map(|cause| {
            let info = cause.kind.info();
            json!({
                "cause": info.name,
                "certainty": cause.certainty.name(),
                "subject": cause.subject,
                "fits": cause.fits,
                "amount": (cause.kind != CauseKind::BodyTooLarge).then_some(cause.amount),
                "unit": info.unit,
                "happened": info.happened,
                "remedy": info.remedy,
            })
        })
        .collect();
    let checks: Vec<Value> = explanation
        .checks
        .iter()
        .map(|check| json!({"check": check.step.name(), "state": check.state.name()}))
        .collect();
    json!({
        "verified": explanation.error.is_none(),
        "error": explanation.error.map(|code| code.name()),
        "causes": causes,
        "checks": checks,
        "complete": explanation.complete,
        "body_len": is_whole.then_some(explanation.body_len),
        "body_sha256": is_whole.then_some(&explanation.body_sha256),
    })
}
