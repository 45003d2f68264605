//! Times as senders write them. Each form has exactly one text for one time.

use super::row::TimeUnit;
use crate::{decimal::number, rfc3339};
use alloc::{format, string::String};

const DAY_MS: i64 = 86_400_000;

/// The last millisecond of the year 9999.
pub(crate) const MAX_MS: i64 = 253_402_300_799_999;

/// Unix milliseconds of a time text; `None` when it is not exactly of the form, before 1970 or beyond the year 9999.
///
/// `fixed` asks for the usual number of digits: where nothing separates the time from its neighbours, a digit that
/// moved over the border would be another time with the same signature.
pub(crate) fn parse(text: &[u8], unit: TimeUnit, fixed: bool) -> Option<i64> {
    match unit {
        TimeUnit::Seconds if fixed && text.len() != 10 => None,
        TimeUnit::Milliseconds if fixed && text.len() != 13 => None,
        TimeUnit::Seconds => digits(text, 12)?.checked_mul(1000),
        TimeUnit::Milliseconds => digits(text, 15),
        TimeUnit::Rfc3339 => core::str::from_utf8(text)
            .ok()
            .and_then(rfc3339::to_unix_ms)
            .filter(|ms| *ms >= 0),
        TimeUnit::ImfFixdate => imf_fixdate(text),
    }
}

/// The text of a time, from Unix milliseconds.
pub(crate) fn write(ms: i64, unit: TimeUnit) -> String {
    let (seconds, days) = (ms.div_euclid(1000), ms.div_euclid(DAY_MS));
    let (year, month, day) = civil(days);
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    match unit {
        TimeUnit::Seconds => format!("{seconds}"),
        TimeUnit::Milliseconds => format!("{ms}"),
        TimeUnit::Rfc3339 => {
            let fraction = match ms.rem_euclid(1000) {
                0 => String::new(),
                ms => format!(".{ms:03}"),
            };
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
        }
        TimeUnit::ImfFixdate => format!(
            "{}, {day:02} {} {year:04} {hour:02}:{minute:02}:{second:02} GMT",
            weekday(days),
            MONTHS
                .get((month - 1) as usize)
                .copied()
                .unwrap_or_default(),
        ),
    }
}

/// A decimal number without sign or leading zero.
fn digits(text: &[u8], max: usize) -> Option<i64> {
    match text {
        [b'1'..=b'9', ..] if text.len() <= max => number(text),
        _ => None,
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
fn imf_fixdate(text: &[u8]) -> Option<i64> {
    let [
        w @ ..,
        b',',
        b' ',
        d1,
        d2,
        b' ',
        a,
        b,
        c,
        b' ',
        y1,
        y2,
        y3,
        y4,
        b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
        b' ',
        b'G',
        b'M',
        b'T',
    ] = text
    else {
        return None;
    };
    let month = MONTHS
        .iter()
        .position(|name| name.as_bytes() == [*a, *b, *c])? as i64
        + 1;
    let days = rfc3339::days(number(&[*y1, *y2, *y3, *y4])?, month, number(&[*d1, *d2])?)?;
    let clock = clock(&[*h1, *h2], &[*n1, *n2], &[*s1, *s2])?;
    (w == weekday(days).as_bytes() && days >= 0).then_some(days * DAY_MS + clock * 1000)
}

fn weekday(days: i64) -> &'static str {
    // The first of January 1970 was a Thursday.
    ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        .get(days.rem_euclid(7) as usize)
        .copied()
        .unwrap_or_default()
}

/// Seconds of the day. A leap second is refused: Unix time has none.
fn clock(hour: &[u8], minute: &[u8], second: &[u8]) -> Option<i64> {
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

/// Year, month and day of a number of days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, unit: TimeUnit) -> Option<i64> {
        parse(text.as_bytes(), unit, false)
    }

    #[test]
    fn unix_times_have_one_spelling() {
        assert_eq!(
            read("1700000000", TimeUnit::Seconds),
            Some(1_700_000_000_000)
        );
        assert_eq!(
            read("2147483648", TimeUnit::Seconds),
            Some(2_147_483_648_000)
        );
        assert_eq!(
            read("1700000000123", TimeUnit::Milliseconds),
            Some(1_700_000_000_123)
        );
        for text in [
            "",
            "0",
            "+1",
            "-1",
            "01",
            "1.0",
            "1 ",
            " 1",
            "0x1",
            "9999999999999",
            "١٧",
            "1e9",
        ] {
            assert_eq!(read(text, TimeUnit::Seconds), None, "{text}");
        }
        assert_eq!(parse(b"170000000", TimeUnit::Seconds, true), None);
    }

    #[test]
    fn rfc3339_is_exact() {
        let read = |text| read(text, TimeUnit::Rfc3339);
        assert_eq!(read("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(
            read("2022-02-06T04:03:24.2726598Z"),
            Some(1_644_120_204_272)
        );
        assert_eq!(read("2020-01-01T00:00:00-07:00"), Some(1_577_862_000_000));
        assert_eq!(read("2024-02-29T23:59:59+00:00"), Some(1_709_251_199_000));
        for text in [
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-01-01T24:00:00Z",
            "2023-01-01T00:00:60Z",
            "2023-01-01t00:00:00Z",
            "2023-01-01T00:00:00z",
            "2023-01-01 00:00:00Z",
            "2023-01-01T00:00:00",
            "2023-01-01T00:00:00.Z",
            "2023-01-01T00:00:00.1234567890Z",
            "2023-01-01T00:00:00+0000",
            "2023-01-01T00:00:00+24:00",
            "1969-12-31T23:59:59Z",
            "+023-01-01T00:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn http_dates_are_exact() {
        let read = |text| read(text, TimeUnit::ImfFixdate);
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
        for text in [
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn reads_what_it_writes() {
        for ms in [
            1_000,
            951_782_400_000,
            1_700_000_000_000,
            4_102_444_799_000,
            253_402_300_799_000,
        ] {
            for unit in [
                TimeUnit::Seconds,
                TimeUnit::Milliseconds,
                TimeUnit::Rfc3339,
                TimeUnit::ImfFixdate,
            ] {
                assert_eq!(
                    read(&write(ms, unit), unit),
                    Some(ms),
                    "{}",
                    write(ms, unit)
                );
            }
        }
    }
}
