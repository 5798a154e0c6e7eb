//! The TLS certificate of the issuer.

use super::examined::Examined;
use super::finding::{Checked, Finding};
use crate::date::date;
use countersign_adapters_system::NotInspected;
use countersign_domain::time::Timestamp;
use std::time::Duration;

/// Remaining time below which an automatic renewal is late. Common tools renew earlier.
const SOON: Duration = Duration::from_secs(14 * 86_400);

/// Remaining time that is too short for a weekend.
const VERY_SOON: Duration = Duration::from_secs(3 * 86_400);

const ADVICE: &str =
    "Renew the certificate at the proxy that terminates TLS, and check its automatic renewal.";

pub(crate) fn check(of: &Examined) -> Checked<Finding> {
    let issuer = of.settings.issuer.as_deref().unwrap_or_default();
    if !issuer.starts_with("https://") {
        return Err(Finding::not_checked("the issuer is not an https URL"));
    }
    match &of.discovery {
        Some(Err(NotInspected::Tls(failure))) => Err(Finding::problem(
            format!("Clients reject the certificate of {issuer}: {failure}."),
            ADVICE,
        )),
        Some(Ok(response)) => match response.certificate_expires_at {
            Some(end) => Ok(judged(end, of.now)),
            None => Err(Finding::not_checked("the certificate cannot be read")),
        },
        _ => Err(Finding::not_checked("the issuer cannot be reached")),
    }
}

fn judged(end: Timestamp, now: Timestamp) -> Finding {
    let left = end.since(now);
    let message = format!("The certificate expires at {}.", date(end));
    if left < VERY_SOON {
        Finding::problem(message, ADVICE)
    } else if left < SOON {
        Finding::warning(message, ADVICE)
    } else {
        Finding::ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::State;

    #[test]
    fn certificate_that_ends_soon_is_found() {
        let now = Timestamp::from_unix_seconds(1_800_000_000);
        for (days, expected) in [
            (0, State::Problem),
            (2, State::Problem),
            (3, State::Warning),
            (13, State::Warning),
            (14, State::Ok),
        ] {
            let end = now.plus(Duration::from_secs(days * 86_400));
            assert_eq!(judged(end, now).state, expected, "{days}");
        }
    }
}
