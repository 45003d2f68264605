//! How a login stands or ended.

use crate::error::{Error, ErrorCode, Result};
use alloc::string::String;

/// The kinds of [`LoginOutcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Outcome {
    /// Waiting for the user.
    Pending = 1,
    /// The phone has loaded the session; waiting for the user.
    Fetched = 2,
    /// Approved by the user whom the server states.
    Approved = 3,
    /// Refused by the user.
    Denied = 4,
    /// Not answered in time.
    Expired = 5,
    /// Ended by another login for the same ID.
    Suspended = 6,
    /// Withdrawn by the service.
    Canceled = 7,
    /// Not valid, or of no state.
    Invalid = 8,
    /// Released. Says nothing about the server's answer, which nobody may depend on.
    Released = 9,
}

impl Outcome {
    /// The stable name, such as `approved`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Fetched => "fetched",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
            Self::Canceled => "canceled",
            Self::Invalid => "invalid",
            Self::Released => "released",
        }
    }
}

/// How a login stands or ended. A denied login is an outcome, not an error.
///
/// There is no way to make one but a server's answer, and it converts to no `bool`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct LoginOutcome {
    kind: Outcome,
    secsign_id: Option<String>,
}

impl LoginOutcome {
    pub(crate) fn approved(secsign_id: String) -> Self {
        Self {
            kind: Outcome::Approved,
            secsign_id: Some(secsign_id),
        }
    }

    /// Any outcome but an approval, which needs an ID.
    pub(crate) fn other(kind: Outcome) -> Self {
        debug_assert!(kind != Outcome::Approved);
        Self {
            kind,
            secsign_id: None,
        }
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Outcome {
        self.kind
    }

    /// The SecSign ID that approved, by the server's own statement, normalised; only of an approved login. Log in this one,
    /// never the one that was typed.
    #[must_use]
    pub fn secsign_id(&self) -> Option<&str> {
        self.secsign_id.as_deref()
    }

    /// Whether the user may still decide.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.kind, Outcome::Pending | Outcome::Fetched)
    }

    /// The SecSign ID that approved, or the reason why there is none.
    ///
    /// # Errors
    /// `LOGIN_PENDING`, `LOGIN_DENIED`, `LOGIN_EXPIRED`, `LOGIN_SUSPENDED`, `LOGIN_CANCELED` or `LOGIN_INVALID`.
    pub fn require_approved(&self) -> Result<&str> {
        let code = match (self.kind, &self.secsign_id) {
            (Outcome::Approved, Some(secsign_id)) => return Ok(secsign_id),
            (Outcome::Pending | Outcome::Fetched, _) => ErrorCode::LoginPending,
            (Outcome::Denied, _) => ErrorCode::LoginDenied,
            (Outcome::Expired, _) => ErrorCode::LoginExpired,
            (Outcome::Suspended, _) => ErrorCode::LoginSuspended,
            (Outcome::Canceled, _) => ErrorCode::LoginCanceled,
            (Outcome::Approved | Outcome::Invalid | Outcome::Released, _) => {
                ErrorCode::LoginInvalid
            }
        };
        Err(Error::new(code))
    }
}
