//! The time of a signature that is good: in another unit than the scheme's, of another time zone, or of another clock.

use super::{Certainty::Likely, Search, causes::CauseKind};
use crate::verify::{
    webhook::{engine, proof, row::TimeUnit, signature::Kinds},
    window,
};
use alloc::format;

const YEAR_MS: u128 = 365 * 86_400_000;

/// The year 1973 as milliseconds; as seconds it is the year 5138.
const SURELY_SECONDS: i64 = 100_000_000_000;

/// Why a signed time is refused.
pub(super) fn find(search: &mut Search<'_>) {
    let kinds = Kinds {
        main: true,
        ed25519: true,
    };
    let signed_ms = engine::open(search.plan, &search.request, kinds)
        .and_then(|opened| proof::after_proof(&opened));
    let Ok(Some(signed_ms)) = signed_ms else {
        return;
    };
    // First, since both may be in seconds where milliseconds are meant.
    if is_clock_in_seconds(search.now_ms, signed_ms) {
        skew(search, signed_ms);
        search.add(CauseKind::ClockUnit, Likely, "");
        return;
    }
    let mut meant_ms = signed_ms;
    if let Some((kind, ms)) = in_other_unit(search, signed_ms) {
        search.prove(kind, "");
        let (age, future) = search.window_ms;
        if window::check(search.now_ms, ms, age, future).is_ok() {
            return;
        }
        meant_ms = ms;
    }
    let ahead_s = skew(search, meant_ms);
    time_zone(search, ahead_s);
}

/// Names the distance from the clock, and gives it.
fn skew(search: &mut Search<'_>, signed_ms: i64) -> i64 {
    let ahead_s = (i128::from(signed_ms) - i128::from(search.now_ms)) / 1000;
    let ahead_s = i64::try_from(ahead_s).unwrap_or(if ahead_s < 0 { i64::MIN } else { i64::MAX });
    search.prove(CauseKind::ClockSkew, "").amount = ahead_s;
    ahead_s
}

/// Whether two times are so near that it is no chance: but for the first years of Unix time, one that is read in the wrong unit is years
/// away.
fn are_near(one_ms: i128, other_ms: i64) -> bool {
    one_ms.abs_diff(i128::from(other_ms)) < YEAR_MS
}

fn is_clock_in_seconds(now_ms: i64, signed_ms: i64) -> bool {
    (0..SURELY_SECONDS).contains(&now_ms) && are_near(i128::from(now_ms) * 1000, signed_ms)
}

/// The time as the sender means it, if it wrote seconds for milliseconds or the reverse.
fn in_other_unit(search: &Search<'_>, signed_ms: i64) -> Option<(CauseKind, i64)> {
    let (kind, ms) = match search.plan.row().unit {
        TimeUnit::Seconds => (CauseKind::TimestampMilliseconds, signed_ms / 1000),
        TimeUnit::Milliseconds => (
            CauseKind::TimestampSeconds,
            signed_ms.checked_mul(1000).unwrap_or(i64::MAX),
        ),
        TimeUnit::Rfc3339 | TimeUnit::ImfFixdate => return None,
    };
    let is_it = search.now_ms >= SURELY_SECONDS && are_near(i128::from(ms), search.now_ms);
    is_it.then_some((kind, ms))
}

/// Zones that differ from UTC by no whole hours, in minutes: from Newfoundland in summer to the Chatham Islands.
const UNEVEN_ZONES: [i64; 11] = [150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825];

/// A local time where UTC is meant, at either side.
fn time_zone(search: &mut Search<'_>, ahead_s: i64) {
    // Zones reach from 12 hours behind to 14 ahead; a delivery takes some seconds.
    let whole = (1..=14).map(|hours| hours * 60);
    let is_it = |minutes: &i64| ahead_s.unsigned_abs().abs_diff(*minutes as u64 * 60) <= 60;
    let Some(minutes) = whole.chain(UNEVEN_ZONES).find(is_it) else {
        return;
    };
    let cause = search.add(CauseKind::ClockTimeZone, Likely, "");
    let (hours, rest) = (minutes / 60, minutes % 60);
    cause.amount = ahead_s.signum() * hours;
    if rest != 0 {
        let sign = if ahead_s < 0 { '-' } else { '+' };
        cause.fits = format!("{sign}{hours:02}:{rest:02}");
    }
}
