//! A large table of grants, each rotated several times, without manual maintenance.

use crate::{T, connect};
use countersign_adapters_postgres::PostgresStore;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_ports::{GrantRepository as _, Race};
use countersign_store_contract::fixtures::{grant, grant_id, later};
use countersign_store_contract::postgres::{Cluster, Schema, is_soak};
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;
use tokio_postgres::Client;

const CALLERS: u64 = 128;
const ROUNDS: u32 = 5;

/// Runs `work` for every number, `CALLERS` at a time. Returns the rate per second.
async fn for_all<F>(count: u64, work: impl Fn(u64) -> F + Clone + Send + 'static) -> f64
where
    F: Future<Output = Race> + Send,
{
    let began = Instant::now();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let work = work.clone();
        callers.spawn(async move {
            for number in (caller..count).step_by(usize::try_from(CALLERS).unwrap()) {
                assert_eq!(work(number).await, Race::Won);
            }
        });
    }
    callers.join_all().await;
    #[expect(clippy::cast_precision_loss, reason = "figures are rounded anyway")]
    let count = count as f64;
    count / began.elapsed().as_secs_f64()
}

async fn rotate_all(store: &PostgresStore, count: u64, generation: u32) -> f64 {
    let store = store.clone();
    let work = move |number: u64| {
        let store = store.clone();
        async move {
            // In scattered order: 48,271 is a prime.
            let now = later(60 * (u64::from(generation) + 1));
            let rotation = Rotation {
                grant: grant_id(number * 48_271 % count),
                presented: generation,
                now,
                expires_at: now.plus(Lifetimes::DEFAULT.refresh_token()),
            };
            store.rotate(T, &rotation).await.unwrap()
        }
    };
    for_all(count, work).await
}

/// Statistics of the table.
#[derive(Debug)]
struct Table {
    updates: i64,
    heap_only: i64,
    dead: i64,
    vacuums: i64,
    heap: i64,
    index: i64,
}

impl Table {
    async fn observe(client: &Client) -> Self {
        let figures = "SELECT n_tup_upd, n_tup_hot_upd, n_dead_tup, autovacuum_count, \
            pg_relation_size(relid), pg_indexes_size(relid) \
            FROM pg_stat_user_tables WHERE relname = 'grants' AND schemaname = current_schema()";
        let row = client.query_one(figures, &[]).await.unwrap();
        Self {
            updates: row.get(0),
            heap_only: row.get(1),
            dead: row.get(2),
            vacuums: row.get(3),
            heap: row.get(4),
            index: row.get(5),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_table_stays_small_and_fast_without_maintenance() {
    let count: u64 = if is_soak() { 1_000_000 } else { 20_000 };
    // Default autovacuum, but more often, because a test does not wait for a minute.
    let settings = "autovacuum_naptime = 1s\nmax_wal_size = 4GB\nshared_buffers = 256MB";
    let cluster = spawn_blocking(move || Cluster::start(settings, &[]))
        .await
        .unwrap();
    let schema = Schema::on(&cluster).await;
    let store = connect(&schema.url()).await;
    store.migrate().await.unwrap();
    let client = schema.client().await;

    let establishing = store.clone();
    let establish = move |number| {
        let store = establishing.clone();
        async move { store.establish(T, &grant(number)).await.unwrap() }
    };
    let established = for_all(count, establish).await;
    let at_first = Table::observe(&client).await;
    eprintln!("{count} grants, {established:.0} a second: {at_first:?}");
    let mut speeds = Vec::new();
    for generation in 0..ROUNDS {
        let speed = rotate_all(&store, count, generation).await;
        speeds.push(speed);
        let table = Table::observe(&client).await;
        eprintln!(
            "round {}: {speed:.0} rotations a second, {table:?}",
            generation + 1
        );
    }
    let (first, last) = (speeds[0], speeds[speeds.len() - 1]);
    eprintln!("the last round against the first: {:.2}", last / first);

    let updates = i64::try_from(count).unwrap() * i64::from(ROUNDS);
    let most_dead = i64::try_from(count / 10).unwrap();
    let began = Instant::now();
    let at_last = loop {
        let table = Table::observe(&client).await;
        if table.updates == updates && table.vacuums > 0 && table.dead <= most_dead {
            break table;
        }
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "autovacuum does not keep up: {table:?}"
        );
        sleep(Duration::from_millis(200)).await;
    };
    eprintln!("after autovacuum: {at_last:?}");
    assert!(
        at_last.heap_only * 100 >= updates * 95,
        "rotations are heap-only: {at_last:?}"
    );
    assert!(
        at_last.index <= at_first.index * 11 / 10,
        "no index grows: {at_last:?}"
    );
    assert!(
        at_last.heap <= at_first.heap * 2,
        "the table stays small: {at_last:?}"
    );
}
