//! What must happen only once.

use crate::{
    clock::Clock,
    error::Answer,
    number::{Span, Time, setting, whole},
};
use countermark::facade::{self, ReplayMemory};
use pyo3::{PyTraverseError, PyVisit, prelude::*};

/// A bounded memory of keys that may be used once, for one process. Several processes need a shared store.
///
/// ``reserve`` before the work; then ``commit``, or ``release`` if the work failed and may be tried again.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct MemoryReplayStore {
    memory: ReplayMemory,
    clock: Clock,
}

#[pymethods]
impl MemoryReplayStore {
    #[new]
    #[pyo3(signature = (*, capacity=None, clock=None))]
    fn new(capacity: Option<Span>, clock: Option<Py<PyAny>>) -> Answer<Self> {
        Ok(Self {
            memory: ReplayMemory::new(setting(capacity, "capacity")?)?,
            clock: Clock(clock),
        })
    }

    /// Takes a key until ``until_ms`` (inclusive; Unix milliseconds), if nobody holds it; ``REPLAYED`` otherwise.
    #[pyo3(signature = (key, until_ms, *, now_ms=None))]
    fn reserve(
        &self,
        py: Python<'_>,
        key: &str,
        until_ms: Time,
        now_ms: Option<Time>,
    ) -> Answer<()> {
        let now_ms = self.clock.now_ms(py, now_ms)?;
        Ok(self.memory.reserve(key, until_ms.0, now_ms)?)
    }

    /// Keeps a key to the end of its time. ``False`` when the key is not held.
    fn commit(&self, key: &str) -> Answer<bool> {
        Ok(self.memory.commit(key)?)
    }

    /// Whether the work of a key is done: a webhook that comes again is then answered with a success.
    fn is_committed(&self, key: &str) -> Answer<bool> {
        Ok(self.memory.is_committed(key)?)
    }

    /// Frees a key that is taken and not committed. ``False`` when there is none.
    fn release(&self, key: &str) -> Answer<bool> {
        Ok(self.memory.release(key)?)
    }

    /// How many keys are held, for monitoring. Not its length, for a store that is empty is no less a store.
    #[getter]
    fn size(&self) -> u32 {
        self.memory.size()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.clock.traverse(visit)
    }

    fn __repr__(&self) -> &'static str {
        "<MemoryReplayStore>"
    }
}

/// Until when to keep the replay key of a webhook, in Unix milliseconds: the later of its ``replay_until_ms`` and ``keep_s`` seconds from
/// now. ``INVALID_CONFIG`` when nothing says how long a copy could come.
#[pyfunction]
#[pyo3(signature = (replay_until_ms, keep_s, now_ms))]
pub(crate) fn webhook_keep_until_ms(
    replay_until_ms: Option<Time>,
    keep_s: Option<Span>,
    now_ms: Time,
) -> Answer<i64> {
    Ok(facade::webhook_keep_until_ms(
        whole(replay_until_ms),
        setting(keep_s, "keep_s")?,
        now_ms.0,
    )?)
}
