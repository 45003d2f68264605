//! What must happen only once: the memory of used keys.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::REPLAY_MEMORY_MAX,
    replay::Memory,
};

#[cfg(not(feature = "std"))]
use core::cell::RefCell;
#[cfg(feature = "std")]
use std::sync::Mutex;

/// A bounded memory of keys that may be used once, for one process.
///
/// Three things go through this one contract: the replay key of a verified query or webhook, the single use of an
/// approved login, and the guard against two open logins for one SecSign ID. Several servers need a shared store with
/// the same four operations, the first of them atomic.
///
/// | step | meaning |
/// |---|---|
/// | [`reserve`](Self::reserve) | take the key, before the work. Exactly one caller succeeds, however many try at once |
/// | [`commit`](Self::commit) | the work is done: the key stays taken to the end of its time, and cannot be released |
/// | [`is_committed`](Self::is_committed) | when `reserve` was refused: whether that work is done |
/// | [`release`](Self::release) | the work failed and may be tried again: the key is free at once |
///
/// *At most once.* A handler that dies between `reserve` and the other two leaves the key taken until its time is
/// over. The same message is then refused, since nobody can tell how much of the work was done; the sender must send
/// it anew with a new signature. Only the caller whose `reserve` succeeded may call `commit` or `release`: a caller
/// that was refused and releases all the same would open the door for the next replay.
///
/// A full memory refuses every new key with `STORE_UNAVAILABLE`: forgetting one early would let a replay pass. With
/// feature `std` the object may be shared between threads; without it, it belongs to one.
///
/// ```
/// # use countermark::{ErrorCode, facade::ReplayMemory};
/// let memory = ReplayMemory::new(None)?;
/// memory.reserve("key", 1_700_000_240_000, 1_700_000_000_000)?;
/// let again = memory.reserve("key", 1_700_000_240_000, 1_700_000_000_001).unwrap_err();
/// assert_eq!(again.code(), ErrorCode::Replayed);
/// # Ok::<(), countermark::Error>(())
/// ```
#[derive(Debug)]
pub struct ReplayMemory {
    #[cfg(feature = "std")]
    memory: Mutex<Memory>,
    #[cfg(not(feature = "std"))]
    memory: RefCell<Memory>,
}

impl ReplayMemory {
    /// A memory for `capacity` keys, or for the default of 100,000: at most about 15 MB.
    ///
    /// # Errors
    /// `INVALID_CONFIG` for a capacity of zero.
    pub fn new(capacity: Option<u32>) -> Result<Self> {
        let capacity = capacity.unwrap_or(REPLAY_MEMORY_MAX);
        if capacity == 0 {
            return Err(Error::with_detail(
                ErrorCode::InvalidConfig,
                "a memory of used keys without room",
            ));
        }
        Ok(Self {
            memory: Memory::new(capacity as usize).into(),
        })
    }

    /// Takes a key until `until_ms` (inclusive; Unix milliseconds), if nobody holds it.
    ///
    /// # Errors
    /// `REPLAYED` when the key is taken; `TIMESTAMP_TOO_OLD` when `until_ms` is past, or when the clock was set back
    /// to a time whose keys are forgotten; `STORE_UNAVAILABLE` when the memory is full; `INVALID_INPUT` for an empty
    /// key.
    pub fn reserve(&self, key: &str, until_ms: i64, now_ms: i64) -> Result<()> {
        self.with(|memory| memory.reserve(key, until_ms, now_ms))
    }

    /// Keeps a key to the end of its time. `false` when the key is not held: never taken, released, or out of time.
    ///
    /// # Errors
    /// `INVALID_INPUT` for an empty key; `STORE_UNAVAILABLE` when the memory is out of reach.
    pub fn commit(&self, key: &str) -> Result<bool> {
        self.with(|memory| memory.commit(key))
    }

    /// Whether the work of a key is done. A webhook that comes again meanwhile may fail yet, and must come once more; one whose work is done is
    /// answered as the first was ([`webhook_success`](super::webhook_success)), or its sender would try on and in the end give up the endpoint.
    ///
    /// # Errors
    /// `INVALID_INPUT` for an empty key; `STORE_UNAVAILABLE` when the memory is out of reach.
    pub fn is_committed(&self, key: &str) -> Result<bool> {
        self.with(|memory| memory.is_committed(key))
    }

    /// Frees a key that is taken and not committed. `false` when there is none.
    ///
    /// # Errors
    /// `INVALID_INPUT` for an empty key; `STORE_UNAVAILABLE` when the memory is out of reach.
    pub fn release(&self, key: &str) -> Result<bool> {
        self.with(|memory| memory.release(key))
    }

    /// How many keys are held, for monitoring. Keys whose time is over count until the next [`reserve`](Self::reserve).
    #[must_use]
    pub fn size(&self) -> u32 {
        self.with(|memory| Ok(memory.len() as u32)).unwrap_or(0)
    }

    #[cfg(feature = "std")]
    fn with<T>(&self, work: impl FnOnce(&mut Memory) -> Result<T>) -> Result<T> {
        work(
            &mut *self
                .memory
                .lock()
                .map_err(|_| Error::new(ErrorCode::StoreUnavailable))?,
        )
    }

    #[cfg(not(feature = "std"))]
    fn with<T>(&self, work: impl FnOnce(&mut Memory) -> Result<T>) -> Result<T> {
        work(
            &mut *self
                .memory
                .try_borrow_mut()
                .map_err(|_| Error::new(ErrorCode::StoreUnavailable))?,
        )
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use std::{thread, vec::Vec};

    #[test]
    fn of_a_hundred_at_once_one_succeeds() {
        let memory = ReplayMemory::new(None).unwrap();
        let wins: usize = thread::scope(|scope| {
            let all: Vec<_> = (0..100)
                .map(|_| scope.spawn(|| memory.reserve("key", 10, 0).is_ok()))
                .collect();
            all.into_iter()
                .map(|one| usize::from(one.join().unwrap()))
                .sum()
        });
        assert_eq!((wins, memory.size()), (1, 1));
    }
}
