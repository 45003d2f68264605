//! Where the time comes from: the call, the clock of the object, or the system.

use crate::number::{Seconds, Time, Whole};
use countermark::transport::system_now_ms;
use pyo3::{PyTraverseError, PyVisit, prelude::*};
use std::sync::Arc;

/// A callable that gives Unix seconds, as `time.time` does. Without one, the system's clock is read.
pub(crate) struct Clock(pub(crate) Option<Py<PyAny>>);

impl Clock {
    /// `now_ms` if the call says it, else the clock.
    pub(crate) fn now_ms(&self, py: Python<'_>, now_ms: Option<Time>) -> PyResult<i64> {
        match (now_ms, &self.0) {
            (Some(Whole(now_ms)), _) => Ok(now_ms),
            (None, None) => Ok(system_now_ms()),
            (None, Some(clock)) => milliseconds(clock.bind(py)),
        }
    }

    /// A reference of its own to the callable, for whoever goes by the same clock.
    pub(crate) fn another(&self, py: Python<'_>) -> Option<Arc<Py<PyAny>>> {
        self.0.as_ref().map(|clock| Arc::new(clock.clone_ref(py)))
    }

    /// A clock that holds the object which it serves must not keep both alive for ever.
    pub(crate) fn traverse(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.0)
    }
}

/// What a clock says, in Unix milliseconds.
pub(crate) fn milliseconds(clock: &Bound<'_, PyAny>) -> PyResult<i64> {
    let seconds: Seconds = clock.call0()?.extract()?;
    Ok(seconds.ms)
}
