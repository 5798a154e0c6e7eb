use super::counts::{COUNTED, FEW};
use super::key;
use super::statements::{Add, Count, Insert, Replace, Take, is_best_effort};
use crate::explain::plan_of;
use crate::store::PostgresStore;
use crate::test_store::migrated;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Ephemera as _, EphemeralKey, EphemeralKind, Race};
use countersign_store_contract::fixtures::{NOW, ephemeral_key};
use countersign_store_contract::postgres::{Cluster, Schema};
use tokio_postgres::Client;

/// The tenant of these tests.
const T: TenantId = TenantId::SINGLE;

/// Returns whether the whole write-ahead log is on disk.
async fn is_flushed(client: &Client) -> bool {
    let sql = "SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()";
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// Makes every kind of change to a key. Returns whether the log was on disk after each.
async fn change_all(store: &PostgresStore, client: &Client, key: EphemeralKey) -> [bool; 4] {
    client.batch_execute("CHECKPOINT").await.unwrap();
    assert_eq!(store.insert(T, &key, b"1", NOW).await.unwrap(), Race::Won);
    let inserted = is_flushed(client).await;
    client.batch_execute("CHECKPOINT").await.unwrap();
    let replaced = store.replace(T, &key, 1, b"2", NOW).await.unwrap();
    assert_eq!(replaced, Race::Won);
    let replaced = is_flushed(client).await;
    client.batch_execute("CHECKPOINT").await.unwrap();
    assert_eq!(store.add(T, &[key], 3, NOW).await.unwrap(), [3]);
    let added = is_flushed(client).await;
    client.batch_execute("CHECKPOINT").await.unwrap();
    assert!(store.take(T, &key, NOW).await.unwrap().is_some());
    [inserted, replaced, added, is_flushed(client).await]
}

// Uses a separate cluster, where no other test writes to the log.
#[tokio::test]
async fn only_best_effort_changes_commit_without_disk_flush() {
    let settings = "wal_writer_delay = 10s\nwal_writer_flush_after = 0\nautovacuum = off";
    let cluster = Cluster::start(settings, &[]);
    let schema = Schema::on(&cluster).await;
    let store = migrated(&schema).await;
    let client = schema.client().await;
    for (number, kind) in (0..).zip(EphemeralKind::ALL) {
        let is_durable = !is_best_effort(&ephemeral_key(*kind, 1));
        let flushed = change_all(&store, &client, ephemeral_key(*kind, number)).await;
        assert_eq!(flushed, [is_durable; 4], "{kind:?}");
    }
    // The setting ended with its transaction.
    let keys = [EphemeralKind::Attempts, EphemeralKind::DeniedToken];
    let keys = keys.map(|kind| ephemeral_key(kind, 9));
    store.add(T, &keys, 1, NOW).await.unwrap();
    assert!(is_flushed(&client).await);
}

#[tokio::test]
async fn every_statement_uses_primary_key() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    let its = ephemeral_key(EphemeralKind::Attempts, 1);
    let key = key(T, &its).unwrap();
    let (value, is_best_effort) = (Vec::new(), true);
    let replace = Replace {
        key,
        version: 1,
        value: value.clone(),
        is_best_effort,
    };
    let take = Take {
        key,
        is_best_effort,
    };
    let count = Count {
        tenant: 1,
        kind: 1,
        now: 1,
    };
    let insert = Insert {
        key,
        value: Vec::new(),
        is_best_effort,
    };
    for plan in [
        plan_of(&store, &replace, "'', 1, gen_random_uuid(), 1, 1, 1, true").await,
        plan_of(&store, &take, "1, gen_random_uuid(), 1, 1, true").await,
        plan_of(&store, &count, "1, 1, 1").await,
        plan_of(&store, &insert, "'', 1, gen_random_uuid(), 1, 1, true").await,
    ] {
        assert!(plan.contains("using ephemera_pkey"), "{plan}");
        assert!(!plan.contains("Seq Scan"), "{plan}");
    }
    let add = Add::new(T, &[&its], 1).unwrap();
    let values = "1, 1, ARRAY[1::bigint], ARRAY[gen_random_uuid()], ARRAY[1::smallint], true, 1";
    let plan = plan_of(&store, &add, values).await;
    assert!(
        plan.contains("Conflict Arbiter Indexes: ephemera_pkey"),
        "{plan}"
    );
}

#[tokio::test]
async fn count_of_many_keys_is_cached_for_a_second() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    let kind = EphemeralKind::AssertionId;
    let fill = format!(
        "INSERT INTO ephemera SELECT gen_random_uuid(), {}, 1, 0, 1, {}, '' FROM generate_series(0, {FEW})",
        ephemeral_key(kind, 1).expires_at,
        kind.number()
    );
    let client = schema.client().await;
    client.batch_execute(&fill).await.unwrap();
    assert_eq!(store.count(T, kind, NOW).await.unwrap(), FEW + 1);
    client.batch_execute(&fill).await.unwrap();
    assert_eq!(store.count(T, kind, NOW).await.unwrap(), FEW + 1);
    tokio::time::sleep(COUNTED).await;
    assert_eq!(store.count(T, kind, NOW).await.unwrap(), 2 * (FEW + 1));
}
