//! How many logins may be started, per source and per SecSign ID.
//!
//! Starting a login needs no proof and rings somebody's phone, so it is counted by what a visitor cannot drop: the
//! network address and the ID, never a cookie.

use std::{collections::HashMap, sync::Mutex};

const WINDOW_MS: i64 = 60_000;

/// More sources than this in one minute are an attack: new ones are refused until the minute is over.
const SOURCES_MAX: usize = 10_000;

/// Counts starts in windows of one minute.
pub(super) struct Limiter {
    per_minute: u32,
    counts: Mutex<HashMap<String, Window>>,
}

struct Window {
    began_ms: i64,
    count: u32,
}

impl Limiter {
    pub(super) fn new(per_minute: u32) -> Self {
        Self {
            per_minute,
            counts: Mutex::default(),
        }
    }

    /// Whether one more start from this source is allowed now; counts it if so.
    pub(super) fn allow(&self, source: &str, now_ms: i64) -> bool {
        let Ok(mut counts) = self.counts.lock() else {
            return false;
        };
        if counts.len() >= SOURCES_MAX && !counts.contains_key(source) {
            counts.retain(|_, window| now_ms - window.began_ms < WINDOW_MS);
            if counts.len() >= SOURCES_MAX {
                return false;
            }
        }
        let window = counts.entry(source.to_owned()).or_insert(Window {
            began_ms: now_ms,
            count: 0,
        });
        if now_ms - window.began_ms >= WINDOW_MS {
            *window = Window {
                began_ms: now_ms,
                count: 0,
            };
        }
        if window.count >= self.per_minute {
            return false;
        }
        window.count += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_source_for_a_minute() {
        let limiter = Limiter::new(2);
        assert!(limiter.allow("a", 0) && limiter.allow("a", 59_999));
        assert!(!limiter.allow("a", 59_999));
        assert!(limiter.allow("b", 59_999));
        assert!(limiter.allow("a", 60_000));
    }

    #[test]
    fn refuses_new_sources_when_full_and_recovers() {
        let limiter = Limiter::new(1);
        for source in 0..SOURCES_MAX {
            assert!(limiter.allow(&source.to_string(), 0));
        }
        assert!(!limiter.allow("one more", 1));
        assert!(limiter.allow("one more", WINDOW_MS));
    }
}
