use super::statements::{EstablishAll, FindAll, RevokeAll, RotateAll};
use super::{Establish, GrantRow, Revoke, Rotate};
use crate::store::{Options, PostgresStore};
use countersign_adapters_sql::id::Id;
use countersign_ports::{GrantRepository as _, Housekeeping as _, Race};
use countersign_store_contract::fixtures::{NOW, grant, grant_id, later, rotation};
use countersign_store_contract::postgres::{Cluster, Schema};
use diesel::pg::Pg;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::Text;
use diesel::{QueryableByName, debug_query, sql_query};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_postgres::Client;

const OPTIONS: Options = Options {
    pool_size: 2,
    acquire_timeout: Duration::from_secs(10),
    statement_timeout: Duration::from_secs(10),
};

async fn migrated(schema: &Schema) -> PostgresStore {
    let store = PostgresStore::connect(&schema.url(), OPTIONS)
        .await
        .unwrap();
    store.migrate().await.unwrap();
    store
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    text: String,
}

/// How the database carries a statement out.
async fn plan_of(store: &PostgresStore, statement: &impl QueryFragment<Pg>) -> String {
    let printed = debug_query::<Pg, _>(statement).to_string();
    let (sql, _) = printed.split_once(" -- binds:").unwrap();
    let values = sql.matches('$').count();
    let sql = sql.to_owned();
    let lines = store.run(async |connection| {
        let prepare = format!("DEALLOCATE ALL; PREPARE it AS {sql}");
        connection.batch_execute(&prepare).await?;
        // The first value is of the grants; the others do not matter to the plan.
        let first = format!("ARRAY['{}']::uuid[]", grant_id(1));
        let values = vec!["NULL"; values - 1].join(", ");
        let comma = if values.is_empty() { "" } else { ", " };
        let explain = format!("EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) EXECUTE it ({first}{comma}{values})");
        let lines: Vec<Line> = sql_query(explain).load(connection).await?;
        Ok(lines)
    });
    let lines = lines.await.unwrap().into_iter().map(|line| line.text);
    lines.collect::<Vec<_>>().join("\n")
}

fn rotate() -> Rotate {
    Rotate {
        id: Id(*grant_id(1).as_bytes()),
        presented: 0,
        successor: 1,
        now: 0,
        expires_at: 1,
    }
}

fn revoke() -> Revoke {
    Revoke {
        id: Id(*grant_id(1).as_bytes()),
        at: 0,
    }
}

async fn plans_of_known_grants(store: &PostgresStore) -> [String; 3] {
    [
        plan_of(store, &FindAll(vec![Id([1; 16])])).await,
        plan_of(store, &RotateAll::new(&[&rotate()])).await,
        plan_of(store, &RevokeAll::new(&[&revoke()])).await,
    ]
}

#[tokio::test]
async fn whatever_is_asked_of_known_grants_goes_by_the_primary_key() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    for number in 0..200 {
        let _ = store.establish(&grant(number)).await.unwrap();
    }
    // Of a table this small the database would rather read all.
    let client = schema.client().await;
    client.batch_execute("ANALYZE grants").await.unwrap();
    for plan in plans_of_known_grants(&store).await {
        assert!(plan.contains("Nested Loop"), "{plan}");
        assert!(plan.contains("Index Scan using grants_pkey"), "{plan}");
        assert!(!plan.contains("Seq Scan"), "{plan}");
    }
    let row = GrantRow::try_from(&grant(1)).unwrap();
    let establish = EstablishAll::new(&[&Establish(row)]);
    let printed = debug_query::<Pg, _>(&establish).to_string();
    assert!(printed.contains("ON CONFLICT (id) DO NOTHING"), "{printed}");
}

#[tokio::test]
async fn each_grant_is_sought_in_its_own_partition() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    let parts = (0..4).map(|part| {
        format!(
            "CREATE TABLE part_{part} PARTITION OF grants \
             FOR VALUES WITH (MODULUS 4, REMAINDER {part}) WITH (fillfactor = 70);"
        )
    });
    let split = format!(
        "ALTER TABLE grants RENAME TO whole;
         CREATE TABLE grants (LIKE whole, PRIMARY KEY (id)) PARTITION BY HASH (id); {}",
        parts.collect::<String>()
    );
    schema.client().await.batch_execute(&split).await.unwrap();

    for number in 1..=32 {
        assert_eq!(store.establish(&grant(number)).await.unwrap(), Race::Won);
        assert_eq!(store.establish(&grant(number)).await.unwrap(), Race::Lost);
        let rotated = store.rotate(&rotation(grant_id(number), 0)).await.unwrap();
        assert_eq!(rotated, Race::Won);
        let found = store.find_grant(grant_id(number)).await.unwrap().unwrap();
        assert_eq!(found.generation, 1);
    }
    for plan in plans_of_known_grants(&store).await {
        assert!(!plan.contains("Seq Scan"), "{plan}");
        let scans = plan
            .lines()
            .filter(|line| line.contains("Index Scan using part_"));
        let (unused, used): (Vec<&str>, Vec<&str>) =
            scans.partition(|line| line.contains("(never executed)"));
        assert_eq!((used.len(), unused.len()), (1, 3), "{plan}");
    }
    assert_eq!(store.revoke(grant_id(1), NOW).await.unwrap(), Race::Won);
    let removed = store.remove_expired(later(u64::MAX >> 2), 100).await;
    assert_eq!(removed.unwrap().count, 32);
}

/// Rows inserted, updated, updated in their page alone, and deleted, in all tables of a schema.
async fn activity(client: &Client, schema: &Schema) -> [i64; 4] {
    let sql = "SELECT sum(n_tup_ins)::bigint, sum(n_tup_upd)::bigint, sum(n_tup_hot_upd)::bigint, \
         sum(n_tup_del)::bigint FROM pg_stat_user_tables WHERE schemaname = $1";
    let row = client.query_one(sql, &[&schema.name()]).await.unwrap();
    [0, 1, 2, 3].map(|column| row.get(column))
}

/// Waits until the connections of `store` are closed: what they did is counted by then.
async fn closed(store: PostgresStore, client: &Client) {
    drop(store);
    let open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'countersign'";
    let closed = async {
        while client.query_one(open, &[]).await.unwrap().get::<_, i64>(0) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed)
        .await
        .unwrap();
}

/// What `work` writes.
async fn written(schema: &Schema, work: impl AsyncFnOnce(&PostgresStore)) -> [i64; 4] {
    let client = schema.client().await;
    let before = activity(&client, schema).await;
    let store = PostgresStore::connect(&schema.url(), OPTIONS)
        .await
        .unwrap();
    work(&store).await;
    closed(store, &client).await;
    let after = activity(&client, schema).await;
    [0, 1, 2, 3].map(|column: usize| after[column] - before[column])
}

// A cluster of their own, where no transaction of another test holds the old versions of rows.
#[tokio::test]
async fn a_row_is_all_that_a_token_writes() {
    let cluster = Cluster::start("", &[]);
    let schema = Schema::on(&cluster).await;
    let client = schema.client().await;
    closed(migrated(&schema).await, &client).await;

    let nothing = [0, 0, 0, 0];
    let established = written(&schema, async |store| {
        assert_eq!(store.establish(&grant(1)).await.unwrap(), Race::Won);
    });
    assert_eq!(established.await, [1, 0, 0, 0]);
    let replayed = written(&schema, async |store| {
        assert_eq!(store.establish(&grant(1)).await.unwrap(), Race::Lost);
    });
    assert_eq!(replayed.await, nothing);
    let rotated = written(&schema, async |store| {
        let rotated = store.rotate(&rotation(grant_id(1), 0)).await.unwrap();
        assert_eq!(rotated, Race::Won);
    });
    assert_eq!(rotated.await, [0, 1, 1, 0]);
    let lost = written(&schema, async |store| {
        let lost = store.rotate(&rotation(grant_id(1), 0)).await.unwrap();
        assert_eq!(lost, Race::Lost);
    });
    assert_eq!(lost.await, nothing);
    let found = written(&schema, async |store| {
        assert!(store.find_grant(grant_id(1)).await.unwrap().is_some());
    });
    assert_eq!(found.await, nothing);
    let revoked = written(&schema, async |store| {
        assert_eq!(store.revoke(grant_id(1), NOW).await.unwrap(), Race::Won);
    });
    assert_eq!(revoked.await, [0, 1, 1, 0]);
    let kept = written(&schema, async |store| {
        assert_eq!(store.remove_expired(NOW, 100).await.unwrap().count, 0);
    });
    assert_eq!(kept.await, nothing);
}

#[tokio::test]
async fn every_rotation_stays_in_its_page() {
    const GRANTS: u64 = 4000;
    const CALLERS: u64 = 64;
    const ROUNDS: u32 = 3;
    let cluster = Cluster::start("", &[]);
    let schema = Schema::on(&cluster).await;
    let client = schema.client().await;
    closed(migrated(&schema).await, &client).await;
    let written = written(&schema, async |store| {
        let everyone = async |store: &PostgresStore, work: Work| {
            let callers: JoinSet<()> = (0..CALLERS)
                .map(|caller| work_off(store.clone(), (caller..GRANTS).step_by(64), work))
                .collect();
            callers.join_all().await;
        };
        everyone(store, Work::Establish).await;
        for round in 0..ROUNDS {
            everyone(store, Work::Rotate(round)).await;
        }
    });
    let grants = i64::try_from(GRANTS).unwrap();
    let rotations = grants * i64::from(ROUNDS);
    assert_eq!(written.await, [grants, rotations, rotations, 0]);
}

#[derive(Clone, Copy)]
enum Work {
    Establish,
    Rotate(u32),
}

async fn work_off(store: PostgresStore, numbers: impl Iterator<Item = u64>, work: Work) {
    for number in numbers {
        let race = match work {
            Work::Establish => store.establish(&grant(number)).await,
            // All over the table, as tokens are used.
            Work::Rotate(round) => {
                let id = grant_id(number * 389 % 4000);
                store.rotate(&rotation(id, round)).await
            }
        };
        assert_eq!(race.unwrap(), Race::Won);
    }
}
