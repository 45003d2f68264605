//! One error type for everything; its reasons are the rows of one table, [`ERRORS`].

mod table;

pub use table::{ERRORS, ErrorCode, ErrorInfo, PUBLIC_MESSAGE};

use alloc::{borrow::Cow, boxed::Box, string::String};
use core::fmt;

/// The group of an error: the thousands of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// `1xxx`: a mistake of the calling program or its configuration.
    Caller,
    /// `2xxx`: what arrived is not authentic, or not readable as what it should be.
    NotAuthentic,
    /// `3xxx`: authentic, but not acceptable now.
    NotAcceptable,
    /// `4xxx`: a login ended otherwise than by approval.
    LoginEnded,
    /// `5xxx`: the server answered with an error or nonsense.
    Server,
    /// `6xxx`: the server was not reached.
    Transport,
    /// `9xxx`: a fault inside the library.
    Internal,
}

impl Class {
    /// The stable name, such as `not_authentic`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::NotAuthentic => "not_authentic",
            Self::NotAcceptable => "not_acceptable",
            Self::LoginEnded => "login_ended",
            Self::Server => "server",
            Self::Transport => "transport",
            Self::Internal => "internal",
        }
    }
}

/// `Result` with [`Error`].
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why something was refused. Holds no secret, no session handle and no signed URL, so it may be logged.
#[derive(Clone)]
pub struct Error {
    code: ErrorCode,
    about: About,
}

/// Two words, so that a result is handed from call to call in few.
#[derive(Clone)]
enum About {
    Fixed(&'static str),
    Made(Box<Made>),
}

#[derive(Clone)]
struct Made {
    detail: Cow<'static, str>,
    server: Option<ServerReport>,
}

/// What a server stated about its error, as it stated it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerReport {
    /// The server's own error value; text, since servers send other things than numbers too.
    pub error: String,
    /// The server's finer error code, if it sent one.
    pub code: Option<String>,
    /// The server's message, if it sent one. Not trustworthy: escape it before showing it.
    pub message: Option<String>,
}

impl Error {
    /// An error without further detail.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            about: About::Fixed(""),
        }
    }

    /// An error that names what it is about, such as a field or a header. Never pass a secret or a received value.
    #[must_use]
    pub fn with_detail(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        let about = match detail.into() {
            Cow::Borrowed(detail) => About::Fixed(detail),
            detail @ Cow::Owned(_) => About::Made(Box::new(Made {
                detail,
                server: None,
            })),
        };
        Self { code, about }
    }

    /// Attaches what a server stated.
    #[must_use]
    pub(crate) fn with_server_report(self, report: ServerReport) -> Self {
        let detail = match self.about {
            About::Fixed(detail) => Cow::Borrowed(detail),
            About::Made(made) => made.detail,
        };
        let server = Some(report);
        Self {
            code: self.code,
            about: About::Made(Box::new(Made { detail, server })),
        }
    }

    /// The reason.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What the reason is about, such as a field or a header name; may be empty.
    #[must_use]
    pub fn detail(&self) -> &str {
        match &self.about {
            About::Fixed(detail) => detail,
            About::Made(made) => &made.detail,
        }
    }

    /// What the server stated, for errors that a server reported.
    #[must_use]
    pub fn server_report(&self) -> Option<&ServerReport> {
        match &self.about {
            About::Fixed(_) => None,
            About::Made(made) => made.server.as_ref(),
        }
    }

    /// Whether the same call may succeed later without any change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.code.info().retryable
    }

    /// The text that a remote party may see.
    #[must_use]
    pub fn public_message(&self) -> &'static str {
        let info = self.code.info();
        if info.public {
            info.message
        } else {
            PUBLIC_MESSAGE
        }
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
            && self.detail() == other.detail()
            && self.server_report() == other.server_report()
    }
}

impl Eq for Error {}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.code)
            .field("detail", &self.detail())
            .field("server", &self.server_report())
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.info().message)?;
        if !self.detail().is_empty() {
            f.write_str(": ")?;
            f.write_str(self.detail())?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_names_are_unique() {
        for pair in ERRORS.windows(2) {
            assert!(
                pair[0].number < pair[1].number,
                "{} before {}",
                pair[0].name,
                pair[1].name
            );
        }
        let mut names: alloc::vec::Vec<_> = ERRORS.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ERRORS.len());
    }

    #[test]
    fn class_is_the_thousand() {
        for row in ERRORS {
            let class = match row.number / 1000 {
                1 => Class::Caller,
                2 => Class::NotAuthentic,
                3 => Class::NotAcceptable,
                4 => Class::LoginEnded,
                5 => Class::Server,
                6 => Class::Transport,
                _ => Class::Internal,
            };
            assert_eq!(class, row.class, "{}", row.name);
            assert_eq!(
                ErrorCode::from_number(row.number).map(|c| c.info()),
                Some(row)
            );
        }
    }

    #[test]
    fn one_public_text_for_everything_not_authentic() {
        for row in ERRORS
            .iter()
            .filter(|r| matches!(r.class, Class::NotAuthentic | Class::NotAcceptable))
        {
            assert!(!row.public, "{}", row.name);
        }
    }
}
