//! The clock of this machine, compared with the database and with the server.

use super::examined::Examined;
use super::finding::{Checked, Finding};
use crate::commands::setup::now;
use crate::date;
use countersign_domain::time::Timestamp;
use std::time::Duration;

/// Difference that may come from rounding and a slow network.
const SMALL: Duration = Duration::from_secs(5);

/// Difference at which tokens are rejected as expired or not yet valid, and live servers look dead.
const LARGE: Duration = Duration::from_secs(60);

pub(crate) async fn check(of: &Examined) -> Checked<Finding> {
    let mut compared = Vec::new();
    if let Ok((setup, _)) = &of.store
        && let Some(time) = setup.store.now().await?
    {
        compared.push(("the database", difference(time, now())));
    }
    if let Some(Ok(response)) = &of.discovery
        && let Some(time) = response.date.as_deref().and_then(date::parse_http)
    {
        compared.push(("the server or its proxy", difference(time, of.answered_at)));
    }
    judged(&compared)
}

fn judged(compared: &[(&str, Duration)]) -> Checked<Finding> {
    let Some((whose, most)) = compared.iter().max_by_key(|(_, most)| *most) else {
        return Err(Finding::not_checked(
            "SQLite has no other clock, and the server did not answer",
        ));
    };
    let message = format!(
        "The clocks of this machine and of {whose} differ by {} seconds.",
        most.as_secs()
    );
    let advice =
        "Synchronize the clocks of all machines, for example with chrony or systemd-timesyncd.";
    Ok(if *most > LARGE {
        Finding::problem(message, advice)
    } else if *most > SMALL {
        Finding::warning(message, advice)
    } else {
        let with: Vec<&str> = compared.iter().map(|(whose, _)| *whose).collect();
        Finding::ok(format!("The clock agrees with {}.", with.join(" and ")))
    })
}

fn difference(one: Timestamp, other: Timestamp) -> Duration {
    one.since(other).max(other.since(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::State;

    #[test]
    fn largest_difference_decides() {
        let seconds = Duration::from_secs;
        for (database, server, expected) in [
            (0, 5, State::Ok),
            (0, 6, State::Warning),
            (60, 0, State::Warning),
            (61, 6, State::Problem),
        ] {
            let compared = [("a", seconds(database)), ("b", seconds(server))];
            let finding = judged(&compared).unwrap();
            assert_eq!(finding.state, expected, "{}", finding.message);
        }
        assert_eq!(judged(&[]).unwrap_err().state, State::NotChecked);
    }
}
