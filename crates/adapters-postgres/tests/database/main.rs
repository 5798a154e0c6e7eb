//! The store and its database: migrations, failures, and change notifications.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if it cannot create a store"
)]

mod failures;
mod messages;

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, Changes as _, ClientRepository as _, GrantRepository as _, Housekeeping as _,
};
use countersign_store_contract::fixtures::{client, event, grant, grant_id, later};
use countersign_store_contract::postgres::{Cluster, Schema};
use std::collections::HashSet;
use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// The tenant of these tests.
const T: TenantId = TenantId::SINGLE;

const PATIENT: Options = Options {
    pool_size: 2,
    acquire_timeout: Duration::from_secs(10),
    statement_timeout: Duration::from_secs(10),
};
const SHORT: Duration = Duration::from_millis(300);

async fn connected(schema: &Schema, options: Options) -> PostgresStore {
    PostgresStore::connect(&schema.url(), options)
        .await
        .unwrap()
}

async fn migrated(schema: &Schema, options: Options) -> PostgresStore {
    let store = connected(schema, options).await;
    store.migrate().await.unwrap();
    store
}

/// Waits until `holds` returns true.
async fn until(holds: impl AsyncFn() -> bool) {
    let wait = async {
        while !holds().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), wait).await.unwrap();
}

#[tokio::test]
async fn connecting_does_not_migrate() {
    let schema = Schema::new().await;
    let store = connected(&schema, PATIENT).await;
    assert!(!store.schema_is_current().await.unwrap());
    assert!(store.find_grant(T, grant_id(1)).await.is_err());
    assert!(!store.migrate().await.unwrap().is_empty());
    assert!(store.schema_is_current().await.unwrap());
    assert_eq!(store.find_grant(T, grant_id(1)).await.unwrap(), None);
    assert!(store.migrate().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_migrations_by_ten_nodes_apply_once() {
    let schema = Schema::new().await;
    let nodes: JoinSet<Vec<String>> = (0..10)
        .map(|_| {
            let url = schema.url();
            async move {
                let store = PostgresStore::connect(&url, PATIENT).await.unwrap();
                let applied = store.migrate().await.unwrap();
                assert!(store.schema_is_current().await.unwrap());
                applied
            }
        })
        .collect();
    let applied = nodes.join_all().await.concat();
    let distinct: HashSet<_> = applied.iter().collect();
    assert!(!applied.is_empty() && distinct.len() == applied.len());
}

#[tokio::test]
async fn value_of_another_version_is_an_error() {
    let schema = Schema::new().await;
    let store = migrated(&schema, PATIENT).await;
    let _ = store
        .insert_client(T, &client("app"), &event())
        .await
        .unwrap();
    let _ = store.establish(T, &grant(1)).await.unwrap();
    let damage = "UPDATE clients SET document = '{'; UPDATE grants SET generation = -1";
    schema.client().await.batch_execute(damage).await.unwrap();
    assert!(store.list_clients(T, None, After::start()).await.is_err());
    assert!(store.find_grant(T, grant_id(1)).await.is_err());
}

#[tokio::test]
async fn invalid_url_error_does_not_show_password() {
    for url in [
        "sqlite:store.db",
        "postgres://user:hunter2@127.0.0.1:port/db",
        "postgres://user:hunter2@127.0.0.1/db?sslmode=verify-ca",
        "postgres://user:hunter2@127.0.0.1/db?sslmode=verify-full",
        "postgres://user:hunter2@127.0.0.1/db?sslmode=require&sslrootcert=ca.pem",
        "postgres://user:hunter2@127.0.0.1/db?sslmode=verify-full&sslrootcert=/none/ca.pem",
        "postgres://user:hunter2@127.0.0.1/db?sslmode=verify-full&sslrootcert=%zz",
        "postgres://user:hunter2@127.0.0.1/db?sslmode=verify-full&sslrootcert=%ff",
        "postgres://user:hunter2@127.0.0.1:1/db",
    ] {
        let error = PostgresStore::connect(url, PATIENT).await.unwrap_err();
        let said = format!("{error} {error:?} {}", error.source().unwrap());
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[tokio::test]
async fn only_one_node_at_a_time_does_housekeeping() {
    let schema = Schema::new().await;
    let store = migrated(&schema, PATIENT).await;
    let _ = store.establish(T, &grant(1)).await.unwrap();
    let other = schema.client().await;
    let lock = "BEGIN; SELECT pg_advisory_xact_lock(1667593582, hashtext(current_schema()))";
    other.batch_execute(lock).await.unwrap();
    let long_after = later(1_000_000_000);
    assert_eq!(store.remove_expired(long_after, 10).await.unwrap().count, 0);
    // The other node dies.
    drop(other);
    until(async || store.remove_expired(long_after, 10).await.unwrap().count == 1).await;
}

#[tokio::test]
async fn change_notification_reaches_every_node() {
    let schema = Schema::new().await;
    let (here, there) = (
        migrated(&schema, PATIENT).await,
        connected(&schema, PATIENT).await,
    );
    let heard = Arc::new(AtomicU32::new(0));
    let (counter, listener) = (heard.clone(), there.clone());
    let listening = tokio::spawn(async move {
        let wake = || {
            counter.fetch_add(1, Ordering::SeqCst);
        };
        listener.listen(wake).await
    });
    // `wake` runs once when listening starts.
    until(async || heard.load(Ordering::SeqCst) > 0).await;
    let before = heard.load(Ordering::SeqCst);
    let _ = here
        .insert_client(T, &client("app"), &event())
        .await
        .unwrap();
    until(async || heard.load(Ordering::SeqCst) > before).await;
    listening.abort();
}

#[tokio::test]
async fn listener_reconnects_after_lost_connection() {
    let cluster = Cluster::start("", &[]);
    let schema = Schema::on(&cluster).await;
    let store = migrated(&schema, PATIENT).await;
    let heard = Arc::new(AtomicU32::new(0));
    let (counter, listener) = (heard.clone(), store.clone());
    let listening = tokio::spawn(async move {
        let wake = || {
            counter.fetch_add(1, Ordering::SeqCst);
        };
        listener.listen(wake).await
    });
    until(async || heard.load(Ordering::SeqCst) > 0).await;
    let client_of_test = schema.client().await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
    assert_eq!(client_of_test.query(cut, &[]).await.unwrap().len(), 1);
    // There is no notification, but polling finds the change.
    let before = store.latest_change().await.unwrap();
    let _ = store
        .insert_client(T, &client("app"), &event())
        .await
        .unwrap();
    let (changes, _) = store.changes_after(before).await.unwrap();
    assert_eq!(changes.len(), 1);
    // `wake` runs again after the listener has reconnected.
    until(async || heard.load(Ordering::SeqCst) > 1).await;
    let before = heard.load(Ordering::SeqCst);
    let _ = store
        .insert_client(T, &client("other"), &event())
        .await
        .unwrap();
    until(async || heard.load(Ordering::SeqCst) > before).await;
    listening.abort();
}
