//! `countermark webhook explain`

use super::{
    input::{ClockArgs, RequestArgs, SchemeArgs, WindowArgs},
    raw::RawArgs,
};
use crate::output::{Failure, say, say_json};
use countermark::{
    facade::{CauseKind, CheckState, WebhookCause, WebhookExplainer, WebhookExplanation},
    limits::WEBHOOK_BODY_MAX,
};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Say why a webhook is refused
///
/// Known mistakes are undone one at a time, and the signature tells which one it was. What is printed holds no secret
/// and no part of the body.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    scheme: SchemeArgs,
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
    let (request, body) = args.raw.read(args.request, &args.scheme.secret)?;
    let config = args
        .scheme
        .config(args.scheme.secret.read()?, &args.window)?;
    let explainer = WebhookExplainer::new(config)?;
    let now_ms = args.clock.now_ms();
    let explanation = request.view(|request| explainer.explain(request, &body, now_ms));
    if args.json {
        say_json(&to_json(&explanation))?;
    } else {
        show(&explanation)?;
    }
    Ok(ExitCode::from(u8::from(explanation.error.is_some())))
}

fn show(explanation: &WebhookExplanation) -> Result<(), Failure> {
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
        say(format_args!("       -> {}", cause.kind.info().remedy))?;
    }
    if !explanation.complete {
        say("\nnot every idea was tried: the request is too large")?;
    } else if explanation.causes.is_empty() {
        say("\nno known mistake fits: the secret may be that of another endpoint,")?;
        say("or the body was changed in a way that cannot be undone")?;
    }
    Ok(())
}

/// Whether the body is known whole: of one that is too long no more was read.
fn is_whole(explanation: &WebhookExplanation) -> bool {
    let mut kinds = explanation.causes.iter().map(|cause| cause.kind);
    !kinds.any(|kind| kind == CauseKind::BodyTooLarge)
}

/// The name of a cause and what is known about it, on one line.
pub(super) fn title(cause: &WebhookCause) -> String {
    let info = cause.kind.info();
    let mut title = info.name.to_owned();
    if !cause.subject.is_empty() {
        title = format!("{title}: {}", cause.subject.escape_debug());
    }
    if cause.kind == CauseKind::BodyTooLarge {
        // No more of it was read.
        title = format!("{title}, more than {WEBHOOK_BODY_MAX} {}", info.unit);
    } else if !info.unit.is_empty() {
        title = format!("{title}, {:+} {}", cause.amount, info.unit);
    }
    if !cause.fits.is_empty() {
        title = format!("{title} ({})", cause.fits.escape_debug());
    }
    title
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
