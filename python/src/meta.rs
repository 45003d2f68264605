//! Versions and tables.

use crate::constant::{self, Constant};
use countermark::{
    ErrorCode,
    error::{self, PUBLIC_MESSAGE},
    facade,
};
use pyo3::prelude::*;

/// A row of the error table.
#[pyclass(module = "countermark", frozen, get_all)]
pub(crate) struct ErrorInfo {
    /// The stable number, the same in every language.
    number: u32,
    /// The stable name, such as ``SIGNATURE_MISMATCH``.
    name: &'static str,
    /// The group of the number, such as ``not_authentic``.
    error_class: &'static str,
    /// Whether the same call may succeed later without any change.
    retryable: bool,
    /// The HTTP status that a middleware should answer.
    http_status: u16,
    /// Whether ``message`` may be shown to a remote party.
    public: bool,
    /// What happened, for logs.
    message: &'static str,
    /// What to do about it, for the operator.
    hint: &'static str,
    /// What a remote party may read: the message, or one text for all.
    public_message: &'static str,
}

#[pymethods]
impl ErrorInfo {
    fn __repr__(&self) -> String {
        format!("<ErrorInfo {} {}>", self.number, self.name)
    }
}

impl From<&error::ErrorInfo> for ErrorInfo {
    fn from(row: &error::ErrorInfo) -> Self {
        Self {
            number: row.number,
            name: row.name,
            error_class: row.class.name(),
            retryable: row.retryable,
            http_status: row.http_status,
            public: row.public,
            message: row.message,
            hint: row.hint,
            public_message: if row.public {
                row.message
            } else {
                PUBLIC_MESSAGE
            },
        }
    }
}

/// Every error that any call can give, in order of number.
#[pyfunction]
pub(crate) fn list_errors() -> Vec<ErrorInfo> {
    facade::list_errors().iter().map(ErrorInfo::from).collect()
}

/// The error of this name; `None` if the table has none.
pub(crate) fn error_code(name: &str) -> Option<ErrorCode> {
    let row = facade::list_errors().iter().find(|row| row.name == name)?;
    ErrorCode::from_number(row.number)
}

/// The state of an AuthSession, with the numbers of the protocol.
#[pyclass(
    module = "countermark",
    frozen,
    eq,
    eq_int,
    hash,
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::enum_variant_names, reason = "the protocol's name")]
pub(crate) enum State {
    NoState = 0,
    Pending = 1,
    Expired = 2,
    Authenticated = 3,
    Denied = 4,
    Suspended = 5,
    Canceled = 6,
    Fetched = 7,
    Invalid = 8,
}

impl From<facade::State> for State {
    fn from(state: facade::State) -> Self {
        match state {
            facade::State::NoState => Self::NoState,
            facade::State::Pending => Self::Pending,
            facade::State::Expired => Self::Expired,
            facade::State::Authenticated => Self::Authenticated,
            facade::State::Denied => Self::Denied,
            facade::State::Suspended => Self::Suspended,
            facade::State::Canceled => Self::Canceled,
            facade::State::Fetched => Self::Fetched,
            facade::State::Invalid => Self::Invalid,
        }
    }
}

impl State {
    fn facade(self) -> facade::State {
        facade::State::from_number(self as u32).unwrap_or(facade::State::NoState)
    }
}

#[pymethods]
impl State {
    /// The number on the wire.
    #[getter]
    fn number(&self) -> u32 {
        self.facade().number()
    }

    /// The stable name, such as ``authenticated``.
    #[getter]
    fn name(&self) -> &'static str {
        self.facade().name()
    }

    /// Whether the state cannot change any more.
    #[getter]
    fn is_terminal(&self) -> bool {
        self.facade().is_terminal()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Constant<'py>> {
        constant::reduce(slf.as_any())
    }
}

/// Every state of an AuthSession, in order of number.
#[pyfunction]
pub(crate) fn list_states() -> Vec<State> {
    facade::list_states()
        .iter()
        .map(|state| State::from(*state))
        .collect()
}
