//! How a login stands or ended.

use crate::{
    constant::{self, Constant},
    error::Answer,
};
use countermark::facade;
use pyo3::{exceptions::PyTypeError, prelude::*};

/// The kinds of `LoginOutcome`.
#[pyclass(
    module = "countermark",
    frozen,
    eq,
    eq_int,
    hash,
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    Pending = 1,
    Fetched = 2,
    Approved = 3,
    Denied = 4,
    Expired = 5,
    Suspended = 6,
    Canceled = 7,
    Invalid = 8,
    Released = 9,
}

impl From<facade::Outcome> for Outcome {
    fn from(outcome: facade::Outcome) -> Self {
        match outcome {
            facade::Outcome::Pending => Self::Pending,
            facade::Outcome::Fetched => Self::Fetched,
            facade::Outcome::Approved => Self::Approved,
            facade::Outcome::Denied => Self::Denied,
            facade::Outcome::Expired => Self::Expired,
            facade::Outcome::Suspended => Self::Suspended,
            facade::Outcome::Canceled => Self::Canceled,
            facade::Outcome::Invalid => Self::Invalid,
            facade::Outcome::Released => Self::Released,
        }
    }
}

#[pymethods]
impl Outcome {
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Constant<'py>> {
        constant::reduce(slf.as_any())
    }
}

/// How a login stands or ended. A denied login is an outcome, not an error.
///
/// It has no truth value: ask ``kind``, or call ``require_approved``.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct LoginOutcome(pub(crate) facade::LoginOutcome);

#[pymethods]
impl LoginOutcome {
    /// The kind.
    #[getter]
    fn kind(&self) -> Outcome {
        self.0.kind().into()
    }

    /// The stable name of the kind, such as ``approved``.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.kind().name()
    }

    /// The SecSign ID that approved, by the server's own statement; only of an approved login. Log in this one, never the one
    /// that was typed.
    #[getter]
    fn secsign_id(&self) -> Option<&str> {
        self.0.secsign_id()
    }

    /// Whether the user may still decide.
    #[getter]
    fn is_open(&self) -> bool {
        self.0.is_open()
    }

    /// The SecSign ID that approved; a `LoginError` if there is none.
    fn require_approved(&self) -> Answer<&str> {
        Ok(self.0.require_approved()?)
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("LoginOutcome"))
    }

    fn __repr__(&self) -> String {
        format!("<LoginOutcome {}>", self.0.kind().name())
    }
}
