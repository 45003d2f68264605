//! What must happen only once.

mod memory;

pub(crate) use memory::Memory;
