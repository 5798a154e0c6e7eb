//! Runs the store contract through a real PgBouncer.

use crate::connect;
use countersign_adapters_postgres::PostgresStore;
use countersign_store_contract::contract;
use countersign_store_contract::postgres::{Bouncer, Cluster, PoolMode};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::task::spawn_blocking;
use tokio_postgres::{NoTls, connect as connect_directly};

static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| Cluster::start("max_connections = 500", &[]));

/// Each test has a separate database. The idle timeout closes connections of finished tests.
static SESSION: LazyLock<Bouncer> =
    LazyLock::new(|| Bouncer::start(&CLUSTER, PoolMode::Session, "server_idle_timeout = 1"));

/// Creates a store in a separate database, because PgBouncer 1.18 does not pass on the schema of a client.
async fn empty_store(bouncer: &Bouncer) -> PostgresStore {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let database = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let (client, connection) = connect_directly(&CLUSTER.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute(&format!("CREATE DATABASE {database}"))
        .await
        .unwrap();
    let store = connect(&bouncer.url(&database)).await;
    store.migrate().await.unwrap();
    store
}

async fn in_session_mode() -> (PostgresStore, ()) {
    let bouncer = spawn_blocking(|| &*SESSION).await.unwrap();
    (empty_store(bouncer).await, ())
}

mod session_mode {
    use super::in_session_mode;

    countersign_store_contract::suite!(in_session_mode());
}

/// Needs a PgBouncer that supports prepared statements.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transaction_mode_passes_contract_since_version_1_21() {
    let version = Bouncer::version();
    if version < (1, 21) {
        eprintln!("PgBouncer {version:?}: tested session mode only");
        return;
    }
    eprintln!("PgBouncer {version:?}: tested session and transaction mode");
    let start = || {
        Bouncer::start(
            &CLUSTER,
            PoolMode::Transaction,
            "max_prepared_statements = 200",
        )
    };
    let bouncer = spawn_blocking(start).await.unwrap();
    macro_rules! keeps {
        ($($module:ident :: $sentence:ident)+) => {
            $(
                let store = empty_store(&bouncer).await;
                contract::in_two_tenants(store, contract::$module::$sentence).await;
            )+
        };
    }
    keeps! {
        grants::concurrent_establishes_of_one_grant_have_one_winner
        grants::grant_rotated_and_revoked_concurrently_ends_revoked
        rotation::concurrent_rotations_of_one_generation_have_one_winner
        clients::every_kind_of_client_is_preserved
        client_changes::deleting_client_deletes_its_data
        users::concurrent_uses_of_one_time_step_have_one_winner
        ephemera_of_crowds::concurrent_additions_are_all_counted
        signing_keys::concurrent_key_changes_have_one_winner
        changes::concurrent_changes_are_never_skipped
    }
}
