//! The database file: content, concurrent access, and invalid files.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if it cannot create a store"
)]

use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    Change, ChangeKind, Changes as _, ClientRepository as _, Ephemera as _, EphemeralKind,
    GrantRepository as _, KeyChange, KeySetVersion, Race, SigningKeyRepository as _, UserKey,
    UserRepository as _,
};
use countersign_store_contract::fixtures::{
    NOW, client, client_id, ephemeral_key, event, grant, grant_id, rotation, signing_key, user,
};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::task::JoinSet;

const TENANT: TenantId = TenantId::SINGLE;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    (folder, path)
}

async fn migrated(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path).unwrap();
    store.migrate().await.unwrap();
    store
}

/// Returns whether the last connection is closed: SQLite then removes the log.
fn is_closed(path: &Path) -> bool {
    !path.with_extension("db-wal").exists()
}

#[tokio::test]
async fn all_data_survives_reopening_the_file() {
    let (_folder, path) = folder();
    let jane = user(1, "jane@example.com");
    let step = ephemeral_key(EphemeralKind::SignInStep, 1);
    let before = {
        let store = migrated(&path).await;
        let _ = store
            .insert_client(TENANT, &client("app"), &event())
            .await
            .unwrap();
        let _ = store.insert_user(TENANT, &jane, None).await.unwrap();
        let _ = store.use_time_step(TENANT, jane.id, 7).await.unwrap();
        let _ = store.insert(TENANT, &step, b"", NOW).await.unwrap();
        let _ = store.establish(TENANT, &grant(1)).await.unwrap();
        let _ = store
            .rotate(TENANT, &rotation(grant_id(1), 0))
            .await
            .unwrap();
        let change = KeyChange {
            seen: KeySetVersion(0),
            add: vec![signing_key("a")],
            retire: Vec::new(),
        };
        let _ = store
            .change_signing_keys(TENANT, &change, None)
            .await
            .unwrap();
        store.list_signing_keys(TENANT).await.unwrap()
    };
    assert!(is_closed(&path));
    let store = SqliteStore::open(&path).unwrap();
    assert!(store.schema_is_current().await.unwrap());
    assert_eq!(store.list_signing_keys(TENANT).await.unwrap(), before);
    let found = store
        .find_grant(TENANT, grant_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.facts().generation, 1);
    let app = store
        .find_client(TENANT, &client_id("app"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(app.secrets.len(), 1);
    assert!(
        store
            .find_user(TENANT, UserKey::Id(jane.id))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        store.use_time_step(TENANT, jane.id, 7).await.unwrap(),
        Race::Lost
    );
    let again = store.insert(TENANT, &step, b"", NOW).await.unwrap();
    assert_eq!(again, Race::Lost);
}

#[tokio::test]
async fn dropping_last_store_finishes_writes_and_closes_file() {
    let (_folder, path) = folder();
    let store = migrated(&path).await;
    let copy = store.clone();
    let sent = tokio::spawn(async move { copy.establish(TENANT, &grant(1)).await });
    drop(store);
    assert_eq!(sent.await.unwrap().unwrap(), Race::Won);
    assert!(is_closed(&path));
}

#[tokio::test]
async fn opening_does_not_migrate() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    assert!(!store.schema_is_current().await.unwrap());
    assert!(store.find_grant(TENANT, grant_id(1)).await.is_err());
    assert!(!store.migrate().await.unwrap().is_empty());
    assert!(store.schema_is_current().await.unwrap());
    assert_eq!(store.find_grant(TENANT, grant_id(1)).await.unwrap(), None);
    assert!(store.migrate().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_migrations_of_new_file_apply_once() {
    let (_folder, path) = folder();
    let crowd: JoinSet<Vec<String>> = (0..8)
        .map(|_| {
            let path = path.clone();
            async move {
                let open = move || SqliteStore::open(&path).unwrap();
                let store = tokio::task::spawn_blocking(open).await.unwrap();
                store.migrate().await.unwrap()
            }
        })
        .collect();
    let applied = crowd.join_all().await.concat();
    let distinct: HashSet<_> = applied.iter().collect();
    assert!(!applied.is_empty() && distinct.len() == applied.len());
}

#[tokio::test]
async fn write_of_one_process_is_visible_to_another() {
    let (_folder, path) = folder();
    let server = migrated(&path).await;
    let command_line = SqliteStore::open(&path).unwrap();
    let before = server.latest_change().await.unwrap();
    let _ = command_line
        .insert_client(TENANT, &client("app"), &event())
        .await
        .unwrap();
    let change = Change {
        tenant: TENANT,
        kind: ChangeKind::Client,
        id: "app".into(),
        version: 1,
    };
    let (changes, after) = server.changes_after(before).await.unwrap();
    assert_eq!(changes, [change]);
    assert!(after > before && after == server.latest_change().await.unwrap());
    assert!(
        server
            .find_client(TENANT, &client_id("app"))
            .await
            .unwrap()
            .is_some()
    );
    let _ = server.establish(TENANT, &grant(1)).await.unwrap();
    let again = command_line.establish(TENANT, &grant(1)).await.unwrap();
    assert_eq!(again, Race::Lost);
}

#[tokio::test]
async fn unusable_file_is_an_error() {
    let (folder, path) = folder();
    assert!(SqliteStore::open(folder.path()).is_err());
    assert!(SqliteStore::open(&folder.path().join("none/store.db")).is_err());
    fs::write(&path, "This is no database. ".repeat(100)).unwrap();
    assert!(SqliteStore::open(&path).is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn new_file_is_accessible_only_to_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path) = folder();
    let _store = migrated(&path).await;
    for file in [path.clone(), path.with_extension("db-wal")] {
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

#[tokio::test]
async fn special_sqlite_names_are_ordinary_files() {
    let (folder, _) = folder();
    for name in [":memory:", "file:x?mode=memory", "a b%20'\"ü"] {
        let path = folder.path().join(name);
        let _ = migrated(&path)
            .await
            .establish(TENANT, &grant(1))
            .await
            .unwrap();
        let store = SqliteStore::open(&path).unwrap();
        let found = store.find_grant(TENANT, grant_id(1)).await.unwrap();
        assert!(found.is_some(), "{name}");
        assert!(path.is_file(), "{name}");
    }
}
