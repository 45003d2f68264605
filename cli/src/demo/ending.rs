//! How a login ended without a session, in words for the visitor.

use countermark::facade::Outcome;

/// The endings that are not an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Denied,
    Expired,
    Suspended,
    Canceled,
    /// The session is not valid, or the ID server's answer was refused.
    Failed,
}

impl Ending {
    /// The ending for an outcome that is neither open nor an approval; those of no other kind have failed.
    pub(super) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Denied => Self::Denied,
            Outcome::Expired => Self::Expired,
            Outcome::Suspended => Self::Suspended,
            Outcome::Canceled => Self::Canceled,
            _ => Self::Failed,
        }
    }

    /// The word that the event stream uses.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Denied => "Login denied",
            Self::Expired => "Time is up",
            Self::Suspended => "Login stopped",
            Self::Canceled => "Login canceled",
            Self::Failed => "Login failed",
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Denied => {
                "The request was refused on the phone, or another symbol was chosen. Nobody was signed in."
            }
            Self::Expired => "The phone did not answer within two minutes. Nobody was signed in.",
            Self::Suspended => {
                "Another login for the same SecSign ID was started at the same time, so both were stopped. If it was not you, \
                 somebody knows your ID; they could not get in. Wait a moment before you try again."
            }
            Self::Canceled => "The request is withdrawn from the phone. Nobody was signed in.",
            Self::Failed => "The login could not be completed. Nobody was signed in.",
        }
    }
}
