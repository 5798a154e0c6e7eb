//! Readable times: RFC 3339, in UTC.

use countersign_domain::time::Timestamp;
use std::time::Duration;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Formats a time as `2026-11-22T05:04:50Z`.
#[must_use]
pub fn date(time: Timestamp) -> String {
    in_calendar(time).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Parses a time in the format of RFC 3339, or as seconds since the Unix epoch.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let seconds = text.parse::<u64>().ok().or_else(|| {
        let time: jiff::Timestamp = text.parse().ok()?;
        u64::try_from(time.as_second()).ok()
    });
    seconds.map(Timestamp::from_unix_seconds)
}

/// Parses a time in the format of HTTP headers (RFC 9110 section 5.6.7), such as `Sun, 22 Nov 2026 05:04:50 GMT`.
#[must_use]
pub fn parse_http(text: &str) -> Option<Timestamp> {
    let time = jiff::fmt::rfc2822::parse(text).ok()?;
    let seconds = u64::try_from(time.timestamp().as_second()).ok()?;
    Some(Timestamp::from_unix_seconds(seconds))
}

/// Formats a time as `2026-11-22 05:04`, for pages that state the time zone.
#[must_use]
pub fn to_the_minute(time: Timestamp) -> String {
    in_calendar(time).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Parses a time like [`parse`], or a date such as `2026-11-22`. Returns its first second, and the second after its
/// last one.
#[must_use]
pub fn range(text: &str) -> Option<[Timestamp; 2]> {
    let (first, length) = match parse(text) {
        Some(time) => (time, 1),
        // A time without an offset is ambiguous.
        None if text.len() > 10 => return None,
        None => {
            let date: jiff::civil::Date = text.parse().ok()?;
            let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            let seconds = u64::try_from(midnight.timestamp().as_second()).ok()?;
            (Timestamp::from_unix_seconds(seconds), DAY)
        }
    };
    Some([first, first.plus(Duration::from_secs(length))])
}

/// Returns the calendar time, at most the end of the year 9999: RFC 3339 has no later years.
fn in_calendar(time: Timestamp) -> jiff::Timestamp {
    i64::try_from(time.as_unix_seconds())
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .unwrap_or(jiff::Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_format_as_calendar_dates() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_750_000_000, "2025-06-15T15:06:40Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (u64::MAX, "9999-12-30T22:00:00Z"),
        ] {
            assert_eq!(date(Timestamp::from_unix_seconds(seconds)), expected);
        }
    }

    #[test]
    fn times_are_parsed_in_both_formats() {
        let time = Some(Timestamp::from_unix_seconds(1_750_000_000));
        for text in [
            "1750000000",
            "2025-06-15T15:06:40Z",
            "2025-06-15T17:06:40+02:00",
        ] {
            assert_eq!(parse(text), time, "{text}");
        }
        for text in ["", "2025-06-15", "1969-01-01T00:00:00Z", "-1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn http_date_is_parsed() {
        let time = Some(Timestamp::from_unix_seconds(1_750_000_000));
        assert_eq!(parse_http("Sun, 15 Jun 2025 15:06:40 GMT"), time);
        for text in ["", "2025-06-15T15:06:40Z", "Sun, 15 Jun 2025"] {
            assert_eq!(parse_http(text), None, "{text}");
        }
    }

    #[test]
    fn date_and_time_parse_as_ranges() {
        for (text, expected) in [
            ("2025-06-15", Some([1_749_945_600, 1_750_032_000])),
            ("2025-06-15T15:06:40Z", Some([1_750_000_000, 1_750_000_001])),
            (
                "2025-06-15T17:06:40+02:00",
                Some([1_750_000_000, 1_750_000_001]),
            ),
            ("1969-12-31", None),
            ("2025-02-30", None),
            ("2025-06-15T15:06:40", None),
            ("yesterday", None),
            ("", None),
        ] {
            let range = range(text).map(|range| range.map(Timestamp::as_unix_seconds));
            assert_eq!(range, expected, "{text}");
        }
    }

    #[test]
    fn page_dates_omit_seconds() {
        let time = Timestamp::from_unix_seconds(1_750_000_000);
        assert_eq!(to_the_minute(time), "2025-06-15 15:06");
    }
}
