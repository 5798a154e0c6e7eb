//! Stores for tests, each in a separate schema.

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_store_contract::postgres::Schema;
use std::time::Duration;

/// Connects a node to the schema.
pub(crate) async fn connected(schema: &Schema, pool_size: usize) -> PostgresStore {
    let options = Options {
        pool_size,
        acquire_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(10),
    };
    PostgresStore::connect(&schema.url(), options)
        .await
        .unwrap()
}

/// Connects a node to the schema and applies all migrations.
pub(crate) async fn migrated(schema: &Schema, pool_size: usize) -> PostgresStore {
    let store = connected(schema, pool_size).await;
    store.migrate().await.unwrap();
    store
}
