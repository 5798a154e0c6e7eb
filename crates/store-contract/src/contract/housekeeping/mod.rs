//! [`Housekeeping`](countersign_ports::Housekeeping).

pub mod housekeeping_of_people;

use crate::contract::ephemera::insert;
use crate::contract::feed::changes::{changes, of_keys};
use crate::contract::signing_keys::add;
use crate::contract::support::{ELSEWHERE, HERE};
use crate::fixtures::{
    NOW, changed_grant, ephemeral_key, grant, grant_id, later, rotation, signing_key,
};
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{EphemeralKey, EphemeralKind, KeySetVersion, Race, Removed, Store};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Returns the key of a value with this expiry time.
const fn key(number: u64, seconds: u64) -> EphemeralKey {
    EphemeralKey {
        expires_at: later(seconds),
        ..ephemeral_key(EphemeralKind::DeniedToken, number)
    }
}

fn retiring(id: &str, seconds: u64) -> SigningKey {
    SigningKey {
        retires_at: Some(later(seconds)),
        ..signing_key(id)
    }
}

async fn establish_ending_at(store: &impl Store, tenant: TenantId, number: u64, seconds: u64) {
    let grant = changed_grant(&grant(number), |facts| facts.expires_at = later(seconds));
    assert_eq!(store.establish(tenant, &grant).await.unwrap(), Race::Won);
}

async fn grants_left(
    store: &impl Store,
    tenant: TenantId,
    numbers: impl Iterator<Item = u64>,
) -> BTreeSet<u64> {
    let mut left = BTreeSet::new();
    for number in numbers {
        let found = store.find_grant(tenant, grant_id(number)).await;
        if found.unwrap().is_some() {
            left.insert(number);
        }
    }
    left
}

/// Grants, signing keys and expiring values that ended at or before `now` are removed and counted, and nothing else is.
pub async fn only_ended_items_are_removed<S: Store>(store: Arc<S>, tenant: TenantId) {
    for (number, seconds) in [(1, 9), (2, 10), (3, 11)] {
        establish_ending_at(&*store, tenant, number, seconds).await;
        insert(&*store, tenant, &key(number, seconds), b"").await;
    }
    let kept = [retiring("k3", 11), signing_key("k4")];
    let ended = [retiring("k1", 9), retiring("k2", 10)];
    add(
        &*store,
        tenant,
        &[ended.as_slice(), kept.as_slice()].concat(),
    )
    .await;

    assert_eq!(store.remove_expired(later(10), 100).await.unwrap().count, 6);
    assert_eq!(grants_left(&*store, tenant, 1..=3).await, [3].into());
    let (_, keys) = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!(keys, kept);
    for (number, seconds) in [(1, 9), (2, 10), (3, 11)] {
        // `NOW` is before the expiry, so this checks whether the value exists.
        let found = store.get(tenant, &key(number, seconds), NOW).await;
        assert_eq!(found.unwrap().is_some(), number == 3);
    }
    assert_eq!(store.remove_expired(later(10), 100).await.unwrap().count, 0);
}

/// The earliest end time covers grants, expiring values and signing keys.
pub async fn earliest_end_of_removed_items_is_returned<S: Store>(store: Arc<S>, tenant: TenantId) {
    let remove = async |now| store.remove_expired(later(now), 100).await.unwrap();
    let oldest = |count, seconds| Removed {
        count,
        oldest: Some(later(seconds)),
    };
    assert_eq!(remove(0).await, Removed::default());
    for (number, seconds) in [(1, 7), (2, 3), (3, 9), (4, 1000)] {
        establish_ending_at(&*store, tenant, number, seconds).await;
    }
    insert(&*store, tenant, &key(1, 4), b"").await;
    assert_eq!(remove(10).await, oldest(4, 3));
    assert_eq!(remove(10).await, Removed::default());

    establish_ending_at(&*store, tenant, 1, 16).await;
    insert(&*store, tenant, &key(1, 12), b"").await;
    insert(&*store, tenant, &key(2, 14), b"").await;
    assert_eq!(remove(20).await, oldest(3, 12));

    establish_ending_at(&*store, tenant, 1, 26).await;
    add(&*store, tenant, &[retiring("k1", 25), retiring("k2", 24)]).await;
    assert_eq!(remove(30).await, oldest(3, 24));

    // The next call reports the items that the previous call left.
    for (number, seconds) in [(1, 31), (2, 32), (3, 33)] {
        establish_ending_at(&*store, tenant, number, seconds).await;
    }
    let mut all = Removed::default();
    for _ in 0..3 {
        all += store.remove_expired(later(40), 1).await.unwrap();
    }
    assert_eq!(all, oldest(3, 31));
}

/// A revoked grant is kept until it expires, because the server needs it to detect a replayed code.
pub async fn revoked_grant_is_kept_until_expiry<S: Store>(store: Arc<S>, tenant: TenantId) {
    establish_ending_at(&*store, tenant, 1, 10).await;
    let _ = store.revoke(tenant, grant_id(1), NOW).await.unwrap();
    assert_eq!(store.remove_expired(later(9), 100).await.unwrap().count, 0);
    let found = store.find_grant(tenant, grant_id(1)).await.unwrap();
    assert!(found.is_some());
    assert_eq!(store.remove_expired(later(10), 100).await.unwrap().count, 1);
}

/// `most` limits all kinds together. The next call removes the rest.
pub async fn removal_respects_limit<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in 1..=4 {
        establish_ending_at(&*store, tenant, number, 10).await;
        insert(&*store, tenant, &key(number, 10), b"").await;
    }
    add(&*store, tenant, &[retiring("k", 10)]).await;
    assert_eq!(store.remove_expired(later(10), 0).await.unwrap().count, 0);
    for expected in [3, 3, 3, 0] {
        let removed = store.remove_expired(later(10), 3).await.unwrap();
        assert_eq!(removed.count, expected);
    }
}

/// Ended grants are found among live ones, whether they sort before or after the last removed grant.
pub async fn ended_grants_are_found_among_live_ones<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in 1..=40 {
        let seconds = if number % 3 == 0 { 1000 } else { number };
        establish_ending_at(&*store, tenant, number, seconds).await;
    }
    // First a grant with a later ID, then grants with earlier IDs.
    establish_ending_at(&*store, tenant, 99, 1).await;
    let mut removed = 0;
    for now in [5, 20, 20, 50, 50, 50, 50] {
        removed += store.remove_expired(later(now), 7).await.unwrap().count;
    }
    assert_eq!(removed, 28);
    establish_ending_at(&*store, tenant, 1, 1).await;
    assert_eq!(store.remove_expired(later(50), 7).await.unwrap().count, 1);
    let live: BTreeSet<u64> = (1..=40).filter(|number| number % 3 == 0).collect();
    assert_eq!(grants_left(&*store, tenant, 1..=99).await, live);
}

/// Concurrent calls are serializable: a grant that is rotated during removal is either removed first or kept.
pub async fn concurrently_rotated_grant_is_kept<S: Store>(store: Arc<S>, tenant: TenantId) {
    const GRANTS: u64 = 64;
    for round in 0..8 {
        let numbers = round * GRANTS..(round + 1) * GRANTS;
        for number in numbers.clone() {
            establish_ending_at(&*store, tenant, number, 15).await;
        }
        let mut rotations = JoinSet::new();
        for number in numbers {
            let store = store.clone();
            rotations.spawn(async move {
                let race = store.rotate(tenant, &rotation(grant_id(number), 0)).await;
                (number, race.unwrap())
            });
        }
        let removed = store.remove_expired(later(20), 1000).await.unwrap();
        let mut lost = 0;
        for (number, race) in rotations.join_all().await {
            let found = store.find_grant(tenant, grant_id(number)).await.unwrap();
            assert_eq!(found.is_some(), race == Race::Won);
            lost += u32::from(race == Race::Lost);
        }
        assert_eq!(removed.count, lost);
    }
}

/// Ended items of every tenant are removed, and `most` limits all tenants together.
pub async fn ended_items_of_every_tenant_are_removed<S: Store>(store: Arc<S>, _: TenantId) {
    for tenant in [HERE, ELSEWHERE] {
        for (number, seconds) in [(1, 9), (2, 11)] {
            establish_ending_at(&*store, tenant, number, seconds).await;
            insert(&*store, tenant, &key(number, seconds), b"").await;
        }
        add(&*store, tenant, &[retiring("k1", 8), retiring("k2", 11)]).await;
    }
    for (most, count) in [(4, 4), (100, 2), (100, 0)] {
        let removed = store.remove_expired(later(10), most).await.unwrap();
        assert_eq!(removed.count, count);
    }
    for tenant in [HERE, ELSEWHERE] {
        assert_eq!(grants_left(&*store, tenant, 1..=2).await, [2].into());
        let (_, keys) = store.list_signing_keys(tenant).await.unwrap();
        assert_eq!(keys, [retiring("k2", 11)]);
        let live = store.get(tenant, &key(2, 11), NOW).await.unwrap();
        assert!(live.is_some());
    }
}

/// Removing a signing key changes its set: the version is incremented and the feed contains the change. A key with the
/// same ID in another set is kept.
pub async fn removing_signing_key_changes_its_set<S: Store>(store: Arc<S>, tenant: TenantId) {
    add(&*store, tenant, &[retiring("k1", 9), signing_key("k2")]).await;
    add(&*store, ELSEWHERE, &[retiring("k1", 11)]).await;
    let begin = store.latest_change().await.unwrap();
    assert_eq!(store.remove_expired(later(10), 9).await.unwrap().count, 1);
    for (tenant, expected, left) in [
        (tenant, 2, signing_key("k2")),
        (ELSEWHERE, 1, retiring("k1", 11)),
    ] {
        let (version, keys) = store.list_signing_keys(tenant).await.unwrap();
        assert_eq!((version, keys), (KeySetVersion(expected), vec![left]));
        let seen = changes(&*store, tenant, begin).await;
        assert_eq!(seen.contains(&of_keys(tenant, 2)), expected == 2);
    }
    let again = store.remove_expired(later(10), 9).await.unwrap();
    assert_eq!(again, Removed::default());
    let (version, _) = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!(version, KeySetVersion(2));
}

/// Changes are kept for at least one hour, so housekeeping removes none that a node may not have read.
pub async fn recent_change_survives_housekeeping<S: Store>(store: Arc<S>, tenant: TenantId) {
    let begin = store.latest_change().await.unwrap();
    add(&*store, tenant, &[signing_key("a")]).await;
    for _ in 0..2 {
        let removed = store.remove_expired(NOW, 100).await.unwrap();
        assert_eq!(removed, Removed::default());
    }
    let seen = changes(&*store, tenant, begin).await;
    assert!(seen.contains(&of_keys(tenant, 1)));
}
