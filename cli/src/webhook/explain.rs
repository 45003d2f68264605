//! `countermark webhook explain`

use super::{
    input::{self, ClockArgs, KeyArgs, RequestArgs, WindowArgs},
    raw::RawArgs,
};
use crate::output::{Failure, say, say_json};
use countermark::{
    ErrorCode,
    facade::{
        CauseKind, Certainty, CheckState, WebhookCause, WebhookExplainer, WebhookExplanation,
        detect_scheme,
    },
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
    /// Id of the scheme, as `countermark webhook schemes` lists it; without, the one that the request and the secret show
    #[arg(long, value_name = "ID", value_parser = input::scheme)]
    scheme: Option<String>,
    #[command(flatten)]
    key: KeyArgs,
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
    let (request, body) = args.raw.read(args.request, &args.key.secret)?;
    let [secret, for_detection] = args.key.secret.read_copies()?;
    let now_ms = args.clock.now_ms();
    let is_given = args.scheme.is_some();
    let scheme = match args.scheme {
        Some(scheme) => scheme,
        None => {
            let keys = [args.key.of(for_detection)?];
            let found = request.view(|request| detect_scheme(&keys, request, &body, now_ms));
            found.ok_or_else(|| {
                let told =
                    "no header or parameter is that of a scheme: name the scheme with --scheme";
                Failure::Usage(told.to_owned())
            })?
        }
    };
    let explainer = WebhookExplainer::new(args.key.config(&scheme, secret, &args.window)?)?;
    let explanation = request.view(|request| explainer.explain(request, &body, now_ms));
    if args.json {
        let mut json = to_json(&explanation);
        json["scheme"] = scheme.into();
        say_json(&json)?;
    } else {
        if !is_given {
            say(format_args!("scheme    {scheme}"))?;
        }
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
    let mut certainties = explanation.causes.iter().map(|cause| cause.certainty);
    let is_open = explanation.causes.is_empty()
        || (code == ErrorCode::SignatureMismatch
            && certainties.all(|certainty| certainty != Certainty::Proved));
    if !explanation.complete {
        say("\nnot every idea was tried: the request is too large")?;
    } else if is_open {
        say("\nno known mistake is proved: the secret may be that of another endpoint,")?;
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
