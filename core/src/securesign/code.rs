//! The vendor's error codes and PIN status values, as closed lists: what is not on them permits nothing.

use crate::error::ErrorCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $text:literal $retry:ident $error:ident;)*) => {
        /// An error code of SecureSign (vendor pages `docs/api/authentication` and `docs/web`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SecureSignCode {
            $($(#[$doc])* $variant,)*
            /// A code that is not on the list.
            Unknown,
        }

        impl SecureSignCode {
            /// The code with exactly this name, or `Unknown`.
            #[must_use]
            pub fn from_text(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Unknown,
                }
            }

            /// The vendor's name, such as `SS_PIN_INVALID`; `UNKNOWN` for one that is not on the list.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown => "UNKNOWN",
                }
            }

            /// Whether and how to try again.
            #[must_use]
            pub fn retry(self) -> SecureSignRetry {
                match self {
                    $(Self::$variant => SecureSignRetry::$retry,)*
                    Self::Unknown => SecureSignRetry::No,
                }
            }

            pub(crate) fn error_code(self) -> ErrorCode {
                match self {
                    $(Self::$variant => ErrorCode::$error,)*
                    Self::Unknown => ErrorCode::ServerError,
                }
            }
        }
    };
}

codes! {
    /// Wrong PIN; tries remain.
    PinInvalid "SS_PIN_INVALID" SameSession NotSigned;
    /// Too many wrong PINs; the token wants its PUK.
    PinBlocked "SS_PIN_BLOCKED" No NotSigned;
    /// The API key is not valid, or revoked.
    ApiKeyInvalid "SS_API_KEY_INVALID" No ApiKeyInvalid;
    /// The origin is not on the tenant's list.
    DomainNotAllowed "SS_DOMAIN_NOT_ALLOWED" No DomainNotAllowed;
    /// The signing session is over.
    SessionExpired "SS_SESSION_EXPIRED" NewSession SessionExpired;
    /// The user closed the PIN entry.
    SignCancelled "SS_SIGN_CANCELLED" SameSession NotSigned;
    /// No token is plugged in.
    TokenNotFound "SS_TOKEN_NOT_FOUND" No NotSigned;
    /// The app is not installed.
    AppNotInstalled "SS_APP_NOT_INSTALLED" No NotSigned;
    /// The desktop software is not running.
    DesktopSoftwareNotRunning "SS_DESKTOP_SOFTWARE_NOT_RUNNING" No NotSigned;
}

/// Whether a failed signature may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecureSignRetry {
    /// Not without a change elsewhere.
    No,
    /// The user may try again in this session.
    SameSession,
    /// In a new session.
    NewSession,
}

impl SecureSignRetry {
    /// The stable name, such as `new_session`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::SameSession => "same_session",
            Self::NewSession => "new_session",
        }
    }
}

/// What the product says about the PIN of a token. The PIN itself never leaves the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PinStatus {
    /// `ACTIVE`: accepted.
    Active,
    /// `INVALID`: wrong, tries remain.
    Invalid,
    /// `BLOCKED`: the token wants its PUK.
    Blocked,
    /// `SESSION_ACTIVE`: accepted before, the session still holds.
    SessionActive,
    /// Anything else; denies.
    Unknown,
}

impl PinStatus {
    /// The status with exactly this name: `active` and `ACTIVE ` are unknown.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        match text {
            "ACTIVE" => Self::Active,
            "INVALID" => Self::Invalid,
            "BLOCKED" => Self::Blocked,
            "SESSION_ACTIVE" => Self::SessionActive,
            _ => Self::Unknown,
        }
    }

    /// The vendor's name, or `UNKNOWN`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Invalid => "INVALID",
            Self::Blocked => "BLOCKED",
            Self::SessionActive => "SESSION_ACTIVE",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Whether signing is allowed.
    #[must_use]
    pub fn permits_signing(self) -> bool {
        matches!(self, Self::Active | Self::SessionActive)
    }
}
