//! The checks of the verifier in their order, for a checklist.

use crate::error::ErrorCode;
use alloc::vec::Vec;

/// A check of the verifier; they run in this order, but for what only a good signature makes worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckStep {
    /// At least one key can be used.
    Secret,
    /// The body is not too long, and what the scheme signs was passed.
    Context,
    /// Headers and parameters are there, once.
    Presence,
    /// They are well formed, the signature too.
    Form,
    /// The time is well formed.
    TimeForm,
    /// A key proves the signature.
    Signature,
    /// The time is near enough.
    TimeWindow,
}

impl CheckStep {
    const ALL: [Self; 7] = [
        Self::Secret,
        Self::Context,
        Self::Presence,
        Self::Form,
        Self::TimeForm,
        Self::Signature,
        Self::TimeWindow,
    ];

    /// The stable name, such as `signature`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Context => "context",
            Self::Presence => "presence",
            Self::Form => "form",
            Self::TimeForm => "time_form",
            Self::Signature => "signature",
            Self::TimeWindow => "time_window",
        }
    }

    /// The check that gives an error.
    fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidSecret | ErrorCode::Unsupported => Self::Secret,
            ErrorCode::TooLarge | ErrorCode::MissingContext => Self::Context,
            ErrorCode::MissingHeader | ErrorCode::MissingParameter | ErrorCode::AmbiguousInput => {
                Self::Presence
            }
            ErrorCode::MalformedTimestamp => Self::TimeForm,
            ErrorCode::SignatureMismatch
            | ErrorCode::CollisionDetected
            | ErrorCode::BodyHashMismatch => Self::Signature,
            ErrorCode::TimestampTooOld | ErrorCode::TimestampTooNew => Self::TimeWindow,
            _ => Self::Form,
        }
    }
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckState {
    /// It passed.
    Passed,
    /// It failed, and ended the verification.
    Failed,
    /// It was not reached.
    NotReached,
}

impl CheckState {
    /// The stable name, such as `not_reached`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotReached => "not_reached",
        }
    }
}

/// One line of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookCheck {
    /// The check.
    pub step: CheckStep,
    /// How it went.
    pub state: CheckState,
}

/// The checklist for a verdict. What a body holds that is worth reading only once its signature is good, such as a time in JSON, fails a
/// check whose place is before that of the signature: `is_signed` says that the signature passed all the same.
pub(crate) fn checklist(error: Option<ErrorCode>, is_signed: bool) -> Vec<WebhookCheck> {
    let failed = error.map(CheckStep::of);
    CheckStep::ALL
        .into_iter()
        .map(|step| WebhookCheck {
            step,
            state: match failed {
                Some(failed) if step == failed => CheckState::Failed,
                Some(failed) if step > failed && !(is_signed && step <= CheckStep::Signature) => {
                    CheckState::NotReached
                }
                _ => CheckState::Passed,
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use CheckState::{Failed, NotReached, Passed};

    fn states(error: ErrorCode, is_signed: bool) -> Vec<CheckState> {
        let list = checklist(Some(error), is_signed);
        list.into_iter().map(|check| check.state).collect()
    }

    #[test]
    fn what_is_judged_after_the_signature_does_not_hide_it() {
        for (error, is_signed, expected) in [
            (
                ErrorCode::MalformedTimestamp,
                false,
                [
                    Passed, Passed, Passed, Passed, Failed, NotReached, NotReached,
                ],
            ),
            (
                ErrorCode::MalformedTimestamp,
                true,
                [Passed, Passed, Passed, Passed, Failed, Passed, NotReached],
            ),
            (
                ErrorCode::AmbiguousInput,
                true,
                [Passed, Passed, Failed, Passed, Passed, Passed, NotReached],
            ),
            (
                ErrorCode::BodyHashMismatch,
                true,
                [Passed, Passed, Passed, Passed, Passed, Failed, NotReached],
            ),
            (
                ErrorCode::TimestampTooOld,
                true,
                [Passed, Passed, Passed, Passed, Passed, Passed, Failed],
            ),
        ] {
            assert_eq!(states(error, is_signed), expected, "{error:?} {is_signed}");
        }
    }
}
