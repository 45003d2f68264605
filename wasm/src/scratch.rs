//! The buffer in which JavaScript puts the arguments of the hot calls: encoding a text into it takes a fifth of the time that
//! wasm-bindgen takes to hand one over.

use std::cell::RefCell;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static REFUSAL: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Makes the buffer that long, and says where it lies: there until the next call of this function.
#[wasm_bindgen]
pub fn scratch(length: u32) -> *mut u8 {
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.len() != length as usize {
            *scratch = vec![0; length as usize];
        }
        scratch.as_mut_ptr()
    })
}

/// The module's memory, which the glue does not hand out.
#[wasm_bindgen(js_name = moduleMemory)]
pub fn module_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// Hands the parts of these lengths, one after the other, to `read`. A part with a negative length is absent.
pub(crate) fn with_parts<R, const N: usize>(
    lengths: [i32; N],
    read: impl FnOnce([Option<&[u8]>; N]) -> R,
) -> R {
    SCRATCH.with_borrow(|scratch| {
        let mut rest = scratch.as_slice();
        read(lengths.map(|length| {
            let (part, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            rest = after;
            Some(part)
        }))
    })
}

/// Writes an answer behind the arguments, which take so many bytes, and gives its length; nothing where there is no room for it.
#[cfg(feature = "full")]
pub(crate) fn answer(arguments: i32, answer: &[u8]) -> Option<i32> {
    SCRATCH.with_borrow_mut(|scratch| {
        let (_, rest) = scratch.split_at_mut_checked(usize::try_from(arguments).ok()?)?;
        rest.get_mut(..answer.len())?.copy_from_slice(answer);
        i32::try_from(answer.len()).ok()
    })
}

/// Keeps the error of a hot call, and gives its verdict.
pub(crate) fn refused(error: &countermark::Error) -> i32 {
    REFUSAL.set(crate::error::text(error));
    0
}

/// The text of the error of the last hot call that gave 0.
#[wasm_bindgen]
pub fn refusal() -> String {
    REFUSAL.take()
}
