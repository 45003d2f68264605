//! The emulator as its users meet it: the real program over real connections.

mod control;
mod faults;
mod phone;
mod process;
mod protocol;
mod support;
