//! Memory. The allocator of the standard library is twice as much code, and slower; and since the standard library is built with the
//! module, as one, LLVM may take the size that it keeps in front of zeroed memory for a zero too.

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
