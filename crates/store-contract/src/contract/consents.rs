//! [`ConsentRepository`](countersign_ports::ConsentRepository).

use super::{all, client, insert_clients};
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

/// "Stores what a user has agreed to", found by both.
pub async fn consent_is_of_one_user_for_one_client<S: Store>(store: Arc<S>, tenant: TenantId) {
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

/// "In the place of what was there for this user and client", and of nothing else.
pub async fn later_consent_takes_the_place_of_earlier<S: Store>(store: Arc<S>, tenant: TenantId) {
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

/// "What a user has agreed to, in the order of the client identifiers."
pub async fn the_consents_of_a_user_are_listed_by_client<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
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

/// "Takes consent back. `Lost` if there was none."
pub async fn consent_is_taken_back_once<S: Store>(store: Arc<S>, tenant: TenantId) {
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

/// [`delete_client`](countersign_ports::ClientRepository::delete_client): "what users agreed to for it".
pub async fn consent_goes_with_its_client<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[client("app")]).await;
    for consent in [consent(1, "app"), consent(2, "app"), consent(1, "other")] {
        store.put_consent(tenant, &consent).await.unwrap();
    }
    let deleted = store
        .delete_client(tenant, &client_id("app"), &event_in(tenant))
        .await;
    assert_eq!(deleted.unwrap(), Race::Won);
    assert_eq!(find(&*store, tenant, 1, "app").await, None);
    assert_eq!(find(&*store, tenant, 2, "app").await, None);
    assert!(find(&*store, tenant, 1, "other").await.is_some());
}
