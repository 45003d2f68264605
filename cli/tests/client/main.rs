//! The clients and their commands against the emulator, each in processes of their own.

mod blocking;
mod command;
mod emulator;
mod securesign;
mod vectors;
