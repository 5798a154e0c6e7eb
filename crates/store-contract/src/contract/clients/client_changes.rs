//! [`ClientRepository`](countersign_ports::ClientRepository): updates and deletion.

use super::{MEMBERS, another, is_stored};
use crate::contract::support::{all, client, insert_clients, winners};
use crate::fixtures::{
    changed_grant, client_id, consent, event_in, grant, grant_id, signing_key, user_id,
};
use countersign_domain::client::Client;
use countersign_domain::later::LaterMembers;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{After, KeyChange, KeySetVersion, Race, Store};
use std::sync::Arc;

async fn update(store: &impl Store, tenant: TenantId, client: &Client) -> Race {
    let updated = store.update_client(tenant, client, &event_in(tenant)).await;
    updated.unwrap()
}

/// Returns the client as an update based on `version` would send it.
fn changed(version: u64, client: Client) -> Client {
    Client { version, ..client }
}

/// An update replaces all data of one client and no other, in both directions, and increments the version.
pub async fn update_replaces_all_client_data<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[client("app"), client("bystander")]).await;
    for (version, new) in (1..).zip([another("app"), client("app"), another("app")]) {
        let asked = changed(version, new.clone());
        assert_eq!(update(&*store, tenant, &asked).await, Race::Won);
        is_stored(&*store, tenant, &changed(version + 1, new)).await;
    }
    is_stored(&*store, tenant, &client("bystander")).await;
}

/// Updating a client that does not exist returns `Lost` for any version.
pub async fn updating_unknown_client_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    for version in [0, 1] {
        let app = changed(version, client("app"));
        assert_eq!(update(&*store, tenant, &app).await, Race::Lost);
    }
    let listed = all(store.list_clients(tenant, None, After::start()).await);
    assert!(listed.is_empty());
}

/// An update returns `Lost` unless the stored version is `Client::version`, and then changes nothing.
pub async fn stale_client_update_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[client("app")]).await;
    assert_eq!(update(&*store, tenant, &client("app")).await, Race::Won);
    let stored = changed(2, client("app"));
    for version in [0, 1, 3] {
        let stale = changed(version, another("app"));
        assert_eq!(update(&*store, tenant, &stale).await, Race::Lost);
        is_stored(&*store, tenant, &stored).await;
    }
}

/// Of concurrent updates based on the same version, one wins, and the store keeps that one.
pub async fn concurrent_client_updates_have_one_winner<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[client("app")]).await;
    let named = |number: u32| Client {
        name: number.to_string(),
        ..client("app")
    };
    let winner = Arc::new(std::sync::Mutex::new(None));
    let won = winners(&store, |store, number| {
        let winner = Arc::clone(&winner);
        async move {
            let race = store
                .update_client(tenant, &named(number), &event_in(tenant))
                .await?;
            if race == Race::Won {
                *winner.lock().unwrap() = Some(number);
            }
            Ok(race)
        }
    });
    assert_eq!(won.await, 1);
    let winner = winner.lock().unwrap().unwrap();
    is_stored(&*store, tenant, &changed(2, named(winner))).await;
}

/// Metadata that a later version added survives reading, changing and writing a client.
pub async fn unknown_client_members_survive_update<S: Store>(store: Arc<S>, tenant: TenantId) {
    let of_later = Client {
        later: LaterMembers::new(MEMBERS),
        ..client("app")
    };
    insert_clients(&*store, tenant, &[of_later]).await;
    let id = client_id("app");
    let mut read = store.find_client(tenant, &id).await.unwrap().unwrap();
    read.name = "Renamed".into();
    assert_eq!(update(&*store, tenant, &read).await, Race::Won);
    let found = store.find_client(tenant, &id).await.unwrap().unwrap();
    assert_eq!(found.later.as_str(), MEMBERS);
    assert_eq!(found.name, "Renamed");
}

/// Deleting a client deletes its secrets, grants, consents and own signing keys, but no data of other clients.
pub async fn deleting_client_deletes_its_data<S: Store>(store: Arc<S>, tenant: TenantId) {
    let own_key = |client: &str| SigningKey {
        client: Some(client_id(client)),
        ..signing_key(client)
    };
    insert_clients(&*store, tenant, &[client("app"), client("bystander")]).await;
    let change = KeyChange {
        seen: KeySetVersion(0),
        add: vec![own_key("app"), own_key("bystander"), signing_key("server")],
        retire: Vec::new(),
    };
    let added = store.change_signing_keys(tenant, &change, None).await;
    assert_eq!(added.unwrap(), Race::Won);
    let grant_of_bystander = changed_grant(&grant(2), |facts| {
        facts.authorization.access.client = client_id("bystander");
    });
    for grant in [&grant(1), &grant_of_bystander] {
        let _ = store.establish(tenant, grant).await.unwrap();
    }
    for consent in [consent(1, "app"), consent(1, "bystander")] {
        store.put_consent(tenant, &consent).await.unwrap();
    }

    let deleted = store
        .delete_client(tenant, &client_id("app"), 1, &event_in(tenant))
        .await;
    assert_eq!(deleted.unwrap(), Race::Won);
    let found = store.find_client(tenant, &client_id("app")).await.unwrap();
    assert!(found.is_none());
    assert_eq!(store.find_grant(tenant, grant_id(1)).await.unwrap(), None);
    is_stored(&*store, tenant, &client("bystander")).await;
    let left = store.find_grant(tenant, grant_id(2)).await.unwrap();
    assert_eq!(left, Some(grant_of_bystander));
    let (_, keys) = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!(keys, [own_key("bystander"), signing_key("server")]);
    let consents = store.list_consents(tenant, user_id(1), After::start());
    assert_eq!(all(consents.await), [consent(1, "bystander")]);

    // A new client with the same ID inherits no secret and no version.
    let successor = Client {
        secrets: Vec::new(),
        ..client("app")
    };
    insert_clients(&*store, tenant, std::slice::from_ref(&successor)).await;
    is_stored(&*store, tenant, &successor).await;
}

/// Deleting a client that does not exist returns `Lost` and removes nothing.
pub async fn deleting_unknown_client_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let orphan = grant(1);
    let _ = store.establish(tenant, &orphan).await.unwrap();
    let deleted = store
        .delete_client(tenant, &client_id("app"), 1, &event_in(tenant))
        .await;
    assert_eq!(deleted.unwrap(), Race::Lost);
    let found = store.find_grant(tenant, orphan.id()).await.unwrap();
    assert_eq!(found, Some(orphan));
}

/// A deletion returns `Lost` and removes nothing if the client has another version.
pub async fn stale_client_deletion_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let app = client("app");
    insert_clients(&*store, tenant, std::slice::from_ref(&app)).await;
    let updated = store.update_client(tenant, &app, &event_in(tenant)).await;
    assert_eq!(updated.unwrap(), Race::Won);
    for version in [0, 1, 3] {
        let deleted = store
            .delete_client(tenant, &app.id, version, &event_in(tenant))
            .await;
        assert_eq!(deleted.unwrap(), Race::Lost);
    }
    let stored = Client { version: 2, ..app };
    is_stored(&*store, tenant, &stored).await;
}

/// Of concurrent deletions of one client, one wins.
pub async fn concurrent_client_deletions_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_clients(&*store, tenant, &[client("app")]).await;
    let won = winners(&store, |store, _| async move {
        let id = client_id("app");
        store.delete_client(tenant, &id, 1, &event_in(tenant)).await
    });
    assert_eq!(won.await, 1);
}
