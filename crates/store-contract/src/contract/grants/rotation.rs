//! [`GrantRepository::rotate`](countersign_ports::GrantRepository::rotate).

use crate::contract::support::winners;
use crate::fixtures::{NOW, changed_grant, grant, grant_id, later, rotation};
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, Store};
use std::sync::Arc;

/// Rotates `stored` with a token of generation `presented` and asserts that the rotation wins.
async fn is_carried_out(store: &impl Store, tenant: TenantId, stored: Grant, presented: u32) {
    let _ = store.establish(tenant, &stored).await.unwrap();
    let rotation = rotation(stored.id(), presented);
    assert_eq!(store.rotate(tenant, &rotation).await.unwrap(), Race::Won);
    let expected = changed_grant(&stored, |facts| {
        facts.generation = rotation.successor();
        facts.rotated_at = rotation.now;
        facts.expires_at = rotation.expires_at;
    });
    let found = store.find_grant(tenant, expected.id()).await.unwrap();
    assert_eq!(found, Some(expected));
}

/// Rotates `stored` with a token of generation `presented` and asserts that nothing changes.
async fn is_lost(store: &impl Store, tenant: TenantId, stored: Grant, presented: u32) {
    let _ = store.establish(tenant, &stored).await.unwrap();
    let rotation = rotation(stored.id(), presented);
    assert_eq!(store.rotate(tenant, &rotation).await.unwrap(), Race::Lost);
    let found = store.find_grant(tenant, stored.id()).await.unwrap();
    assert_eq!(found, Some(stored));
}

/// A rotation sets the generation, `rotated_at` and `expires_at`, and changes nothing else.
pub async fn current_generation_rotates<S: Store>(store: Arc<S>, tenant: TenantId) {
    let seventh = changed_grant(&grant(1), |facts| facts.generation = 7);
    is_carried_out(&*store, tenant, seventh, 7).await;
}

/// A token of a generation that the store has lost advances the stored generation.
pub async fn later_generation_catches_up<S: Store>(store: Arc<S>, tenant: TenantId) {
    let third = changed_grant(&grant(1), |facts| facts.generation = 3);
    is_carried_out(&*store, tenant, third, 9).await;
}

/// A token of an earlier generation loses.
pub async fn earlier_generation_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let third = changed_grant(&grant(1), |facts| facts.generation = 3);
    is_lost(&*store, tenant, third, 2).await;
}

/// A revoked grant does not rotate.
pub async fn revoked_grant_does_not_rotate<S: Store>(store: Arc<S>, tenant: TenantId) {
    let revoked = changed_grant(&grant(1), |facts| facts.revoked_at = Some(NOW));
    is_lost(&*store, tenant, revoked, 0).await;
}

/// A grant rotates until the second before it expires.
pub async fn grant_rotates_until_expiry<S: Store>(store: Arc<S>, tenant: TenantId) {
    let now = rotation(grant_id(1), 0).now;
    let ended = changed_grant(&grant(1), |facts| facts.expires_at = now);
    is_lost(&*store, tenant, ended, 0).await;
    let in_its_last_second = changed_grant(&grant(2), |facts| facts.expires_at = later(11));
    assert_eq!(later(10), now);
    is_carried_out(&*store, tenant, in_its_last_second, 0).await;
}

/// Rotating a grant that does not exist returns `Lost` and creates no grant.
pub async fn rotating_unknown_grant_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let rotated = store
        .rotate(tenant, &rotation(grant_id(1), 0))
        .await
        .unwrap();
    assert_eq!(rotated, Race::Lost);
    assert_eq!(store.find_grant(tenant, grant_id(1)).await.unwrap(), None);
}

/// A rotation leaves other grants unchanged.
pub async fn rotation_leaves_other_grants_unchanged<S: Store>(store: Arc<S>, tenant: TenantId) {
    let _ = store.establish(tenant, &grant(2)).await.unwrap();
    is_carried_out(&*store, tenant, grant(1), 0).await;
    let other = store.find_grant(tenant, grant_id(2)).await.unwrap();
    assert_eq!(other, Some(grant(2)));
}

/// The maximum generation does not overflow.
pub async fn maximum_generation_does_not_overflow<S: Store>(store: Arc<S>, tenant: TenantId) {
    let last = changed_grant(&grant(1), |facts| facts.generation = u32::MAX);
    is_carried_out(&*store, tenant, last, u32::MAX).await;
}

/// Of concurrent rotations of one generation, one wins, and the generation increases by one.
pub async fn concurrent_rotations_of_one_generation_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let _ = store.establish(tenant, &grant(1)).await.unwrap();
    let won = winners(&store, |store, _| async move {
        store.rotate(tenant, &rotation(grant_id(1), 0)).await
    });
    assert_eq!(won.await, 1);
    let found = store
        .find_grant(tenant, grant_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.facts().generation, 1);
}

/// The store keeps the time of the winning rotation.
pub async fn winning_rotation_is_stored<S: Store>(store: Arc<S>, tenant: TenantId) {
    let _ = store.establish(tenant, &grant(1)).await.unwrap();
    let by = |number: u32| Rotation {
        now: later(number.into()),
        ..rotation(grant_id(1), 0)
    };
    let winner = Arc::new(std::sync::Mutex::new(None));
    let won = winners(&store, |store, number| {
        let winner = Arc::clone(&winner);
        async move {
            let race = store.rotate(tenant, &by(number)).await?;
            if race == Race::Won {
                *winner.lock().unwrap() = Some(later(number.into()));
            }
            Ok(race)
        }
    });
    assert_eq!(won.await, 1);
    let found = store
        .find_grant(tenant, grant_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(Some(found.facts().rotated_at), *winner.lock().unwrap());
}
