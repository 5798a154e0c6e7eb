//! Runs the store contract, each test in a separate schema.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if it cannot create a store"
)]

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_store_contract::postgres::Schema;
use std::time::Duration;

async fn empty_store() -> (PostgresStore, Schema) {
    let schema = Schema::new().await;
    let options = Options {
        pool_size: 4,
        acquire_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(10),
    };
    let store = PostgresStore::connect(&schema.url(), options)
        .await
        .unwrap();
    store.migrate().await.unwrap();
    (store, schema)
}

countersign_store_contract::suite!(empty_store());
