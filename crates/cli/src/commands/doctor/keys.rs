//! Signing keys: whether the master key opens them, and whether each has a successor in time.

use super::examined::Examined;
use super::finding::{Checked, Finding, names};
use crate::commands::setup::master_keys;
use countersign_adapters_jwt::MasterKeys;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::{SigningKey, signing_key};
use countersign_ports::SigningKeyRepository as _;
use std::time::Duration;

/// Age from which a signing key should be replaced if no schedule does so.
const OLD: Duration = Duration::from_secs(365 * 86_400);

/// How late a scheduled replacement may be. Servers look once a minute.
const LATE: Duration = Duration::from_secs(3600);

pub(crate) async fn check(of: &Examined) -> Checked<Vec<Finding>> {
    let master = master_keys(&of.settings)?;
    let setup = of.readable()?;
    let (_, keys) = setup.store.list_signing_keys(setup.tenant.id).await?;
    let every = of.settings.scheduled.rotate_every;
    Ok(judged(&keys, &master, every, of.now))
}

fn judged(
    keys: &[SigningKey],
    master: &MasterKeys,
    every: Option<Duration>,
    now: Timestamp,
) -> Vec<Finding> {
    let live = || keys.iter().filter(|key| key.is_published(now));
    if live().next().is_none() {
        return vec![Finding::warning(
            "The store has no signing key.",
            "`serve` creates one when it starts. To do so now, run `countersign migrate`.",
        )];
    }
    let ids = |found: Vec<&SigningKey>| -> Vec<String> {
        found.iter().map(|key| key.id.clone()).collect()
    };
    let sealed = ids(live()
        .filter(|key| master.sealer(&key.sealed_private_key).is_none())
        .collect());
    let mut findings = Vec::new();
    if !sealed.is_empty() {
        findings.push(Finding::problem(
            format!("The configured master key cannot open the signing keys {}.", names(&sealed)),
            "Add the master key that sealed them on a line below the current one; see `countersign keys check-master`.",
        ));
    }
    let current = live().filter(|key| key.client.is_none() && signs(key, keys, now));
    let (mut ending, mut old) = (Vec::new(), Vec::new());
    for key in current {
        let has_successor = live().any(|other| {
            other.algorithm == key.algorithm && other.client.is_none() && other.retires_at.is_none()
        });
        let limit = every.map_or(OLD, |every| every + LATE);
        if !has_successor {
            ending.push(key);
        } else if key.retires_at.is_none() && key.created_at.plus(limit).has_passed(now) {
            old.push(key);
        }
    }
    if !ending.is_empty() {
        findings.push(Finding::problem(
            format!(
                "The signing keys {} retire soon and have no successor.",
                names(&ids(ending))
            ),
            "Run `countersign keys rotate`, unless no client uses their algorithm.",
        ));
    }
    if !old.is_empty() {
        let old = names(&ids(old));
        findings.push(match every {
            Some(_) => Finding::problem(
                format!("The signing keys {old} are older than `keys.rotate_every`."),
                "Start a server with this setting: only a running server replaces keys. Or run `countersign keys rotate`.",
            ),
            None => Finding::warning(
                format!("The signing keys {old} are more than a year old."),
                "Run `countersign keys rotate`, or set `keys.rotate_every`.",
            ),
        });
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            "The master key opens all signing keys. No key needs a successor.",
        ));
    }
    findings
}

fn signs(key: &SigningKey, all: &[SigningKey], now: Timestamp) -> bool {
    let current = signing_key(all, key.algorithm, key.client.as_ref(), now);
    current.is_some_and(|current| current.id == key.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::State;
    use countersign_adapters_jwt::{Codecs, generate_signing_key};
    use countersign_domain::tenant::TenantId;
    use countersign_domain::token::signing_algorithm::SigningAlgorithm;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn master() -> MasterKeys {
        MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap()
    }

    /// Returns a key that was created this long ago.
    fn key(master: &MasterKeys, age: Duration, retires_in: Option<Duration>) -> SigningKey {
        let created = Timestamp::from_unix_seconds(NOW.as_unix_seconds() - age.as_secs());
        let codecs = Codecs::new(master);
        let algorithm = SigningAlgorithm::Es256;
        let key =
            generate_signing_key(TenantId::SINGLE, algorithm, None, created, created, &codecs);
        SigningKey {
            retires_at: retires_in.map(|time| NOW.plus(time)),
            ..key.unwrap()
        }
    }

    fn states(keys: &[SigningKey], master: &MasterKeys, every: Option<Duration>) -> Vec<State> {
        let findings = judged(keys, master, every, NOW).into_iter();
        findings.map(|finding| finding.state).collect()
    }

    #[test]
    fn old_key_is_a_warning_and_late_schedule_a_problem() {
        let master = master();
        for (age, every, expected) in [
            (DAY, None, State::Ok),
            (364 * DAY, None, State::Ok),
            (366 * DAY, None, State::Warning),
            (366 * DAY, Some(400 * DAY), State::Ok),
            (30 * DAY, Some(30 * DAY), State::Ok),
            (31 * DAY, Some(30 * DAY), State::Problem),
        ] {
            let keys = [key(&master, age, None)];
            assert_eq!(states(&keys, &master, every), [expected], "{age:?}");
        }
    }

    #[test]
    fn ending_key_needs_a_successor() {
        let master = master();
        let ending = key(&master, DAY, Some(DAY));
        let next = key(&master, Duration::ZERO, None);
        assert_eq!(
            states(std::slice::from_ref(&ending), &master, None),
            [State::Problem]
        );
        assert_eq!(states(&[ending, next], &master, None), [State::Ok]);
    }

    #[test]
    fn key_under_another_master_key_is_a_problem() {
        let (one, other) = (master(), master());
        let keys = [key(&other, DAY, None)];
        assert_eq!(states(&keys, &one, None), [State::Problem]);
        assert_eq!(states(&keys, &other, None), [State::Ok]);
        assert_eq!(states(&[], &one, None), [State::Warning]);
    }
}
