//! The allocator of the standard library, behind calls that stay calls.
//!
//! It keeps the size of a piece of memory in front of it. Where LLVM sees both who asks for zeroed memory and how it is given back, it
//! takes that size for a zero too, since in front of what was asked for there is nothing; and giving back stops the module. This happens
//! since the standard library is built with the module, as one.

use std::alloc::{GlobalAlloc, Layout, System};

struct Apart;

#[global_allocator]
static ALLOCATOR: Apart = Apart;

// SAFETY: it is the system's allocator, call for call.
unsafe impl GlobalAlloc for Apart {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: what is asked of the caller is the same.
        unsafe { System.alloc(layout) }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline(never)]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, length: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, length) }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}
