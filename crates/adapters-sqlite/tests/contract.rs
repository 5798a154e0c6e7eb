//! Runs the store contract on a file.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if it cannot create a store"
)]

use countersign_adapters_sqlite::SqliteStore;
use tempfile::TempDir;

async fn empty_store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("store.db")).unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

countersign_store_contract::suite!(empty_store());
