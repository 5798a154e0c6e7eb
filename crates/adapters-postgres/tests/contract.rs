//! Runs the store contract, each test in a separate schema.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if it cannot create a store"
)]

mod stores;

use countersign_adapters_postgres::PostgresStore;
use countersign_store_contract::postgres::Schema;
use stores::migrated;

async fn empty_store() -> (PostgresStore, Schema) {
    let schema = Schema::new().await;
    (migrated(&schema, 4).await, schema)
}

countersign_store_contract::suite!(empty_store());
