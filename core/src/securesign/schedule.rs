//! Times: the limit of calls, and the life of a PIN session. Pure functions of what happened and of `now`.

use alloc::vec::Vec;

const MINUTE_MS: i64 = 60_000;

/// Milliseconds until the next call is within `rpm` calls in any minute; 0 for at once.
pub(crate) fn rate_limit_wait_ms(calls_ms: &[i64], rpm: u32, now_ms: i64) -> i64 {
    let Some(rpm) = usize::try_from(rpm).ok().filter(|rpm| *rpm > 0) else {
        return MINUTE_MS;
    };
    // A call that seems to be in the future was made before the clock was set back: it counts as made now.
    let mut ages: Vec<i64> = calls_ms
        .iter()
        .map(|at| now_ms.saturating_sub(*at).max(0))
        .filter(|age| *age < MINUTE_MS)
        .collect();
    if ages.len() < rpm {
        return 0;
    }
    // The newest `rpm - 1` may stay in the window; the next older one has to leave it.
    ages.sort_unstable();
    ages.get(rpm - 1).map_or(0, |age| MINUTE_MS - age)
}

/// Whether signing needs no new PIN: less than `idle_ms` since the last use. A clock that was set back closes the session.
pub(crate) fn pin_session_is_open(last_use_ms: i64, idle_ms: u32, now_ms: i64) -> bool {
    (0..i64::from(idle_ms)).contains(&now_ms.saturating_sub(last_use_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_holds_more_than_the_limit() {
        for rpm in [1_u32, 7, 120] {
            let (mut now, mut calls) = (0_i64, Vec::new());
            while now < 5 * MINUTE_MS {
                match rate_limit_wait_ms(&calls, rpm, now) {
                    0 => calls.push(now),
                    wait => now += wait,
                }
                now += 37;
            }
            for (at, first) in calls.iter().enumerate() {
                let window = calls[at..]
                    .iter()
                    .take_while(|call| **call - first < MINUTE_MS)
                    .count();
                assert!(window <= rpm as usize, "{window} calls a minute at {rpm}");
            }
            // And the limit is used: a limiter that never lets a call pass is safe and useless.
            assert!(
                calls.len() >= 4 * rpm as usize,
                "{} calls at {rpm}",
                calls.len()
            );
        }
    }

    #[test]
    fn odd_clocks_and_limits_do_no_harm() {
        assert_eq!(rate_limit_wait_ms(&[], 0, 0), MINUTE_MS);
        assert_eq!(rate_limit_wait_ms(&[i64::MAX, i64::MIN], 1, 0), MINUTE_MS);
        assert_eq!(rate_limit_wait_ms(&[i64::MIN], 1, i64::MAX), 0);
        assert!(!pin_session_is_open(i64::MAX, u32::MAX, i64::MIN));
        assert!(!pin_session_is_open(1, 900_000, 0));
        assert!(!pin_session_is_open(0, 0, 0));
    }
}
