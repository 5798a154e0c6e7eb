//! [`ClientRepository`](countersign_ports::ClientRepository): last uses of secrets.

use super::is_stored;
use crate::contract::support::{client, insert_clients};
use crate::fixtures::{client_id, client_secret, event_in, later};
use countersign_domain::client::Client;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Race, SecretUse, Store};
use std::slice;
use std::sync::Arc;

fn used(client: &str, secret_name: &str, at: Timestamp) -> SecretUse {
    SecretUse {
        client: client_id(client),
        secret_name: secret_name.into(),
        at,
    }
}

/// Returns a client with the secrets `first` and `second`.
fn with_two_secrets(id: &str) -> Client {
    Client {
        secrets: vec![client_secret("first"), client_secret("second")],
        ..client(id)
    }
}

/// Recording a use sets the last use of only that secret, never moves it back, and keeps the client's version.
pub async fn secret_last_use_never_moves_back<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut app = with_two_secrets("app");
    let bystander = with_two_secrets("bystander");
    insert_clients(&*store, tenant, &[app.clone(), bystander.clone()]).await;
    for (at, last) in [(5, 5), (3, 5), (8, 8)] {
        let uses = [used("app", "second", later(at))];
        store.record_secret_uses(tenant, &uses).await.unwrap();
        app.secrets[1].last_used_at = Some(later(last));
        is_stored(&*store, tenant, &app).await;
    }
    is_stored(&*store, tenant, &bystander).await;
}

/// Recording several uses in one call, in any order, has the same effect as recording them one by one.
pub async fn several_secret_uses_are_recorded_in_one_call<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let mut app = with_two_secrets("app");
    insert_clients(&*store, tenant, slice::from_ref(&app)).await;
    let uses = [
        used("app", "first", later(9)),
        used("app", "second", later(2)),
        used("app", "first", later(1)),
    ];
    store.record_secret_uses(tenant, &uses).await.unwrap();
    app.secrets[0].last_used_at = Some(later(9));
    app.secrets[1].last_used_at = Some(later(2));
    is_stored(&*store, tenant, &app).await;
}

/// Uses of clients or secrets that no longer exist are ignored.
pub async fn use_of_missing_client_or_secret_is_ignored<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut app = client("app");
    insert_clients(&*store, tenant, slice::from_ref(&app)).await;
    let uses = [
        used("gone", "first", later(1)),
        used("app", "gone", later(1)),
        used("app", "first", later(1)),
    ];
    store.record_secret_uses(tenant, &uses).await.unwrap();
    app.secrets[0].last_used_at = Some(later(1));
    is_stored(&*store, tenant, &app).await;
    store.record_secret_uses(tenant, &[]).await.unwrap();
}

/// [`update_client`](countersign_ports::ClientRepository::update_client) keeps the stored last uses of the remaining
/// secrets, even if the caller passes older ones.
pub async fn update_keeps_last_use_of_remaining_secret<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[with_two_secrets("app")]).await;
    let mut read = with_two_secrets("app");
    read.secrets[0].last_used_at = Some(later(1));
    let uses = [
        used("app", "first", later(5)),
        used("app", "second", later(6)),
    ];
    store.record_secret_uses(tenant, &uses).await.unwrap();

    read.secrets[1] = client_secret("third");
    let updated = store.update_client(tenant, &read, &event_in(tenant)).await;
    assert_eq!(updated.unwrap(), Race::Won);
    let mut stored = read;
    stored.version = 2;
    stored.secrets[0].last_used_at = Some(later(5));
    is_stored(&*store, tenant, &stored).await;

    // A secret that reuses the name of a removed secret was never used.
    stored.secrets[1] = client_secret("second");
    let updated = store
        .update_client(tenant, &stored, &event_in(tenant))
        .await;
    assert_eq!(updated.unwrap(), Race::Won);
    stored.version = 3;
    is_stored(&*store, tenant, &stored).await;
}
