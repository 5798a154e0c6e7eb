//! The store and its database: migrations, failures, and change notifications.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if it cannot create a store"
)]

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, Changes as _, ClientRepository as _, GrantRepository as _, Housekeeping as _, Race,
    SigningKeyRepository as _, UserRepository as _,
};
use countersign_store_contract::fixtures::{NOW, client, event, grant, grant_id, later, rotation};
use countersign_store_contract::postgres::{Cluster, Schema, Stop};
use std::collections::HashSet;
use std::error::Error as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

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
    assert!(store.list_clients(T, After::start()).await.is_err());
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
async fn unreachable_host_is_skipped() {
    let schema = Schema::new().await;
    let url = schema.url();
    let (who, place) = url.split_once('@').unwrap();
    let url = format!("{who}@127.0.0.1:1,{place}&target_session_attrs=read-write");
    let store = PostgresStore::connect(&url, PATIENT).await.unwrap();
    assert!(!store.schema_is_current().await.unwrap());
}

#[tokio::test]
async fn silent_database_is_an_error_within_acquire_timeout() {
    // Accepts connections, but never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://user@{}/db", silent.local_addr().unwrap());
    let options = Options {
        acquire_timeout: SHORT,
        ..PATIENT
    };
    let start = Instant::now();
    assert!(PostgresStore::connect(&url, options).await.is_err());
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn wait_for_connection_ends_at_acquire_timeout() {
    let schema = Schema::new().await;
    let options = Options {
        pool_size: 1,
        acquire_timeout: SHORT,
        ..PATIENT
    };
    let store = migrated(&schema, options).await;
    let lock = schema.client().await;
    let sql = "BEGIN; LOCK TABLE key_sets IN ACCESS EXCLUSIVE MODE";
    lock.batch_execute(sql).await.unwrap();
    let first = store.clone();
    let first = tokio::spawn(async move { first.list_signing_keys(T).await });
    // It has the connection once it waits for the lock.
    let waits =
        "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = $1::regclass::oid";
    let client = schema.client().await;
    let name = format!("{}.key_sets", schema.name());
    let oid: u32 = client
        .query_one("SELECT $1::text::regclass::oid", &[&name])
        .await
        .unwrap()
        .get(0);
    let waits = waits.replace("$1::regclass::oid", &oid.to_string());
    until(async || client.query_one(&waits, &[]).await.unwrap().get(0)).await;
    let start = Instant::now();
    assert!(store.list_users(T, After::start()).await.is_err());
    assert!(start.elapsed() < Duration::from_secs(5));
    lock.batch_execute("COMMIT").await.unwrap();
    assert!(first.await.unwrap().is_ok());
    assert!(store.list_users(T, After::start()).await.is_ok());
}

#[tokio::test]
async fn slow_statement_times_out_without_affecting_others() {
    let schema = Schema::new().await;
    let options = Options {
        pool_size: 1,
        statement_timeout: SHORT,
        ..PATIENT
    };
    let store = migrated(&schema, options).await;
    let lock = schema.client().await;
    let sql = "BEGIN; LOCK TABLE key_sets, grants IN ACCESS EXCLUSIVE MODE";
    lock.batch_execute(sql).await.unwrap();
    let start = Instant::now();
    // The timeout applies to the statement of a group, not to each of its requests.
    let written: JoinSet<bool> = (0..100)
        .map(|number| {
            let store = store.clone();
            async move { store.establish(T, &grant(number)).await.is_err() }
        })
        .collect();
    assert!(store.list_signing_keys(T).await.is_err());
    assert!(written.join_all().await.into_iter().all(|failed| failed));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(store.list_users(T, After::start()).await.is_ok());
    lock.batch_execute("COMMIT").await.unwrap();
    assert!(store.list_signing_keys(T).await.is_ok());
    assert_eq!(store.establish(T, &grant(1)).await.unwrap(), Race::Won);
}

#[tokio::test]
async fn statement_of_aborted_caller_does_not_block_others() {
    let schema = Schema::new().await;
    let options = Options {
        pool_size: 1,
        ..PATIENT
    };
    let store = migrated(&schema, options).await;
    let lock = schema.client().await;
    let sql = "BEGIN; LOCK TABLE key_sets IN ACCESS EXCLUSIVE MODE";
    lock.batch_execute(sql).await.unwrap();
    for _ in 0..3 {
        assert!(timeout(SHORT, store.list_signing_keys(T)).await.is_err());
        let next = timeout(Duration::from_secs(5), store.list_users(T, After::start())).await;
        assert!(next.unwrap().is_ok());
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

/// Rotates one grant until `stop` is set. Returns the numbers of acknowledged and failed rotations.
async fn rotate(store: PostgresStore, number: u64, stop: Arc<AtomicBool>) -> (u32, u32) {
    let (mut acknowledged, mut refused) = (0, 0);
    while !stop.load(Ordering::SeqCst) {
        // The stored generation is one ahead if a rotation was made but not acknowledged.
        let start = Instant::now();
        match store
            .rotate(T, &rotation(grant_id(number), acknowledged))
            .await
        {
            Ok(Race::Won) => acknowledged += 1,
            Ok(Race::Lost) => {
                let stored = store.find_grant(T, grant_id(number)).await;
                if let Ok(Some(grant)) = stored {
                    assert_eq!(grant.generation, acknowledged + 1);
                    acknowledged = grant.generation;
                }
            }
            Err(_) => {
                refused += 1;
                assert!(start.elapsed() < Duration::from_secs(5));
                sleep(Duration::from_millis(5)).await;
            }
        }
    }
    (acknowledged, refused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_restart_loses_no_acknowledged_rotation() {
    let cluster = Cluster::start("", &[]);
    let schema = Schema::on(&cluster).await;
    let store = migrated(&schema, PATIENT).await;
    for number in 0..16 {
        let _ = store.establish(T, &grant(number)).await.unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let load: JoinSet<(u32, u32)> = (0..16)
        .map(|number| rotate(store.clone(), number, stop.clone()))
        .collect();
    let cluster = Arc::new(cluster);
    for how in [Stop::Immediate, Stop::Fast] {
        sleep(Duration::from_millis(200)).await;
        let stopped = cluster.clone();
        tokio::task::spawn_blocking(move || stopped.stop(how))
            .await
            .unwrap();
        assert!(store.find_grant(T, grant_id(0)).await.is_err());
        assert!(store.list_signing_keys(T).await.is_err());
        let resumed = cluster.clone();
        tokio::task::spawn_blocking(move || resumed.resume())
            .await
            .unwrap();
        let start = Instant::now();
        until(async || store.find_grant(T, grant_id(0)).await.is_ok()).await;
        assert!(start.elapsed() < Duration::from_secs(2));
    }
    sleep(Duration::from_millis(200)).await;
    stop.store(true, Ordering::SeqCst);
    let outcomes = load.join_all().await;
    assert!(outcomes.iter().any(|(_, refused)| *refused > 0));
    let mut stored = 0;
    for number in 0..16 {
        let found = store
            .find_grant(T, grant_id(number))
            .await
            .unwrap()
            .unwrap();
        stored += found.generation;
    }
    let acknowledged: u32 = outcomes.iter().map(|(acknowledged, _)| acknowledged).sum();
    assert!(stored >= acknowledged, "{stored} {acknowledged}");
    assert!(stored <= acknowledged + 16, "{stored} {acknowledged}");

    // The pool still has its full size: as many statements as it has connections run at once.
    let lock = schema.client().await;
    let sql = "BEGIN; LOCK TABLE key_sets IN ACCESS EXCLUSIVE MODE";
    lock.batch_execute(sql).await.unwrap();
    let waiting: JoinSet<bool> = (0..PATIENT.pool_size)
        .map(|_| {
            let store = store.clone();
            async move { store.list_signing_keys(T).await.is_ok() }
        })
        .collect();
    let observer = schema.client().await;
    let at_once = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    let places = i64::try_from(PATIENT.pool_size).unwrap();
    until(async || {
        observer
            .query_one(at_once, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
            == places
    })
    .await;
    lock.batch_execute("COMMIT").await.unwrap();
    assert!(
        waiting
            .join_all()
            .await
            .into_iter()
            .all(|answered| answered)
    );
    let _ = store.revoke(T, grant_id(0), NOW).await.unwrap();
}
