//! An upgrade: a server of the version before goes on, with the statements that it knows, on the tables of this
//! version.

use countersign_adapters_sqlite::SqliteStore;
use countersign_store_contract::previous_version;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

/// A life in statements of the version before.
const LIFE: &str = include_str!("previous_version/life.sql");

#[tokio::test]
async fn the_version_before_goes_on_with_the_tables_of_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    store.migrate().await.unwrap();
    previous_version::begin(&store).await;
    let mut old = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    old.batch_execute(LIFE).unwrap();
    previous_version::reads_what_it_wrote(&store).await;
    previous_version::has_kept_what_it_does_not_know(&store).await;
}
