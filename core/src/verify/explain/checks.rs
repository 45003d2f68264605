//! The checks of the verifier in their order, for a checklist.

use crate::error::ErrorCode;
use alloc::vec::Vec;

/// A check of the verifier; they run in this order.
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

/// Whether the signature was good, though the request is refused.
pub(crate) fn is_signature_good(refused: ErrorCode) -> bool {
    CheckStep::of(refused) > CheckStep::Signature
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

/// The checklist for a verdict.
pub(crate) fn checklist(error: Option<ErrorCode>) -> Vec<WebhookCheck> {
    let failed = error.map(CheckStep::of);
    CheckStep::ALL
        .into_iter()
        .map(|step| WebhookCheck {
            step,
            state: match failed {
                Some(failed) if step == failed => CheckState::Failed,
                Some(failed) if step > failed => CheckState::NotReached,
                _ => CheckState::Passed,
            },
        })
        .collect()
}
