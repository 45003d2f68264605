//! Times in the strict form of RFC 3339: capital `T` and `Z`, seconds, an offset that must not be left out.

/// Unix milliseconds of `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`; up to nine digits of fraction, cut to milliseconds.
///
/// `None` for everything else. A leap second has no Unix time of its own and is refused too.
pub(crate) fn to_unix_ms(text: &str) -> Option<i64> {
    let mut rest = text.as_bytes();
    let year = digits(&mut rest, 4)?;
    let month = after(&mut rest, b'-', 2)?;
    let day = after(&mut rest, b'-', 2)?;
    let hour = after(&mut rest, b'T', 2)?;
    let minute = after(&mut rest, b':', 2)?;
    let second = after(&mut rest, b':', 2)?;
    let millis = fraction(&mut rest)?;
    let offset_minutes = offset(rest)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let minutes = (days(year, month, day)? * 24 + hour) * 60 + minute - offset_minutes;
    Some((minutes * 60 + second) * 1000 + millis)
}

fn digits(rest: &mut &[u8], count: usize) -> Option<i64> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    head.iter().try_fold(0, |sum, byte| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + i64::from(byte - b'0'))
    })
}

fn after(rest: &mut &[u8], separator: u8, count: usize) -> Option<i64> {
    *rest = rest.strip_prefix(&[separator])?;
    digits(rest, count)
}

/// Milliseconds of `.d…`, or zero if there is no fraction.
fn fraction(rest: &mut &[u8]) -> Option<i64> {
    let Some(tail) = rest.strip_prefix(b".") else {
        return Some(0);
    };
    let count = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let (head, tail) = tail.split_at(count);
    *rest = tail;
    Some((0..3).fold(0, |sum, at| {
        sum * 10 + head.get(at).map_or(0, |byte| i64::from(byte - b'0'))
    }))
}

/// Minutes east of UTC.
fn offset(rest: &[u8]) -> Option<i64> {
    let (sign, mut rest) = match rest {
        b"Z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let hours = digits(&mut rest, 2)?;
    let minutes = after(&mut rest, b':', 2)?;
    (rest.is_empty() && hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, counted in years that begin in March.
pub(crate) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::to_unix_ms;

    #[test]
    fn reads_instants() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T12:00:00Z", 951_825_600_000),
            ("2026-06-22T11:00:00Z", 1_782_126_000_000),
            ("2026-06-22T16:30:00+05:30", 1_782_126_000_000),
            ("2026-06-22T05:00:00-06:00", 1_782_126_000_000),
            ("2026-06-22T11:00:00.1234567Z", 1_782_126_000_123),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] {
            assert_eq!(to_unix_ms(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn refuses_every_other_form() {
        for text in [
            "",
            "2026-06-22",
            "2026-06-22 11:00:00Z",
            "2026-06-22 11:00:00",
            "2026-06-22T11:00:00",
            "2026-06-22t11:00:00Z",
            "2026-06-22T11:00:00z",
            "2026-06-22T11:00Z",
            "2026-06-22T11:00:60Z",
            "2026-06-22T24:00:00Z",
            "2026-06-22T11:60:00Z",
            "2026-02-29T11:00:00Z",
            "2026-00-22T11:00:00Z",
            "2026-13-22T11:00:00Z",
            "2026-06-31T11:00:00Z",
            "2026-06-00T11:00:00Z",
            "2026-06-22T11:00:00.Z",
            "2026-06-22T11:00:00.1234567890Z",
            "2026-06-22T11:00:00+0530",
            "2026-06-22T11:00:00+24:00",
            "2026-06-22T11:00:00Zx",
            " 2026-06-22T11:00:00Z",
            "+026-06-22T11:00:00Z",
            "20260622T110000Z",
            "２026-06-22T11:00:00Z",
        ] {
            assert_eq!(to_unix_ms(text), None, "{text}");
        }
    }
}
