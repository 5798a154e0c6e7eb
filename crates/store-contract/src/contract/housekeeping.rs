//! [`Housekeeping`](countersign_ports::Housekeeping).

use super::signing_keys::add;
use crate::fixtures::{NOW, grant, grant_id, later, rotation, signing_key};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::LoginId;
use countersign_domain::signing_key::SigningKey;
use countersign_ports::{Race, Removed, Store};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;

const fn login(number: u8) -> LoginId {
    LoginId::from_bytes([number; 16])
}

async fn establish_ending_at(store: &impl Store, number: u64, seconds: u64) {
    let grant = Grant {
        expires_at: later(seconds),
        ..grant(number)
    };
    assert_eq!(store.establish(&grant).await.unwrap(), Race::Won);
}

async fn grants_left(store: &impl Store, numbers: impl Iterator<Item = u64>) -> BTreeSet<u64> {
    let mut left = BTreeSet::new();
    for number in numbers {
        if store.find_grant(grant_id(number)).await.unwrap().is_some() {
            left.insert(number);
        }
    }
    left
}

/// "Removes grants, logins and signing keys that ended at or before `now`, and says how many": those, and
/// no others.
pub async fn exactly_what_has_ended_is_removed<S: Store>(store: Arc<S>) {
    for (number, seconds) in [(1, 9), (2, 10), (3, 11)] {
        establish_ending_at(&*store, number, seconds).await;
        let login = login(u8::try_from(number).unwrap());
        let _ = store.advance(login, 1, later(seconds)).await.unwrap();
    }
    let retiring = |id: &str, seconds: u64| SigningKey {
        retires_at: Some(later(seconds)),
        ..signing_key(id)
    };
    let kept = [retiring("k3", 11), signing_key("k4")];
    let ended = [retiring("k1", 9), retiring("k2", 10)];
    add(&*store, &[ended.as_slice(), kept.as_slice()].concat()).await;

    assert_eq!(store.remove_expired(later(10), 100).await.unwrap().count, 6);
    assert_eq!(grants_left(&*store, 1..=3).await, [3].into());
    assert_eq!(store.list_signing_keys().await.unwrap().1, kept);
    let of_live = store.advance(login(3), 1, later(11)).await.unwrap();
    assert_eq!(of_live, Race::Lost);
    let of_ended = store.advance(login(1), 1, later(11)).await.unwrap();
    assert_eq!(of_ended, Race::Won);
    assert_eq!(store.remove_expired(later(10), 100).await.unwrap().count, 0);
}

/// "Since when the oldest of them had waited": of grants, logins and signing keys alike.
pub async fn the_end_of_the_oldest_that_is_removed_is_told<S: Store>(store: Arc<S>) {
    let remove = async |now| store.remove_expired(later(now), 100).await.unwrap();
    let oldest = |count, seconds| Removed {
        count,
        oldest: Some(later(seconds)),
    };
    assert_eq!(remove(0).await, Removed::default());
    for (number, seconds) in [(1, 7), (2, 3), (3, 9), (4, 1000)] {
        establish_ending_at(&*store, number, seconds).await;
    }
    let _ = store.advance(login(1), 1, later(4)).await.unwrap();
    assert_eq!(remove(10).await, oldest(4, 3));
    assert_eq!(remove(10).await, Removed::default());

    establish_ending_at(&*store, 1, 16).await;
    let _ = store.advance(login(1), 1, later(12)).await.unwrap();
    let _ = store.advance(login(2), 1, later(14)).await.unwrap();
    assert_eq!(remove(20).await, oldest(3, 12));

    establish_ending_at(&*store, 1, 26).await;
    let retiring = |id: &str, seconds: u64| SigningKey {
        retires_at: Some(later(seconds)),
        ..signing_key(id)
    };
    add(&*store, &[retiring("k1", 25), retiring("k2", 24)]).await;
    assert_eq!(remove(30).await, oldest(3, 24));

    // What is left for the next call is told by the next call.
    for (number, seconds) in [(1, 31), (2, 32), (3, 33)] {
        establish_ending_at(&*store, number, seconds).await;
    }
    let mut all = Removed::default();
    for _ in 0..3 {
        all += store.remove_expired(later(40), 1).await.unwrap();
    }
    assert_eq!(all, oldest(3, 31));
}

/// A revoked grant stays until it expires: it is what makes a replayed code known.
pub async fn a_revoked_grant_stays_until_it_expires<S: Store>(store: Arc<S>) {
    establish_ending_at(&*store, 1, 10).await;
    let _ = store.revoke(grant_id(1), NOW).await.unwrap();
    assert_eq!(store.remove_expired(later(9), 100).await.unwrap().count, 0);
    assert!(store.find_grant(grant_id(1)).await.unwrap().is_some());
    assert_eq!(store.remove_expired(later(10), 100).await.unwrap().count, 1);
}

/// "Up to `most`" of all three together; what is over is left for the next call.
pub async fn no_more_than_asked_for_is_removed_at_a_time<S: Store>(store: Arc<S>) {
    for number in 1..=4 {
        establish_ending_at(&*store, number.into(), 10).await;
        let _ = store.advance(login(number), 1, later(10)).await.unwrap();
    }
    let retired = SigningKey {
        retires_at: Some(later(10)),
        ..signing_key("k")
    };
    add(&*store, &[retired]).await;
    assert_eq!(store.remove_expired(later(10), 0).await.unwrap().count, 0);
    for expected in [3, 3, 3, 0] {
        let removed = store.remove_expired(later(10), 3).await.unwrap();
        assert_eq!(removed.count, expected);
    }
}

/// Ended grants among live ones, before and after those removed last, are all found.
pub async fn what_has_ended_is_found_wherever_it_is<S: Store>(store: Arc<S>) {
    for number in 1..=40 {
        let seconds = if number % 3 == 0 { 1000 } else { number };
        establish_ending_at(&*store, number, seconds).await;
    }
    // Those of later ids first, then those before them.
    establish_ending_at(&*store, 99, 1).await;
    let mut removed = 0;
    for now in [5, 20, 20, 50, 50, 50, 50] {
        removed += store.remove_expired(later(now), 7).await.unwrap().count;
    }
    assert_eq!(removed, 28);
    establish_ending_at(&*store, 1, 1).await;
    assert_eq!(store.remove_expired(later(50), 7).await.unwrap().count, 1);
    let live: BTreeSet<u64> = (1..=40).filter(|number| number % 3 == 0).collect();
    assert_eq!(grants_left(&*store, 1..=99).await, live);
}

/// "Concurrent calls behave as if they had come one after the other": a grant that is rotated while
/// what has expired is looked for either went before, or lives.
pub async fn a_grant_that_is_rotated_meanwhile_stays<S: Store>(store: Arc<S>) {
    const GRANTS: u64 = 64;
    for round in 0..8 {
        let numbers = round * GRANTS..(round + 1) * GRANTS;
        for number in numbers.clone() {
            establish_ending_at(&*store, number, 15).await;
        }
        let mut rotations = JoinSet::new();
        for number in numbers {
            let store = store.clone();
            rotations.spawn(async move {
                let race = store.rotate(&rotation(grant_id(number), 0)).await;
                (number, race.unwrap())
            });
        }
        let removed = store.remove_expired(later(20), 1000).await.unwrap();
        let mut lost = 0;
        for (number, race) in rotations.join_all().await {
            let is_there = store.find_grant(grant_id(number)).await.unwrap().is_some();
            assert_eq!(is_there, race == Race::Won);
            lost += u32::from(race == Race::Lost);
        }
        assert_eq!(removed.count, lost);
    }
}
