//! What must happen only once.

mod memory;

use alloc::string::String;
pub(crate) use memory::Memory;

/// A key for a store of things that may happen once, with the time to keep it.
///
/// The store has the contract of [`ReplayMemory`](crate::facade::ReplayMemory): reserve, which must be atomic, and release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreKey {
    /// The key: ASCII, a prefix and behind it 64 hex digits, or the id of a SecureSign request. Holds no handle that could be used.
    pub key: String,
    /// How long to keep it, in seconds.
    pub ttl_s: u32,
}
