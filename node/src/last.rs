//! What the last hot call of a verifier proved, until the next.
//!
//! A verdict takes 15 ns to cross, a record of what was proved several hundred. Who reads it mostly does so at once, and finds it
//! here; for one that is read after the next call, the verifier works again.

use crate::value::Made;
use napi::{Env, sys};
use std::{cell::RefCell, ptr};

pub(crate) struct Last<T>(RefCell<(i64, Option<T>)>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(RefCell::new((0, None)))
    }
}

impl<T> Last<T> {
    /// Keeps it in place of the one before, and gives the ticket for it.
    pub(crate) fn keep(&self, env: &Env, proved: T) -> napi::Result<Made> {
        let mut last = self.0.borrow_mut();
        let ticket = last.0 + 1;
        *last = (ticket, Some(proved));
        let mut made = ptr::null_mut();
        // SAFETY: the environment of the present call.
        napi::check_status!(unsafe { sys::napi_create_int64(env.raw(), ticket, &mut made) })?;
        Ok(Made(made))
    }

    /// Hands over what the ticket was given for, until the next call.
    pub(crate) fn read<R>(&self, ticket: i64, read: impl FnOnce(&T) -> R) -> Option<R> {
        let last = self.0.borrow();
        (last.0 == ticket).then_some(last.1.as_ref()?).map(read)
    }
}
