//! A rolling upgrade: while nodes of the version before go on, with the statements that they know, on the tables of
//! this version.

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_store_contract::postgres::Schema;
use countersign_store_contract::previous_version;
use std::time::Duration;

/// A life in statements of the version before.
const LIFE: &str = include_str!("previous_version/life.sql");

#[tokio::test]
async fn the_version_before_goes_on_with_the_tables_of_this_one() {
    let schema = Schema::new().await;
    let options = Options {
        pool_size: 2,
        acquire_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(10),
    };
    let store = PostgresStore::connect(&schema.url(), options)
        .await
        .unwrap();
    store.migrate().await.unwrap();
    previous_version::begin(&store).await;
    schema.client().await.batch_execute(LIFE).await.unwrap();
    previous_version::reads_what_it_wrote(&store).await;
    previous_version::has_kept_what_it_does_not_know(&store).await;
}
