//! Client origins and their cache.

use crate::world::{SINGLE, tenant};
use countersign_application::Clients;
use countersign_domain::tenant::Tenant;
use countersign_ports::{Change, ChangeKind, StoreError};
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

const ORIGIN: &str = "https://app.example";

fn change(of: &Tenant) -> Change {
    Change {
        tenant: of.id,
        kind: ChangeKind::Client,
        id: "app".to_owned(),
        version: 2,
    }
}

/// Returns clients of a store with one known origin, and a counter of the lookups.
fn clients() -> (Clients<MockStore>, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let mut store = MockStore::new();
    store
        .expect_has_client_origin()
        .returning(move |_, origin| {
            counted.fetch_add(1, Ordering::SeqCst);
            let is_known = origin == ORIGIN;
            Box::pin(async move { Ok(is_known) })
        });
    (Clients::new(Arc::new(store)), asked)
}

#[tokio::test]
async fn known_and_unknown_origins_are_cached() {
    let (clients, asked) = clients();
    for (origin, is_known) in [(ORIGIN, true), ("https://evil.example", false)] {
        for _ in 0..2 {
            let found = clients.is_origin_of_a_client(tenant(), origin).await;
            assert_eq!(found.unwrap(), is_known);
        }
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn client_change_invalidates_only_origins_of_its_tenant() {
    let (clients, asked) = clients();
    let second = fixtures::second_tenant();
    let reads = async |tenant: &Tenant| {
        let before = asked.load(Ordering::SeqCst);
        let found = clients.is_origin_of_a_client(tenant, ORIGIN).await;
        assert!(found.unwrap());
        asked.load(Ordering::SeqCst) - before
    };
    assert_eq!((reads(tenant()).await, reads(&second).await), (1, 1));
    clients.follow(&[]);
    assert_eq!((reads(tenant()).await, reads(&second).await), (0, 0));
    clients.follow(&[change(tenant())]);
    assert_eq!((reads(tenant()).await, reads(&second).await), (1, 0));
    clients.forget();
    assert_eq!((reads(tenant()).await, reads(&second).await), (1, 1));
}

#[tokio::test]
async fn origin_read_before_change_is_not_cached() {
    let (asked, gate) = (AtomicUsize::new(0), Arc::new(Semaphore::new(0)));
    let opened = gate.clone();
    let mut store = MockStore::new();
    store
        .expect_has_client_origin()
        .returning(move |tenant, _| {
            assert_eq!(tenant, SINGLE);
            let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
            let opened = opened.clone();
            Box::pin(async move {
                opened.acquire().await.unwrap().forget();
                Ok(is_first)
            })
        });
    let clients = Arc::new(Clients::new(Arc::new(store)));
    let slow = tokio::spawn({
        let clients = clients.clone();
        async move { clients.is_origin_of_a_client(tenant(), ORIGIN).await }
    });
    tokio::task::yield_now().await;
    clients.follow(&[change(tenant())]);
    gate.add_permits(2);
    assert!(slow.await.unwrap().unwrap());
    let now = clients.is_origin_of_a_client(tenant(), ORIGIN).await;
    assert!(!now.unwrap(), "removed in between");
}

#[tokio::test]
async fn failed_origin_read_is_not_cached() {
    let mut store = MockStore::new();
    store
        .expect_has_client_origin()
        .times(2)
        .returning(|_, _| Box::pin(async { Err(StoreError::new("down")) }));
    let clients = Clients::new(Arc::new(store));
    for _ in 0..2 {
        let found = clients.is_origin_of_a_client(tenant(), ORIGIN).await;
        assert!(found.is_err());
    }
}

#[tokio::test]
async fn overlong_origin_is_rejected_without_read() {
    let (clients, asked) = clients();
    let origin = format!("https://{}.example", "a".repeat(300));
    let found = clients.is_origin_of_a_client(tenant(), &origin).await;
    assert!(!found.unwrap());
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}
