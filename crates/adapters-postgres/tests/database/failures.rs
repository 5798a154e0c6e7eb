//! A database that is unreachable, slow, silent or restarted.

use super::{PATIENT, SHORT, T, migrated, until};
use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_ports::{
    After, GrantRepository as _, Race, SigningKeyRepository as _, UserRepository as _,
};
use countersign_store_contract::fixtures::{NOW, grant, grant_id, rotation};
use countersign_store_contract::postgres::{Cluster, Schema, Stop};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

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
                    assert_eq!(grant.facts().generation, acknowledged + 1);
                    acknowledged = grant.facts().generation;
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
        stored += found.facts().generation;
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
