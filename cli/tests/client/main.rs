//! The login client and the login command against the emulator, each in processes of their own.

mod blocking;
mod command;
mod emulator;
mod vectors;
