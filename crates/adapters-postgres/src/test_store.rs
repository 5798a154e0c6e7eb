//! Stores for tests, each in a separate schema.

use crate::store::{Options, PostgresStore};
use countersign_store_contract::postgres::Schema;
use std::time::Duration;

const OPTIONS: Options = Options {
    pool_size: 2,
    acquire_timeout: Duration::from_secs(10),
    statement_timeout: Duration::from_secs(10),
};

/// Connects another node to the schema.
pub(crate) async fn connected(schema: &Schema) -> PostgresStore {
    PostgresStore::connect(&schema.url(), OPTIONS)
        .await
        .unwrap()
}

/// Connects a node to the schema and applies all migrations.
pub(crate) async fn migrated(schema: &Schema) -> PostgresStore {
    let store = connected(schema).await;
    store.migrate().await.unwrap();
    store
}
