//! [`ConsentRepository`](countersign_ports::ConsentRepository).

use crate::contract::support::{all, client, insert_clients};
use crate::fixtures::{client_id, consent, event_in, later, user_id};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Race, Store};
use std::sync::Arc;

async fn find(store: &impl Store, tenant: TenantId, user: u8, client: &str) -> Option<Consent> {
    let found = store
        .find_consent(tenant, user_id(user), &client_id(client))
        .await;
    found.unwrap()
}

/// Consent is stored and found by user and client.
pub async fn consent_belongs_to_user_and_client<S: Store>(store: Arc<S>, tenant: TenantId) {
    let odd = Consent {
        scope: Scope::none(),
        given_at: later(5),
        ..consent(1, "~ odd \"id\" %")
    };
    for consent in [consent(1, "app"), odd.clone()] {
        store.put_consent(tenant, &consent).await.unwrap();
    }
    assert_eq!(
        find(&*store, tenant, 1, "app").await,
        Some(consent(1, "app"))
    );
    assert_eq!(
        find(&*store, tenant, 1, odd.client.as_str()).await,
        Some(odd)
    );
    assert_eq!(find(&*store, tenant, 2, "app").await, None);
    assert_eq!(find(&*store, tenant, 1, "other").await, None);
}

/// Later consent replaces the earlier one of the same user and client, and no other.
pub async fn later_consent_replaces_earlier<S: Store>(store: Arc<S>, tenant: TenantId) {
    for consent in [consent(1, "app"), consent(2, "app"), consent(1, "other")] {
        store.put_consent(tenant, &consent).await.unwrap();
    }
    let less = Consent {
        scope: Scope::parse("openid").unwrap(),
        given_at: later(1),
        ..consent(1, "app")
    };
    store.put_consent(tenant, &less).await.unwrap();
    assert_eq!(find(&*store, tenant, 1, "app").await, Some(less));
    assert_eq!(
        find(&*store, tenant, 2, "app").await,
        Some(consent(2, "app"))
    );
    assert_eq!(
        find(&*store, tenant, 1, "other").await,
        Some(consent(1, "other"))
    );
}

/// A user's consents are listed by client identifier.
pub async fn user_consents_are_listed_by_client<S: Store>(store: Arc<S>, tenant: TenantId) {
    for client in ["b", "B", "a-b", "ab"] {
        store
            .put_consent(tenant, &consent(1, client))
            .await
            .unwrap();
    }
    store.put_consent(tenant, &consent(2, "c")).await.unwrap();
    let listed = all(store
        .list_consents(tenant, user_id(1), After::start())
        .await);
    let in_order = ["B", "a-b", "ab", "b"].map(|client| consent(1, client));
    assert_eq!(listed, in_order);
    assert_eq!(
        all(store
            .list_consents(tenant, user_id(3), After::start())
            .await),
        []
    );
}

/// Withdrawing consent removes it. Withdrawing it again returns `Lost`.
pub async fn second_consent_withdrawal_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    for consent in [consent(1, "app"), consent(2, "app"), consent(1, "other")] {
        store.put_consent(tenant, &consent).await.unwrap();
    }
    for race in [Race::Won, Race::Lost] {
        let removed = store
            .remove_consent(tenant, user_id(1), &client_id("app"))
            .await;
        assert_eq!(removed.unwrap(), race);
    }
    assert_eq!(find(&*store, tenant, 1, "app").await, None);
    assert!(find(&*store, tenant, 2, "app").await.is_some());
    assert!(find(&*store, tenant, 1, "other").await.is_some());
}

/// [`delete_client`](countersign_ports::ClientRepository::delete_client) also deletes the consents for the client.
pub async fn deleting_client_deletes_its_consents<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[client("app")]).await;
    for consent in [consent(1, "app"), consent(2, "app"), consent(1, "other")] {
        store.put_consent(tenant, &consent).await.unwrap();
    }
    let deleted = store
        .delete_client(tenant, &client_id("app"), 1, &event_in(tenant))
        .await;
    assert_eq!(deleted.unwrap(), Race::Won);
    assert_eq!(find(&*store, tenant, 1, "app").await, None);
    assert_eq!(find(&*store, tenant, 2, "app").await, None);
    assert!(find(&*store, tenant, 1, "other").await.is_some());
}
