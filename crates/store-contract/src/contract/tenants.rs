//! [`Transfer::list_tenants`].

use super::definitions;
use super::ephemera::insert;
use super::support::{client, insert_clients, insert_users, user};
use crate::contract::feed::changes::add_key;
use crate::fixtures::{
    consent, device, ephemeral_key, event_in, grant, identity, passkey, session, signing_key,
    user_id,
};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_ports::{EphemeralKind, Race, Store, StoredEvent, Transfer, UserKey};
use std::sync::Arc;

/// Every tenant with at least one row of any kind is listed once, ordered by ID.
pub async fn tenants_with_rows_are_listed_by_id<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let mut expected = store.list_tenants().await.unwrap();
    assert_eq!(expected.len(), 1, "the neighbor");
    insert_clients(&*store, tenant, &[client("app"), client("other")]).await;
    // In descending order.
    let of: [TenantId; 11] = std::array::from_fn(|index| {
        TenantId::from_number(99 - u32::try_from(index).unwrap()).unwrap()
    });
    insert_users(&*store, of[0], &[user(1, "a@b.example")]).await;
    let stored = StoredEvent::from(&event_in(of[5]));
    let won = [
        store.establish(of[1], &grant(1)).await,
        store.insert_session(of[2], &session(1)).await,
        store.insert_passkey(of[3], &passkey(&[1])).await,
        store.insert_device(of[4], &device(1)).await,
        store.insert_event(of[5], &stored).await,
        store.insert_identity(of[10], &identity(1)).await,
    ];
    for race in won {
        assert_eq!(race.unwrap(), Race::Won);
    }
    store.put_consent(of[6], &consent(1, "app")).await.unwrap();
    let key = ephemeral_key(EphemeralKind::Attempts, 1);
    insert(&*store, of[7], &key, b"").await;
    add_key(&*store, of[8], 0, signing_key("a")).await;
    definitions::insert(&*store, of[9], &[definitions::definition("api")]).await;
    // Another row of a tenant that already has rows.
    let codes = [SecretDigest::from_bytes([1; 32])];
    let given = store
        .replace_recovery_codes(of[0], user_id(1), &codes)
        .await;
    given.unwrap();

    expected.push(tenant);
    expected.extend(of.iter().rev());
    assert_eq!(store.list_tenants().await.unwrap(), expected);
}

/// All rows of a tenant are removed, in batches. Those of its neighbor stay.
pub async fn removed_tenant_leaves_no_rows<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let neighbors = store.list_tenants().await.unwrap();
    let users = [user(1, "a@b.example"), user(2, "c@b.example")];
    insert_users(&*store, tenant, &users).await;
    insert_clients(&*store, tenant, &[client("app"), client("other")]).await;
    let stored = StoredEvent::from(&event_in(tenant));
    let won = [
        store.establish(tenant, &grant(1)).await,
        store.insert_session(tenant, &session(1)).await,
        store.insert_passkey(tenant, &passkey(&[1])).await,
        store.insert_device(tenant, &device(1)).await,
        store.insert_identity(tenant, &identity(1)).await,
        store.insert_event(tenant, &stored).await,
    ];
    for race in won {
        assert_eq!(race.unwrap(), Race::Won);
    }
    let consent = store.put_consent(tenant, &consent(1, "app")).await;
    consent.unwrap();
    let key = ephemeral_key(EphemeralKind::Attempts, 1);
    insert(&*store, tenant, &key, b"").await;
    add_key(&*store, tenant, 0, signing_key("a")).await;
    definitions::insert(&*store, tenant, &[definitions::definition("api")]).await;
    let codes = [SecretDigest::from_bytes([1; 32])];
    let given = store
        .replace_recovery_codes(tenant, user_id(1), &codes)
        .await;
    given.unwrap();

    store.remove_tenant(tenant, 1).await.unwrap();
    assert_eq!(store.list_tenants().await.unwrap(), neighbors);
    let key = UserKey::Id(user_id(2));
    assert!(store.find_user(tenant, key).await.unwrap().is_none());
    let (version, keys) = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!((version.0, keys.len()), (0, 0));
}
