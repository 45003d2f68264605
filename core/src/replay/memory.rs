//! A bounded set of keys that forgets each one when its time is over, and refuses rather than forget too early.

use crate::{
    error::{Error, ErrorCode, Result},
    verify::mac::sha256_of,
};
use alloc::collections::{BTreeMap, BinaryHeap};
use core::cmp::Reverse;

/// Keys are kept as their SHA-256, so that memory is bounded whatever their length.
type Fingerprint = [u8; 32];

#[derive(Debug)]
struct Entry {
    until_ms: i64,
    committed: bool,
}

#[derive(Debug)]
pub(crate) struct Memory {
    capacity: usize,
    entries: BTreeMap<Fingerprint, Entry>,
    /// The first end on top. What was released meanwhile, or reserved anew, stays until its turn comes or it outnumbers the entries.
    by_end: BinaryHeap<Reverse<(i64, Fingerprint)>>,
    /// The latest end of any key that was forgotten. After the clock was set back, an older message could be a replay.
    forgotten_ms: i64,
}

impl Memory {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: BTreeMap::new(),
            by_end: BinaryHeap::new(),
            forgotten_ms: i64::MIN,
        }
    }

    pub(crate) fn reserve(&mut self, key: &str, until_ms: i64, now_ms: i64) -> Result<()> {
        self.forget_ended(now_ms);
        if until_ms < now_ms || until_ms <= self.forgotten_ms {
            return Err(Error::new(ErrorCode::TimestampTooOld));
        }
        let fingerprint = fingerprint(key)?;
        if self.entries.contains_key(&fingerprint) {
            return Err(Error::new(ErrorCode::Replayed));
        }
        if self.entries.len() >= self.capacity {
            return Err(Error::with_detail(
                ErrorCode::StoreUnavailable,
                "the memory of used keys is full",
            ));
        }
        if self.by_end.len() >= SLACK + 2 * self.entries.len() {
            let ends = self.entries.iter();
            self.by_end = ends
                .map(|(fingerprint, entry)| Reverse((entry.until_ms, *fingerprint)))
                .collect();
        }
        self.entries.insert(
            fingerprint,
            Entry {
                until_ms,
                committed: false,
            },
        );
        self.by_end.push(Reverse((until_ms, fingerprint)));
        Ok(())
    }

    pub(crate) fn commit(&mut self, key: &str) -> Result<bool> {
        let entry = self.entries.get_mut(&fingerprint(key)?);
        Ok(entry.map(|entry| entry.committed = true).is_some())
    }

    pub(crate) fn is_committed(&self, key: &str) -> Result<bool> {
        let entry = self.entries.get(&fingerprint(key)?);
        Ok(entry.is_some_and(|entry| entry.committed))
    }

    pub(crate) fn release(&mut self, key: &str) -> Result<bool> {
        let fingerprint = fingerprint(key)?;
        let entry = self.entries.get(&fingerprint);
        let may_go = entry.is_some_and(|entry| !entry.committed);
        if may_go {
            self.entries.remove(&fingerprint);
        }
        Ok(may_go)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn forget_ended(&mut self, now_ms: i64) {
        while let Some(&Reverse((until_ms, fingerprint))) = self.by_end.peek() {
            if until_ms >= now_ms {
                break;
            }
            self.by_end.pop();
            let entry = self.entries.get(&fingerprint);
            if entry.is_some_and(|entry| entry.until_ms == until_ms) {
                self.entries.remove(&fingerprint);
                self.forgotten_ms = self.forgotten_ms.max(until_ms);
            }
        }
    }
}

/// So many ends of released keys are never worth a look through all.
const SLACK: usize = 64;

fn fingerprint(key: &str) -> Result<Fingerprint> {
    if key.is_empty() {
        return Err(Error::with_detail(
            ErrorCode::InvalidInput,
            "an empty replay key",
        ));
    }
    Ok(sha256_of(b"replay memory", &[key.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn code(result: Result<()>) -> Option<ErrorCode> {
        result.err().map(|error| error.code())
    }

    #[test]
    fn a_key_is_held_to_its_last_millisecond() {
        let mut memory = Memory::new(10);
        memory.reserve("a", 100, 0).unwrap();
        assert_eq!(
            code(memory.reserve("a", 100, 100)),
            Some(ErrorCode::Replayed)
        );
        assert_eq!(
            code(memory.reserve("a", 100, 101)),
            Some(ErrorCode::TimestampTooOld)
        );
        assert_eq!(memory.len(), 0);
        memory.reserve("a", 200, 101).unwrap();
    }

    #[test]
    fn released_keys_are_free_and_committed_ones_are_not() {
        let mut memory = Memory::new(10);
        memory.reserve("a", 100, 0).unwrap();
        assert!(memory.release("a").unwrap());
        assert!(!memory.release("a").unwrap());
        memory.reserve("a", 100, 0).unwrap();
        assert!(!memory.is_committed("a").unwrap());
        assert!(memory.commit("a").unwrap());
        assert!(memory.is_committed("a").unwrap());
        assert!(!memory.release("a").unwrap());
        assert_eq!(code(memory.reserve("a", 100, 0)), Some(ErrorCode::Replayed));
        assert!(!memory.commit("b").unwrap());
        assert!(!memory.is_committed("b").unwrap());
    }

    #[test]
    fn a_released_key_ends_when_it_was_reserved_last() {
        let mut memory = Memory::new(10);
        memory.reserve("a", 100, 0).unwrap();
        assert!(memory.release("a").unwrap());
        memory.reserve("a", 300, 0).unwrap();
        // The end of the first time passes; the second still holds.
        assert_eq!(
            code(memory.reserve("a", 400, 200)),
            Some(ErrorCode::Replayed)
        );
        // Nothing was forgotten: what ended at 100 was given back.
        memory.reserve("b", 90, 50).unwrap();
    }

    #[test]
    fn releasing_for_ever_takes_no_memory() {
        let mut memory = Memory::new(2000);
        memory.reserve("held", 100_000, 0).unwrap();
        for round in 0..1000 {
            for until_ms in [100_000, 100_000 + round] {
                memory.reserve("a", until_ms, 0).unwrap();
                assert!(memory.release("a").unwrap());
            }
        }
        assert!(memory.by_end.len() <= SLACK + 4, "{}", memory.by_end.len());
        assert_eq!(memory.len(), 1);
        // Nor does what is reserved for the third time, and then held.
        for key in 0..1000 {
            for _ in 0..2 {
                memory.reserve(&format!("{key}"), 100_000, 0).unwrap();
                assert!(memory.release(&format!("{key}")).unwrap());
            }
            memory.reserve(&format!("{key}"), 100_000, 0).unwrap();
        }
        assert!(memory.by_end.len() <= SLACK + 2 * memory.len());
        assert_eq!(
            code(memory.reserve("held", 200_000, 50_000)),
            Some(ErrorCode::Replayed)
        );
    }

    #[test]
    fn a_full_memory_refuses_and_recovers() {
        let mut memory = Memory::new(2);
        memory.reserve("a", 10, 0).unwrap();
        memory.reserve("b", 20, 0).unwrap();
        assert_eq!(
            code(memory.reserve("c", 30, 10)),
            Some(ErrorCode::StoreUnavailable)
        );
        memory.reserve("c", 30, 11).unwrap();
    }

    #[test]
    fn a_clock_set_back_opens_no_gap() {
        let mut memory = Memory::new(10);
        memory.reserve("a", 100, 0).unwrap();
        memory.reserve("b", 900, 500).unwrap();
        assert_eq!(
            code(memory.reserve("a", 100, 50)),
            Some(ErrorCode::TimestampTooOld)
        );
        memory.reserve("c", 101, 50).unwrap();
    }
}
