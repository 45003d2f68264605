//! The progress of a login on standard error: one line that is rewritten on a terminal, one line a change elsewhere.

use crate::output::{note, note_inline};
use countermark::{Error, facade::Outcome, limits};
use std::{
    io::IsTerminal as _,
    time::{Duration, Instant},
};

const LIFE: Duration = Duration::from_millis(limits::AUTH_SESSION_LIFE_MS as u64);

pub(super) struct Progress {
    start: Instant,
    rewrite: bool,
    last: String,
}

impl Progress {
    pub(super) fn new(secsign_id: &str, picture: bool) -> Self {
        let mut progress = Self {
            start: Instant::now(),
            rewrite: std::io::stderr().is_terminal(),
            last: String::new(),
        };
        let what = if picture {
            "pick the same symbol on the phone"
        } else {
            "confirm on the phone"
        };
        note(format_args!(
            "login of {secsign_id}: {what}; Ctrl-C cancels"
        ));
        progress.show(Outcome::Pending);
        progress
    }

    pub(super) fn show(&mut self, outcome: Outcome) {
        self.line(match outcome {
            Outcome::Fetched => "the phone has loaded the login",
            _ => "waiting for the phone",
        });
    }

    pub(super) fn trouble(&mut self, error: &Error) {
        self.line(&format!("{error}; asking again"));
    }

    /// Ends the line that was rewritten.
    pub(super) fn end(&self) {
        if self.rewrite {
            note("");
        }
    }

    fn line(&mut self, text: &str) {
        if self.rewrite {
            let left = LIFE.saturating_sub(self.start.elapsed()).as_secs();
            // Back to the start of the line, and clear to its end.
            note_inline(format_args!(
                "\r\x1b[K{text} ({}:{:02} left)",
                left / 60,
                left % 60
            ));
        } else if self.last != text {
            note(text);
            text.clone_into(&mut self.last);
        }
    }
}
