//! The file with the places of network addresses.

use super::examined::Examined;
use super::finding::{Checked, Finding};
use crate::date::date;
use countersign_domain::time::Timestamp;
use std::time::Duration;

/// Age of outdated places. Providers publish new files every week or every month.
const OLD: Duration = Duration::from_secs(60 * 86_400);

pub(crate) fn check(of: &Examined) -> Checked<Finding> {
    match of.settings.pages.places()? {
        Some(file) => Ok(judged(&file.database_type(), file.built_at(), of.now)),
        None => Err(Finding::not_checked(
            "`pages.places` is not set, so the server shows no places",
        )),
    }
}

fn judged(kind: &str, built_at: Timestamp, now: Timestamp) -> Finding {
    let message = format!("The places are from {kind} of {}.", date(built_at));
    if now.since(built_at) > OLD {
        Finding::warning(
            message,
            "Replace the file in `pages.places` with a current one, and check its automatic update.",
        )
    } else {
        Finding::ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::State;

    #[test]
    fn outdated_places_are_found() {
        let built_at = Timestamp::from_unix_seconds(1_800_000_000);
        for (days, expected) in [(0, State::Ok), (60, State::Ok), (61, State::Warning)] {
            let now = built_at.plus(Duration::from_secs(days * 86_400));
            assert_eq!(
                judged("GeoLite2-City", built_at, now).state,
                expected,
                "{days}"
            );
        }
    }
}
