//! Readable times: RFC 3339, in UTC.

use countersign_domain::time::Timestamp;

/// Formats a time as `2026-11-22T05:04:50Z`.
#[must_use]
pub fn date(time: Timestamp) -> String {
    let seconds = time.as_unix_seconds();
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(day);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Formats a time as `2026-11-22 05:04`, for pages that state the time zone.
#[must_use]
pub fn to_the_minute(time: Timestamp) -> String {
    let written = date(time);
    let (day, clock) = written.split_once('T').unwrap_or((&written, ""));
    format!("{day} {}", clock.get(..5).unwrap_or_default())
}

/// Returns year, month and day in the Gregorian calendar, from days since 1970-01-01. Years start on March 1, so that
/// the leap day comes last. Eras of 400 years all have the same length.
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + (month <= 2) as u64;
    (year, month, day)
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
        ] {
            assert_eq!(date(Timestamp::from_unix_seconds(seconds)), expected);
        }
    }

    #[test]
    fn page_dates_omit_seconds() {
        let time = Timestamp::from_unix_seconds(1_750_000_000);
        assert_eq!(to_the_minute(time), "2025-06-15 15:06");
    }
}
