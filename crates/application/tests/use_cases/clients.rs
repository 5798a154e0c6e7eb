//! The cache in front of the clients.

use countersign_application::Clients;
use countersign_domain::client::ClientStatus;
use countersign_ports::{ClientRepository as _, Revision, StoreError};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

#[tokio::test]
async fn a_client_is_asked_for_once_and_again_after_a_change() {
    let store = Arc::new(MemoryStore::default());
    let mut client = fixtures::client("app");
    let _ = store.insert_client(&client).await.unwrap();
    let clients = Clients::new(store.clone());
    assert!(clients.find(&client.id).await.unwrap().is_some());
    client.status = ClientStatus::Suspended;
    let _ = store.update_client(&client).await.unwrap();
    let status = async |clients: &Clients<_>| {
        clients
            .find(&fixtures::client_id("app"))
            .await
            .unwrap()
            .unwrap()
            .status
    };
    assert_eq!(status(&clients).await, ClientStatus::Active, "from memory");
    clients.follow(Revision(2));
    assert_eq!(status(&clients).await, ClientStatus::Suspended);
}

#[tokio::test]
async fn a_client_that_was_just_registered_is_found_without_waiting() {
    let store = Arc::new(MemoryStore::default());
    let clients = Clients::new(store.clone());
    assert!(
        clients
            .find(&fixtures::client_id("app"))
            .await
            .unwrap()
            .is_none()
    );
    let _ = store.insert_client(&fixtures::client("app")).await.unwrap();
    assert!(
        clients
            .find(&fixtures::client_id("app"))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn one_slow_look_up_serves_all_who_wait() {
    let (asked, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let mut store = MockStore::new();
    let (counted, opened) = (asked.clone(), gate.clone());
    store.expect_find_client().returning(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        let opened = opened.clone();
        Box::pin(async move {
            opened.acquire().await.unwrap().forget();
            Ok(Some(fixtures::client("app")))
        })
    });
    let clients = Arc::new(Clients::new(Arc::new(store)));
    let waiting: Vec<_> = (0..16)
        .map(|_| {
            let clients = clients.clone();
            tokio::spawn(async move {
                clients
                    .find(&fixtures::client_id("app"))
                    .await
                    .unwrap()
                    .is_some()
            })
        })
        .collect();
    tokio::task::yield_now().await;
    gate.add_permits(1);
    for found in waiting {
        assert!(found.await.unwrap());
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_was_read_before_a_change_is_not_kept_past_it() {
    let gate = Arc::new(Semaphore::new(0));
    let mut store = MockStore::new();
    let opened = gate.clone();
    let mut order = mockall::Sequence::new();
    store
        .expect_find_client()
        .times(1)
        .in_sequence(&mut order)
        .returning(move |_| {
            let opened = opened.clone();
            Box::pin(async move {
                opened.acquire().await.unwrap().forget();
                Ok(Some(fixtures::client("app")))
            })
        });
    store
        .expect_find_client()
        .times(1)
        .in_sequence(&mut order)
        .returning(|_| Box::pin(async { Ok(None) }));
    let clients = Arc::new(Clients::new(Arc::new(store)));
    let slow = tokio::spawn({
        let clients = clients.clone();
        async move {
            clients
                .find(&fixtures::client_id("app"))
                .await
                .unwrap()
                .is_some()
        }
    });
    tokio::task::yield_now().await;
    clients.follow(Revision(1));
    gate.add_permits(1);
    assert!(slow.await.unwrap());
    assert!(
        clients
            .find(&fixtures::client_id("app"))
            .await
            .unwrap()
            .is_none(),
        "deleted in between"
    );
}

#[tokio::test]
async fn a_store_that_cannot_answer_is_asked_again() {
    let mut store = MockStore::new();
    let mut order = mockall::Sequence::new();
    store
        .expect_find_client()
        .times(1)
        .in_sequence(&mut order)
        .returning(|_| Box::pin(async { Err(StoreError::new("down")) }));
    store
        .expect_find_client()
        .times(1)
        .in_sequence(&mut order)
        .returning(|_| Box::pin(async { Ok(Some(fixtures::client("app"))) }));
    let clients = Clients::new(Arc::new(store));
    assert!(clients.find(&fixtures::client_id("app")).await.is_err());
    assert!(
        clients
            .find(&fixtures::client_id("app"))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn an_outage_of_the_store_is_bridged_for_the_grace_and_no_longer() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let mut store = MockStore::new();
    store.expect_find_client().returning(move |_| {
        let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        Box::pin(async move {
            if is_first {
                Ok(Some(fixtures::client("app")))
            } else {
                Err(StoreError::new("away"))
            }
        })
    });
    let clients = Clients::new(Arc::new(store)).with_outage_grace(Duration::from_secs(60));
    let id = fixtures::client_id("app");
    let finds = async || clients.find(&id).await.is_ok_and(|found| found.is_some());
    assert!(finds().await);
    clients.miss(fixtures::NOW);
    clients.miss(fixtures::later(59));
    assert!(finds().await, "within the grace");
    clients.follow(Revision(0));
    clients.miss(fixtures::later(60));
    clients.miss(fixtures::later(119));
    assert!(finds().await, "the store was there in between");
    clients.miss(fixtures::later(120));
    assert!(!finds().await, "the grace is over");
}
