//! How far the signed time may lie from now.

use crate::error::{Error, ErrorCode, Result};

/// Accepts a signed time that is at most `max_age_ms` old and at most `max_future_ms` ahead, both inclusive.
///
/// The difference of two `i64` needs 65 bits, so it is taken in 128: no time that a message claims can overflow.
pub(crate) fn check(
    now_ms: i64,
    signed_ms: i64,
    max_age_ms: i64,
    max_future_ms: i64,
) -> Result<()> {
    let age = i128::from(now_ms) - i128::from(signed_ms);
    if age > i128::from(max_age_ms) {
        return Err(Error::new(ErrorCode::TimestampTooOld));
    }
    if -age > i128::from(max_future_ms) {
        return Err(Error::new(ErrorCode::TimestampTooNew));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(now: i64, signed: i64) -> Option<ErrorCode> {
        check(now, signed, 240_000, 60_000)
            .err()
            .map(|error| error.code())
    }

    #[test]
    fn both_ends_are_inclusive() {
        let now = 1_700_000_000_000;
        assert_eq!(verdict(now, now - 240_000), None);
        assert_eq!(
            verdict(now, now - 240_001),
            Some(ErrorCode::TimestampTooOld)
        );
        assert_eq!(verdict(now, now + 60_000), None);
        assert_eq!(verdict(now, now + 60_001), Some(ErrorCode::TimestampTooNew));
    }

    #[test]
    fn extremes_do_not_overflow() {
        assert_eq!(
            verdict(i64::MAX, i64::MIN),
            Some(ErrorCode::TimestampTooOld)
        );
        assert_eq!(
            verdict(i64::MIN, i64::MAX),
            Some(ErrorCode::TimestampTooNew)
        );
        assert!(check(i64::MIN, i64::MIN, 0, 0).is_ok());
    }
}
