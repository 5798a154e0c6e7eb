//! The store: whether it opens, its schema, and the versions of the servers that use it.

use super::examined::Examined;
use super::finding::{Checked, Finding, State};
use crate::server::LIFETIME;
use countersign_codec::FORMAT_GENERATION;
use countersign_domain::time::Timestamp;
use countersign_ports::{FormatGeneration, Nodes as _};

pub(crate) async fn check(of: &Examined) -> Checked<Finding> {
    let (setup, is_current) = match &of.store {
        Ok(opened) => opened,
        Err(failure) => return Err(Finding::new(State::Problem, &failure.message)),
    };
    if !is_current {
        return Ok(Finding::warning(
            "The schema is not current.",
            "The next start of `serve` migrates it. To do so now, run `countersign migrate`.",
        ));
    }
    let since = of.now.as_unix_seconds().saturating_sub(LIFETIME.as_secs());
    let live = setup.store.live_nodes(Timestamp::from_unix_seconds(since));
    Ok(judged(&live.await?))
}

fn judged(live: &[FormatGeneration]) -> Finding {
    let own = FormatGeneration(FORMAT_GENERATION);
    if live.iter().any(|generation| *generation > own) {
        return Finding::warning(
            "The schema is current, but a server of a later version runs.",
            "Use the latest version of `countersign` on this machine.",
        );
    }
    if live.iter().any(|generation| *generation < own) {
        return Finding::warning(
            "The schema is current, but a server of an earlier version runs.",
            "Finish the upgrade: until then, all servers write only what the earlier version understands.",
        );
    }
    Finding::ok(match live.len() {
        0 => "The schema is current. No server runs.".to_owned(),
        1 => "The schema is current. A server runs.".to_owned(),
        count => format!("The schema is current. {count} servers run."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_of_other_versions_cause_warning() {
        let own = FORMAT_GENERATION;
        for (live, expected) in [
            (vec![], State::Ok),
            (vec![own, own], State::Ok),
            (vec![own, own + 1], State::Warning),
            (vec![own - 1, own], State::Warning),
        ] {
            let live: Vec<_> = live.into_iter().map(FormatGeneration).collect();
            assert_eq!(judged(&live).state, expected, "{live:?}");
        }
    }
}
