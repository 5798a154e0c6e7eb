//! [`ClientRepository::has_client_origin`](countersign_ports::ClientRepository::has_client_origin).

use crate::contract::support::{client, insert_clients};
use crate::fixtures::{client_id, event_in};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientStatus};
use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, Store};
use std::sync::Arc;

fn with_uris(id: &str, uris: &[&str]) -> Client {
    let uris = uris.iter().map(|uri| RedirectUri::parse(uri).unwrap());
    Client {
        redirect_uris: uris.collect(),
        ..client(id)
    }
}

async fn has(store: &impl Store, tenant: TenantId, origin: &str) -> bool {
    store.has_client_origin(tenant, origin).await.unwrap()
}

/// An active client is found by the origin of each of its redirect URIs (RFC 6454 section 6.2).
pub async fn redirect_uri_origins_are_found<S: Store>(store: Arc<S>, tenant: TenantId) {
    assert!(!has(&*store, tenant, "https://app.example").await);
    let app = with_uris(
        "app",
        &[
            "https://app.example/a?b=https://b.example",
            "https://app.example/c",
            "https://PORT.example:8443/",
            "https://default.example:443/",
            "http://127.0.0.1:5000/cb",
            "com.example.app:/cb",
        ],
    );
    insert_clients(&*store, tenant, &[app]).await;
    for origin in [
        "https://app.example",
        "https://port.example:8443",
        "https://default.example",
        "http://127.0.0.1:5000",
    ] {
        assert!(has(&*store, tenant, origin).await, "{origin}");
    }
    for origin in [
        "",
        "null",
        "https://app.exampl",
        "https://app.example:8443",
        "https://app.example/",
        "http://app.example",
        "https://b.example",
        "https://port.example",
        "http://127.0.0.1",
        "com.example.app:",
    ] {
        assert!(!has(&*store, tenant, origin).await, "{origin}");
    }
}

/// A disabled client has no origin, from the moment of the change.
pub async fn disabled_client_has_no_origin<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut app = Client {
        status: ClientStatus::Suspended,
        ..client("app")
    };
    insert_clients(&*store, tenant, std::slice::from_ref(&app)).await;
    assert!(!has(&*store, tenant, "https://app.example").await);
    for status in [
        ClientStatus::Active,
        ClientStatus::Inactive,
        ClientStatus::Active,
        ClientStatus::Suspended,
    ] {
        app.status = status;
        let updated = store.update_client(tenant, &app, &event_in(tenant)).await;
        assert_eq!(updated.unwrap(), Race::Won);
        app.version += 1;
        let is_known = has(&*store, tenant, "https://app.example").await;
        assert_eq!(is_known, status == ClientStatus::Active, "{status:?}");
    }
}

/// An update of a client's redirect URIs changes its origins.
pub async fn client_update_changes_origins<S: Store>(store: Arc<S>, tenant: TenantId) {
    let old = ["https://a.example/cb", "https://b.example/cb"];
    insert_clients(&*store, tenant, &[with_uris("app", &old)]).await;
    let new = ["https://b.example/other", "https://c.example/cb"];
    let app = with_uris("app", &new);
    let updated = store.update_client(tenant, &app, &event_in(tenant)).await;
    assert_eq!(updated.unwrap(), Race::Won);
    for (origin, is_known) in [
        ("https://a.example", false),
        ("https://b.example", true),
        ("https://c.example", true),
    ] {
        assert_eq!(has(&*store, tenant, origin).await, is_known, "{origin}");
    }
    let stale = with_uris("app", &["https://d.example/cb"]);
    let lost = store.update_client(tenant, &stale, &event_in(tenant)).await;
    assert_eq!(lost.unwrap(), Race::Lost);
    assert!(!has(&*store, tenant, "https://d.example").await);
    assert!(has(&*store, tenant, "https://c.example").await);
}

/// An origin exists as long as one active client has it.
pub async fn shared_origin_remains_until_last_client_is_deleted<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_clients(&*store, tenant, &[client("app"), client("other")]).await;
    for (id, is_known) in [("app", true), ("other", false)] {
        let deleted = store
            .delete_client(tenant, &client_id(id), 1, &event_in(tenant))
            .await;
        assert_eq!(deleted.unwrap(), Race::Won);
        let known = has(&*store, tenant, "https://app.example").await;
        assert_eq!(known, is_known, "{id}");
    }
}
