//! Rows and bytes that token requests write.

use super::*;

/// Returns the numbers of rows inserted, updated, HOT-updated, and deleted in all tables of a schema.
async fn activity(client: &Client, schema: &Schema) -> [i64; 4] {
    let sql = "SELECT sum(n_tup_ins)::bigint, sum(n_tup_upd)::bigint, sum(n_tup_hot_upd)::bigint, \
         sum(n_tup_del)::bigint FROM pg_stat_user_tables WHERE schemaname = $1";
    let row = client.query_one(sql, &[&schema.name()]).await.unwrap();
    [0, 1, 2, 3].map(|column| row.get(column))
}

/// Waits until the connections of `store` are closed, so that the statistics are complete.
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

/// Returns the numbers of rows that `work` writes.
async fn written(schema: &Schema, work: impl AsyncFnOnce(&PostgresStore)) -> [i64; 4] {
    let client = schema.client().await;
    let before = activity(&client, schema).await;
    let store = connected(schema).await;
    work(&store).await;
    closed(store, &client).await;
    let after = activity(&client, schema).await;
    [0, 1, 2, 3].map(|column: usize| after[column] - before[column])
}

// Uses a separate cluster, where no other transaction keeps old row versions alive.
#[tokio::test]
async fn token_request_writes_at_most_one_row() {
    let cluster = Cluster::start("", &[]);
    let schema = Schema::on(&cluster).await;
    let client = schema.client().await;
    closed(migrated(&schema).await, &client).await;

    let nothing = [0, 0, 0, 0];
    let established = written(&schema, async |store| {
        assert_eq!(store.establish(T, &grant(1)).await.unwrap(), Race::Won);
    });
    assert_eq!(established.await, [1, 0, 0, 0]);
    let replayed = written(&schema, async |store| {
        assert_eq!(store.establish(T, &grant(1)).await.unwrap(), Race::Lost);
    });
    assert_eq!(replayed.await, nothing);
    let rotated = written(&schema, async |store| {
        let rotated = store.rotate(T, &rotation(grant_id(1), 0)).await.unwrap();
        assert_eq!(rotated, Race::Won);
    });
    assert_eq!(rotated.await, [0, 1, 1, 0]);
    let lost = written(&schema, async |store| {
        let lost = store.rotate(T, &rotation(grant_id(1), 0)).await.unwrap();
        assert_eq!(lost, Race::Lost);
    });
    assert_eq!(lost.await, nothing);
    let found = written(&schema, async |store| {
        assert!(store.find_grant(T, grant_id(1)).await.unwrap().is_some());
    });
    assert_eq!(found.await, nothing);
    let revoked = written(&schema, async |store| {
        assert_eq!(store.revoke(T, grant_id(1), NOW).await.unwrap(), Race::Won);
    });
    assert_eq!(revoked.await, [0, 1, 1, 0]);
    let kept = written(&schema, async |store| {
        assert_eq!(store.remove_expired(NOW, 100).await.unwrap().count, 0);
    });
    assert_eq!(kept.await, nothing);
}

/// Returns the bytes of write-ahead log per call, for `count` sequential calls.
async fn logged(client: &Client, count: u64, work: impl AsyncFn(u64)) -> u64 {
    let position = async || {
        let sql = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint";
        let row = client.query_one(sql, &[]).await.unwrap();
        u64::try_from(row.get::<_, i64>(0)).unwrap()
    };
    let before = position().await;
    for number in 0..count {
        work(number).await;
    }
    (position().await - before) / count
}

/// `docs/performance.md` has the figures from before there were tenants: 466 bytes for a redemption, and 201 for a
/// rotation.
#[tokio::test]
async fn token_request_writes_few_wal_bytes() {
    let settings = "autovacuum = off\ncheckpoint_timeout = 1h\nbgwriter_delay = 10s";
    let cluster = Cluster::start(settings, &[]);
    let schema = Schema::on(&cluster).await;
    let client = schema.client().await;
    let store = migrated(&schema).await;
    let user = Subject::from(UserId::from_bytes([7; 16]));
    let redeemed = logged(&client, 1000, async |number| {
        let grant = changed_grant(&grant(number), |facts| {
            facts.authorization.subject = user.clone();
            facts.authorization.access.client = ClientId::parse(user.as_str()).unwrap();
        });
        let established = store.establish(T, &grant).await.unwrap();
        assert_eq!(established, Race::Won);
    });
    let redeemed = redeemed.await;
    let rotated = logged(&client, 1000, async |number| {
        let rotation = rotation(grant_id(number), 0);
        assert_eq!(store.rotate(T, &rotation).await.unwrap(), Race::Won);
    });
    let rotated = rotated.await;
    assert!(redeemed <= 466, "{redeemed}");
    assert!(rotated <= 201, "{rotated}");
}

#[tokio::test]
async fn every_rotation_is_a_hot_update() {
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
            Work::Establish => store.establish(T, &grant(number)).await,
            // In scattered order, as tokens are used.
            Work::Rotate(round) => {
                let id = grant_id(number * 389 % 4000);
                store.rotate(T, &rotation(id, round)).await
            }
        };
        assert_eq!(race.unwrap(), Race::Won);
    }
}
