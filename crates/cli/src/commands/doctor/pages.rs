//! Files of the pages.

use super::examined::Examined;
use super::finding::{Checked, Finding, names};
use crate::date::date;
use countersign_domain::time::Timestamp;
use countersign_ports::NoPlaces;
use std::sync::Arc;
use std::time::Duration;

/// Age of outdated places. Providers publish new files every week or every month.
const OLD: Duration = Duration::from_secs(60 * 86_400);

/// Checks the texts: the operator's catalogues and descriptions of scope.
pub(crate) fn catalogue(of: &Examined) -> Checked<Finding> {
    let issuer = of.settings.issuer.as_deref().unwrap_or_default();
    let pages = of.settings.pages.pages(issuer, Arc::new(NoPlaces))?;
    let untranslated = pages.untranslated();
    let incomplete: Vec<String> = untranslated
        .map(|(language, keys)| {
            let first = keys.first().map_or("", String::as_str);
            format!("{language} ({} texts, such as {first})", keys.len())
        })
        .collect();
    if incomplete.is_empty() {
        let languages: Vec<String> = pages.languages().map(str::to_owned).collect();
        return Ok(Finding::ok(format!(
            "All texts exist in {}.",
            names(&languages)
        )));
    }
    Ok(Finding::warning(
        format!("Some texts appear in English: {}.", names(&incomplete)),
        "Add them to the files in `pages.catalogues`.",
    ))
}

/// Checks the file with the places of network addresses.
pub(crate) fn places(of: &Examined) -> Checked<Finding> {
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
