//! `countermark webhook …`, as a person or a script calls it.

mod explain;
mod keys;
mod listen;
mod send;
mod support;
mod verify;
