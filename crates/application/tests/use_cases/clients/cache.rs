//! Client cache.

use crate::world::{SINGLE, tenant};
use countersign_application::Clients;
use countersign_domain::client::{Client, ClientStatus};
use countersign_ports::{
    Change, ChangeKind, Changes as _, ClientRepository as _, Cursor, StoreError,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

fn change(id: &str, version: u64) -> Change {
    Change {
        tenant: SINGLE,
        kind: ChangeKind::Client,
        id: id.to_owned(),
        version,
    }
}

/// Returns a store that answers client lookups with `find`, and a counter of the lookups.
fn counted(
    find: impl Fn(usize) -> Result<Option<Client>, StoreError> + Send + Sync + 'static,
) -> (Arc<MockStore>, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let mut store = MockStore::new();
    store.expect_find_client().returning(move |_, _| {
        let found = find(counted.fetch_add(1, Ordering::SeqCst));
        Box::pin(async { found })
    });
    (Arc::new(store), asked)
}

/// Does the same as [`counted`], but each lookup waits for a permit of the returned semaphore.
fn gated(
    find: impl Fn(usize) -> Result<Option<Client>, StoreError> + Send + Sync + 'static,
) -> (Arc<MockStore>, Arc<AtomicUsize>, Arc<Semaphore>) {
    let (asked, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let (counted, opened) = (asked.clone(), gate.clone());
    let mut store = MockStore::new();
    store.expect_find_client().returning(move |_, _| {
        let found = find(counted.fetch_add(1, Ordering::SeqCst));
        let opened = opened.clone();
        Box::pin(async move {
            opened.acquire().await.unwrap().forget();
            found
        })
    });
    (Arc::new(store), asked, gate)
}

/// Spawns a lookup of `app`.
fn spawned(
    clients: &Arc<Clients<MockStore>>,
) -> tokio::task::JoinHandle<Result<Option<Arc<Client>>, StoreError>> {
    let clients = clients.clone();
    tokio::spawn(async move { clients.find(tenant(), &fixtures::client_id("app")).await })
}

async fn version<S: countersign_ports::Store>(clients: &Clients<S>) -> Option<u64> {
    let found = clients.find(tenant(), &fixtures::client_id("app")).await;
    found.unwrap().map(|client| client.version)
}

#[tokio::test]
async fn client_is_cached_until_change() {
    let store = Arc::new(MemoryStore::default());
    let client = fixtures::client("app");
    let inserted = store
        .insert_client(SINGLE, &client, &fixtures::event())
        .await;
    let _ = inserted.unwrap();
    let clients = Clients::new(store.clone());
    let status = async |clients: &Clients<_>| {
        let found = clients.find(tenant(), &fixtures::client_id("app")).await;
        found.unwrap().unwrap().status
    };
    assert_eq!(status(&clients).await, ClientStatus::Active);
    let suspended = Client {
        status: ClientStatus::Suspended,
        version: 1,
        ..client
    };
    let updated = store
        .update_client(SINGLE, &suspended, &fixtures::event())
        .await;
    let _ = updated.unwrap();
    assert_eq!(status(&clients).await, ClientStatus::Active, "cached");
    let (changes, _) = store.changes_after(Cursor(0)).await.unwrap();
    clients.follow(&changes);
    assert_eq!(status(&clients).await, ClientStatus::Suspended);
}

#[tokio::test]
async fn change_invalidates_only_its_client() {
    let (store, asked) = counted(|_| Ok(Some(fixtures::client("any"))));
    let clients = Clients::new(store);
    let find = async |id: &str| {
        let before = asked.load(Ordering::SeqCst);
        let found = clients.registered(tenant(), id).await;
        found.unwrap();
        asked.load(Ordering::SeqCst) > before
    };
    assert!(find("app").await && find("web").await);
    let second = Change {
        tenant: fixtures::second_tenant().id,
        ..change("web", 2)
    };
    let keys = Change {
        kind: ChangeKind::SigningKeys,
        ..change("web", 2)
    };
    clients.follow(&[change("app", 2), second, keys]);
    assert!(find("app").await, "changed");
    assert!(!find("web").await, "unchanged");
    clients.forget();
    assert!(find("web").await);
}

#[tokio::test]
async fn repeated_change_keeps_current_client_but_deletion_removes_it() {
    let (store, asked) = counted(|_| {
        Ok(Some(Client {
            version: 3,
            ..fixtures::client("app")
        }))
    });
    let clients = Clients::new(store);
    for (version, reads) in [(2, 1), (3, 1), (4, 2), (0, 3)] {
        assert!(self::version(&clients).await.is_some());
        clients.follow(&[change("app", version)]);
        assert!(self::version(&clients).await.is_some());
        assert_eq!(asked.load(Ordering::SeqCst), reads, "{version}");
    }
}

#[tokio::test]
async fn tenants_do_not_share_cached_clients() {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|tenant, _| {
        let found = (tenant == SINGLE).then(|| fixtures::client("app"));
        Box::pin(async { Ok(found) })
    });
    let clients = Clients::new(Arc::new(store));
    assert!(clients.registered(tenant(), "app").await.is_ok());
    let second = fixtures::second_tenant();
    assert!(clients.registered(&second, "app").await.is_err());
    assert!(clients.cached(&second, "app").is_none());
    assert!(clients.cached(tenant(), "app").is_some());
}

#[tokio::test]
async fn new_client_is_found_immediately() {
    let store = Arc::new(MemoryStore::default());
    let clients = Clients::new(store.clone());
    assert!(version(&clients).await.is_none());
    let client = fixtures::client("app");
    let inserted = store
        .insert_client(SINGLE, &client, &fixtures::event())
        .await;
    let _ = inserted.unwrap();
    assert!(version(&clients).await.is_some());
}

#[tokio::test]
async fn concurrent_lookups_share_one_read() {
    type Found = Result<Option<Client>, StoreError>;
    let answers: [fn() -> Found; 3] = [
        || Ok(Some(fixtures::client("app"))),
        || Ok(None),
        || Err(StoreError::new("down")),
    ];
    for answer in answers {
        let (store, asked, gate) = gated(move |_| answer());
        let clients = Arc::new(Clients::new(store));
        let waiting: Vec<_> = (0..16).map(|_| spawned(&clients)).collect();
        tokio::task::yield_now().await;
        gate.add_permits(1);
        for found in waiting {
            let found = found.await.unwrap();
            match (answer(), found) {
                (Ok(expected), Ok(found)) => assert_eq!(found.is_some(), expected.is_some()),
                (Err(_), Err(error)) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    assert_eq!(cause.as_deref(), Some("down"));
                }
                (_, found) => panic!("{found:?}"),
            }
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn waiting_lookup_takes_over_aborted_read() {
    let (store, asked, gate) = gated(|_| Ok(Some(fixtures::client("app"))));
    let clients = Arc::new(Clients::new(store));
    let (first, second) = (spawned(&clients), spawned(&clients));
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.is_err());
    gate.add_permits(1);
    assert!(second.await.unwrap().unwrap().is_some());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn read_started_before_change_is_not_cached() {
    type Clears = fn(&Clients<MockStore>);
    let clears: [Clears; 2] = [
        |clients| clients.follow(&[change("app", 2)]),
        Clients::forget,
    ];
    for clear in clears {
        let (store, asked, gate) = gated(|number| {
            let found = (number == 0).then(|| fixtures::client("app"));
            Ok(found)
        });
        let clients = Arc::new(Clients::new(store));
        let slow = spawned(&clients);
        let waits = spawned(&clients);
        tokio::task::yield_now().await;
        clear(&clients);
        gate.add_permits(2);
        assert!(slow.await.unwrap().unwrap().is_some());
        assert!(waits.await.unwrap().unwrap().is_some());
        assert!(version(&clients).await.is_none(), "deleted in between");
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn read_started_after_change_wins_over_earlier_read() {
    let (store, _, gate) = gated(|number| {
        Ok(Some(Client {
            version: number as u64 + 1,
            ..fixtures::client("app")
        }))
    });
    let clients = Arc::new(Clients::new(store));
    let before = spawned(&clients);
    tokio::task::yield_now().await;
    clients.follow(&[change("app", 2)]);
    let after = spawned(&clients);
    tokio::task::yield_now().await;
    gate.add_permits(2);
    for (read, version) in [(after, 2), (before, 1)] {
        let read = read.await.unwrap().unwrap().unwrap();
        assert_eq!(read.version, version);
    }
    assert_eq!(version(&clients).await, Some(2));
}

#[tokio::test]
async fn failed_client_read_is_not_cached() {
    let (store, _) = counted(|number| match number {
        0 => Err(StoreError::new("down")),
        _ => Ok(Some(fixtures::client("app"))),
    });
    let clients = Clients::new(store);
    let find = async || clients.find(tenant(), &fixtures::client_id("app")).await;
    assert!(find().await.is_err());
    assert!(find().await.unwrap().is_some());
}

#[tokio::test]
async fn cached_clients_survive_outage_for_grace_period() {
    let (store, _) = counted(|number| match number {
        0 => Ok(Some(fixtures::client("app"))),
        _ => Err(StoreError::new("away")),
    });
    let clients = Clients::new(store).with_outage_grace(Duration::from_secs(60));
    let id = fixtures::client_id("app");
    let finds = async || {
        let found = clients.find(tenant(), &id).await;
        found.is_ok_and(|found| found.is_some())
    };
    assert!(finds().await);
    assert!(!clients.miss(fixtures::NOW));
    assert!(!clients.miss(fixtures::later(59)));
    assert!(finds().await, "within the grace period");
    clients.follow(&[]);
    assert!(!clients.miss(fixtures::later(60)));
    assert!(!clients.miss(fixtures::later(119)));
    assert!(finds().await, "the store was available in between");
    assert!(clients.miss(fixtures::later(120)));
    assert!(!finds().await, "the grace period is over");
}
