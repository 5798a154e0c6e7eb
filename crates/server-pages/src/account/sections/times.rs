//! Times in the time zone of the user (`zoneinfo`, OpenID Connect Core section 5.1), or in UTC.

use crate::pages::PageContext;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use jiff::tz::TimeZone;

/// Regions of the time zones that users choose from. The other names are outdated or have no place.
const REGIONS: [&str; 10] = [
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

/// Time zone of the times on a page.
pub(crate) struct Times {
    zone: TimeZone,
    /// `None` for a user without a known time zone.
    name: Option<String>,
}

impl Times {
    /// Returns the time zone of a user.
    pub(crate) fn of(user: &User) -> Self {
        let name = user.profile.text(StandardClaim::Zoneinfo);
        let zone = name.and_then(|name| TimeZone::get(name).ok());
        Self {
            name: name.filter(|_| zone.is_some()).map(ToOwned::to_owned),
            zone: zone.unwrap_or(TimeZone::UTC),
        }
    }

    /// Returns the text of a key, with `{time}` replaced by a time in the language of the page.
    pub(crate) fn text(&self, page: PageContext<'_>, key: &str, time: Timestamp) -> String {
        page.with(key, "time", self.in_words(page, time))
    }

    /// Returns a sentence that names the time zone.
    pub(in crate::account) fn note(&self, page: PageContext<'_>) -> String {
        match &self.name {
            Some(name) => page.with("account.times", "zone", name.replace('_', " ")),
            None => page.text("account.times_utc").to_owned(),
        }
    }

    fn in_words(&self, page: PageContext<'_>, time: Timestamp) -> String {
        let seconds = i64::try_from(time.as_unix_seconds()).ok();
        let time = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        let time = time
            .unwrap_or(jiff::Timestamp::MAX)
            .to_zoned(self.zone.clone());
        let month = usize::try_from(time.month() - 1).unwrap_or_default();
        let months = page.text("date.months").split(' ');
        let month = months.clone().nth(month).unwrap_or_default();
        page.with("date.format", "day", time.day())
            .replace("{month}", month)
            .replace("{year}", &time.year().to_string())
            .replace("{time}", &time.strftime("%H:%M").to_string())
    }
}

/// Returns the names of the time zones that users choose from, in order.
pub(super) fn zones() -> Vec<String> {
    let all = jiff::tz::db().available().map(|name| name.to_string());
    let mut zones: Vec<_> = all
        .filter(|name| REGIONS.iter().any(|region| name.starts_with(region)))
        .collect();
    zones.sort();
    zones
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::{PageSettings, Pages};
    use axum::http::HeaderMap;

    fn shown(zone: &str, language: &str, seconds: u64) -> String {
        let pages = Pages::new(PageSettings::default()).unwrap();
        let page = pages.page(&HeaderMap::new(), Some(language));
        let times = Times {
            zone: TimeZone::get(zone).unwrap(),
            name: None,
        };
        times.in_words(page, Timestamp::from_unix_seconds(seconds))
    }

    #[test]
    fn time_is_in_zone_and_language_of_user() {
        assert_eq!(shown("UTC", "en", 1_750_000_000), "Jun 15, 2025, 15:06");
        assert_eq!(
            shown("Europe/Berlin", "de", 1_750_000_000),
            "15. Juni 2025, 17:06"
        );
        assert_eq!(
            shown("America/New_York", "en", 1_767_225_600),
            "Dec 31, 2025, 19:00"
        );
    }

    #[test]
    fn every_offered_time_zone_is_known() {
        let zones = zones();
        assert!(zones.len() > 300, "{}", zones.len());
        for zone in zones {
            assert!(TimeZone::get(&zone).is_ok(), "{zone}");
            assert!(StandardClaim::Zoneinfo.may_say(&zone).is_ok(), "{zone}");
        }
    }
}
