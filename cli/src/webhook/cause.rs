//! What an explanation says to a person. `explain` and `listen` say the same.

use crate::output::option_of;
use countermark::{
    ErrorCode,
    facade::{
        CauseKind, Certainty, Covered, Digest, SchemeInfo, WebhookCause, WebhookExplanation,
        list_schemes,
    },
    limits::WEBHOOK_BODY_MAX,
};

/// The name of a cause and what is known about it, on one line.
pub(super) fn title(cause: &WebhookCause) -> String {
    let mut title = cause.kind.info().name.to_owned();
    if !cause.subject.is_empty() {
        title = format!("{title}: {}", cause.subject.escape_debug());
    }
    if let Some(amount) = amount(cause) {
        title = format!("{title}, {amount}");
    }
    if !cause.fits.is_empty() {
        title = format!("{title} ({})", cause.fits.escape_debug());
    }
    title
}

/// A difference has a sign, a count has none.
fn amount(cause: &WebhookCause) -> Option<String> {
    let (count, amount) = (cause.amount.unsigned_abs(), cause.amount);
    Some(match (cause.kind, cause.kind.info().unit) {
        (_, "") => return None,
        // No more of it was read.
        (CauseKind::BodyTooLarge, unit) => format!("more than {WEBHOOK_BODY_MAX} {unit}"),
        (_, "characters") => format!("{count} characters missing"),
        (_, "copies") => format!("{count} copies"),
        (_, "offset") => format!("offset {count}"),
        (CauseKind::ClockSkew, unit) => match span(count) {
            Some(span) => format!("{amount:+} {unit} ({span})"),
            None => format!("{amount:+} {unit}"),
        },
        (_, unit) => format!("{amount:+} {unit}"),
    })
}

/// Some seconds in the two widest units that they fill, if they fill any.
fn span(seconds: u64) -> Option<String> {
    let units = [
        (seconds / 86_400, "day"),
        (seconds / 3_600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
    ];
    let first = units.iter().position(|(count, _)| *count > 0)?;
    let words: Vec<String> = units
        .iter()
        .skip(first)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    Some(words.join(" "))
}

/// What to do about a cause, with the option of this command that does it.
pub(super) fn remedy(cause: &WebhookCause) -> String {
    let remedy = cause.kind.info().remedy;
    match (cause.kind, option_of(&cause.subject)) {
        (CauseKind::ContextMissing, Some(option)) => format!("{remedy}: {option}"),
        (CauseKind::ClockSkew, _) => {
            format!("{remedy}; --any-time takes one that was saved")
        }
        _ => remedy.to_owned(),
    }
}

/// What is left to say where the causes do not settle it, line by line.
pub(super) fn closing(scheme: &str, explanation: &WebhookExplanation) -> Vec<String> {
    let Some(code) = explanation.error else {
        return Vec::new();
    };
    if !explanation.complete {
        return vec!["not every idea was tried: the request is too large".to_owned()];
    }
    let mut certainties = explanation.causes.iter().map(|cause| cause.certainty);
    let is_mismatch = code == ErrorCode::SignatureMismatch;
    let is_open = explanation.causes.is_empty()
        || (is_mismatch && certainties.all(|certainty| certainty != Certainty::Proved));
    if !is_open {
        return Vec::new();
    }
    let known = list_schemes().into_iter().find(|known| known.id == scheme);
    match known.filter(|_| is_mismatch) {
        Some(known) => suspicions(&known),
        None => vec!["no known mistake is proved".to_owned()],
    }
}

/// What nobody can prove, as far as the signature of the scheme depends on it.
fn suspicions(scheme: &SchemeInfo) -> Vec<String> {
    if scheme.digest == Digest::Token {
        let header = scheme.signature_headers.join(" or ");
        return vec![
            format!("no known mistake is proved: what {header} holds is not your secret,"),
            "compare it with the sender's console".to_owned(),
        ];
    }
    let covers = |parts: &[Covered]| scheme.covers.iter().any(|part| parts.contains(part));
    let key = match scheme.digest {
        Digest::Ed25519 | Digest::EcdsaP256 | Digest::RsaSha256 => "public key",
        _ => "secret",
    };
    let mut lines = vec![format!(
        "no known mistake is proved: the {key} may be that of another endpoint"
    )];
    if covers(&[Covered::Url, Covered::UrlWithoutQuery, Covered::Path]) {
        lines.push(
            "or the URL is not the one that the sender called: compare it with the sender's console"
                .to_owned(),
        );
    } else if covers(&[Covered::Query]) {
        lines.push("or the query was changed in a way that cannot be undone".to_owned());
    }
    if covers(&[
        Covered::Body,
        Covered::BodyChecksum,
        Covered::BodyFields,
        Covered::Form,
    ]) {
        lines.push("or the body was changed in a way that cannot be undone".to_owned());
    }
    let last = lines.len() - 1;
    lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| if at < last { line + "," } else { line })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{closing, span, title};
    use countermark::{
        ErrorCode,
        facade::{CauseKind, Certainty, WebhookCause, WebhookExplanation, list_schemes},
    };

    fn cause(kind: CauseKind, amount: i64) -> WebhookCause {
        WebhookCause {
            kind,
            certainty: Certainty::Possible,
            subject: String::new(),
            amount,
            fits: String::new(),
        }
    }

    #[test]
    fn differences_have_a_sign_and_counts_have_none() {
        for (kind, amount, wanted) in [
            (
                CauseKind::BodyNewlineAdded,
                1,
                "body_newline_added, +1 bytes",
            ),
            (CauseKind::BodyBomRemoved, -3, "body_bom_removed, -3 bytes"),
            (CauseKind::DuplicateHeader, 2, "duplicate_header, 2 copies"),
            (
                CauseKind::SignatureTruncated,
                8,
                "signature_truncated, 8 characters missing",
            ),
            (
                CauseKind::SignatureTruncated,
                -8,
                "signature_truncated, 8 characters missing",
            ),
            (
                CauseKind::BodyReplacementCharacter,
                7,
                "body_replacement_character, offset 7",
            ),
            (
                CauseKind::ClockSkew,
                -90,
                "clock_skew, -90 seconds (1 minute)",
            ),
            (CauseKind::ClockSkew, 40, "clock_skew, +40 seconds"),
            (CauseKind::UrlPort, 0, "url_port"),
        ] {
            assert_eq!(title(&cause(kind, amount)), wanted);
        }
    }

    #[test]
    fn spans_have_two_units() {
        for (seconds, wanted) in [
            (59, None),
            (60, Some("1 minute")),
            (3_600, Some("1 hour")),
            (7_500, Some("2 hours 5 minutes")),
            (86_400 + 60, Some("1 day")),
            (3 * 86_400 + 3_600, Some("3 days 1 hour")),
        ] {
            assert_eq!(span(seconds).as_deref(), wanted, "{seconds}");
        }
    }

    #[test]
    fn what_is_not_signed_is_not_suspected() {
        let refused = WebhookExplanation {
            error: Some(ErrorCode::SignatureMismatch),
            key_id: String::new(),
            causes: Vec::new(),
            complete: true,
            checks: Vec::new(),
            body_len: 0,
            body_sha256: String::new(),
        };
        for scheme in list_schemes() {
            let text = closing(&scheme.id, &refused).join("\n");
            let covers: Vec<_> = scheme.covers.iter().map(|part| part.name()).collect();
            let covers = |parts: &[&str]| parts.iter().any(|part| covers.contains(part));
            let signs_body = covers(&["body", "body_checksum", "body_fields", "form"]);
            let signs_url = covers(&["url", "url_without_query", "path"]);
            assert_eq!(text.contains("the body"), signs_body, "{text}");
            assert_eq!(text.contains("the URL"), signs_url, "{text}");
            assert!(text.lines().all(|line| line.len() <= 100), "{text}");
            assert!(!text.ends_with(','), "{text}");
        }
        let token = closing("gitlab-token", &refused).join(" ");
        assert!(
            token.contains("X-Gitlab-Token holds is not your secret"),
            "{token}"
        );
        let discord = closing("discord", &refused).join(" ");
        assert!(discord.contains("the public key may be"), "{discord}");
    }
}
