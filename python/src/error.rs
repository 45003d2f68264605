//! From the error table to Python's exceptions.

use countermark::Error;
use pyo3::{prelude::*, sync::PyOnceLock};

/// Why a call gives no value: the library refused, or Python did.
pub(crate) enum Refusal {
    Library(Error),
    Python(PyErr),
}

pub(crate) type Answer<T> = Result<T, Refusal>;

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<PyErr> for Refusal {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<Refusal> for PyErr {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Library(error) => Python::attach(|py| exception(py, &error)),
            Refusal::Python(error) => error,
        }
    }
}

/// The exception for an error. The classes are Python's own, so that users can read and subclass them.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let report = error.server_report();
    let arguments = (
        error.code().name(),
        error.detail(),
        report.map(|report| report.error.as_str()),
        report.and_then(|report| report.code.as_deref()),
        report.and_then(|report| report.message.as_deref()),
    );
    CLASS
        .import(py, "countermark.errors", "CountermarkError")
        .and_then(|class| class.call1(arguments))
        .map_or_else(|failure| failure, PyErr::from_value)
}
