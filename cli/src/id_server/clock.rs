//! The server's clock, which a test can stop, set and advance.

use countermark::transport::system_now_ms;

/// Where the time comes from. All times are Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The machine's clock plus what a test has advanced it by.
    Running {
        /// Added to the machine's clock.
        offset_ms: i64,
    },
    /// Time stands still until a test moves it.
    Stopped {
        /// The time it shows.
        now_ms: i64,
    },
}

impl Clock {
    /// The machine's clock, or a stopped one that shows `stopped_at`.
    pub(crate) fn new(stopped_at: Option<i64>) -> Self {
        stopped_at.map_or(Self::Running { offset_ms: 0 }, |now_ms| Self::Stopped {
            now_ms,
        })
    }

    /// The time now.
    pub(crate) fn now_ms(self) -> i64 {
        match self {
            Self::Running { offset_ms } => system_now_ms().saturating_add(offset_ms),
            Self::Stopped { now_ms } => now_ms,
        }
    }

    /// Moves the clock forward, or back with a negative number; whether it runs stays as it is.
    pub(crate) fn advance(&mut self, by_ms: i64) {
        match self {
            Self::Running { offset_ms } => *offset_ms = offset_ms.saturating_add(by_ms),
            Self::Stopped { now_ms } => *now_ms = now_ms.saturating_add(by_ms),
        }
    }

    /// Stops the clock at the time it shows.
    pub(crate) fn stop(&mut self) {
        *self = Self::Stopped {
            now_ms: self.now_ms(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_told() {
        let mut clock = Clock::new(Some(1_000));
        assert_eq!(clock.now_ms(), 1_000);
        clock.advance(120_000);
        assert_eq!(clock.now_ms(), 121_000);
        clock.advance(i64::MAX);
        assert_eq!(clock.now_ms(), i64::MAX);
    }

    #[test]
    fn a_running_clock_keeps_its_offset_and_can_be_stopped() {
        let mut clock = Clock::new(None);
        let before = clock.now_ms();
        clock.advance(3_600_000);
        assert!(clock.now_ms() >= before + 3_600_000);
        clock.stop();
        let stopped = clock.now_ms();
        std::thread::sleep(std::time::Duration::from_millis(3));
        assert_eq!(clock.now_ms(), stopped);
    }
}
