//! Defaults of new clients, applied to existing ones.

use super::clients::{admin, stored, with_app};
use crate::admin::{fields, only, root, stored_events};
use crate::world::{SINGLE, tenant};
use countersign_application::admin::AdminError;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Permission;
use countersign_domain::client::openid_registration::ScopeClaims;
use countersign_domain::client::{Client, ClientId, ClientType, PkceRequirement};
use countersign_domain::refusal::Refusal;
use countersign_ports::{After, ClientRepository as _, Race};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::Arc;

/// Stores a client with the strict defaults of an earlier version.
async fn insert(store: &MemoryStore, client: &Client) {
    let event = fixtures::event_in(SINGLE);
    let inserted = store.insert_client(SINGLE, client, &event).await;
    assert_eq!(inserted.unwrap(), Race::Won);
}

async fn requirement(store: &MemoryStore, id: &str) -> PkceRequirement {
    let id = fixtures::client_id(id);
    let found = store.find_client(SINGLE, &id).await.unwrap();
    found.unwrap().pkce.required
}

#[tokio::test]
async fn created_confidential_client_stores_its_defaults() {
    let store = with_app().await;
    let client = stored(&store).await;
    assert_eq!(client.pkce.required, PkceRequirement::UnlessNonce);
    let claims = client.openid.scope_claims_in_id_token;
    assert_eq!(claims, ScopeClaims::ProfileAndEmail);
}

#[tokio::test]
async fn defaults_change_strict_confidential_clients_with_an_event() {
    let store = Arc::new(MemoryStore::default());
    let strict = fixtures::client("strict");
    let mut free = fixtures::client("free");
    free.pkce.required = PkceRequirement::Never;
    free.openid.scope_claims_in_id_token = ScopeClaims::All;
    let public = Client {
        client_type: ClientType::Public,
        secrets: Vec::new(),
        ..fixtures::client("public")
    };
    for client in [&strict, &free, &public] {
        insert(&store, client).await;
    }
    let before = stored_events(&store).await.len();
    let admin = admin(&store);
    let changed = admin.update_confidential(tenant(), root(), Client::apply_defaults);
    let changed = changed.await.unwrap();
    let changed: Vec<_> = changed.iter().map(|client| client.id.as_str()).collect();
    assert_eq!(changed, ["strict"]);
    for (id, expected) in [
        ("strict", PkceRequirement::UnlessNonce),
        ("free", PkceRequirement::Never),
        ("public", PkceRequirement::Always),
    ] {
        assert_eq!(requirement(&store, id).await, expected, "{id}");
    }
    let events = stored_events(&store).await;
    let [event] = &events[before..] else {
        panic!("{events:?}");
    };
    assert_eq!(event.action, Action::CLIENT_UPDATED);
    assert_eq!(event.target.id, "strict");
    assert_eq!(
        fields(event),
        [
            ("nonce_replaces_pkce", None, Some("true")),
            ("profile_and_email_in_id_token", None, Some("true")),
        ]
    );
    let again = admin.update_confidential(tenant(), root(), Client::apply_defaults);
    assert!(again.await.unwrap().is_empty(), "nothing left to change");
}

#[tokio::test]
async fn defaults_reach_more_clients_than_one_slice_has() {
    let store = Arc::new(MemoryStore::default());
    let many = After::<ClientId>::LIMIT + 1;
    for number in 0..many {
        insert(&store, &fixtures::client(&format!("client-{number}"))).await;
    }
    let admin = admin(&store);
    let changed = admin.update_confidential(tenant(), root(), Client::apply_defaults);
    let count = u32::try_from(changed.await.unwrap().len());
    assert_eq!(count, Ok(many));
}

#[tokio::test]
async fn invalid_change_of_all_clients_changes_none() {
    let store = with_app().await;
    let admin = admin(&store);
    let broken = admin.update_confidential(tenant(), root(), |client| client.name.clear());
    assert!(matches!(broken.await, Err(AdminError::Registration(_))));
    assert_eq!(stored(&store).await.name, "Notes");
}

#[tokio::test]
async fn operator_who_may_only_read_cannot_apply_defaults() {
    let store = with_app().await;
    let reader = only(Permission::ClientsRead);
    let nothing = admin(&Arc::new(MockStore::new()));
    let stranger = only(Permission::UsersWrite);
    let refused = nothing.update_confidential(tenant(), &stranger, |client| client.name.push('!'));
    assert!(matches!(
        refused.await,
        Err(AdminError::Refused(Refusal::PermissionMissing(_)))
    ));
    let admin = admin(&store);
    let refused = admin.update_confidential(tenant(), &reader, |client| client.name.push('!'));
    assert!(refused.await.is_err());
    assert_eq!(stored(&store).await.name, "Notes");
}
