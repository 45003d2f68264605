//! What the last hot call of a verifier proved, until somebody reads it.
//!
//! A verdict takes 15 ns to cross, a record of what was proved several hundred. Who reads it mostly does so at once, and finds it
//! here; for one that is read after the next call, the verifier works again.

use crate::value::Made;
use napi::{Env, sys};
use std::{cell::RefCell, ptr};

pub(crate) struct Last<T>(RefCell<(u32, Option<T>)>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(RefCell::new((0, None)))
    }
}

impl<T> Last<T> {
    /// Keeps it in place of the one before, and gives the ticket for it.
    pub(crate) fn keep(&self, env: &Env, proved: T) -> napi::Result<Made> {
        let mut last = self.0.borrow_mut();
        let ticket = last.0.wrapping_add(1);
        *last = (ticket, Some(proved));
        let mut made = ptr::null_mut();
        // SAFETY: the environment of the present call.
        napi::check_status!(unsafe { sys::napi_create_uint32(env.raw(), ticket, &mut made) })?;
        Ok(Made(made))
    }

    /// What the ticket was given for, once, and only until the next call.
    pub(crate) fn take(&self, ticket: u32) -> Option<T> {
        let mut last = self.0.borrow_mut();
        if last.0 == ticket {
            last.1.take()
        } else {
            None
        }
    }
}
