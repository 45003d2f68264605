//! What the last hot call of a verifier proved, until somebody reads it: a verdict crosses at once, a record of what was proved
//! takes hundreds of nanoseconds, and who reads it mostly does so before the next call.

use std::cell::RefCell;

pub(crate) struct Last<T>(RefCell<(i32, Option<T>)>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(RefCell::new((0, None)))
    }
}

impl<T> Last<T> {
    /// Keeps it in place of the one before, and gives the ticket for it, which is above zero.
    pub(crate) fn keep(&self, proved: T) -> i32 {
        let mut last = self.0.borrow_mut();
        let ticket = last.0.checked_add(1).unwrap_or(1);
        *last = (ticket, Some(proved));
        ticket
    }

    /// What the ticket was given for, once, and only until the next call.
    pub(crate) fn take(&self, ticket: i32) -> Option<T> {
        let mut last = self.0.borrow_mut();
        if last.0 == ticket {
            last.1.take()
        } else {
            None
        }
    }
}
