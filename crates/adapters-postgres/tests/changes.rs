//! The change feed with transactions that commit in a different order than they began.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if the store does not answer"
)]

mod stores;

use countersign_adapters_postgres::PostgresStore;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    Change, ChangeKind, Changes as _, ClientRepository as _, Cursor, Housekeeping as _, Race,
};
use countersign_store_contract::fixtures::{NOW, client, event, later};
use countersign_store_contract::postgres::Schema;
use stores::migrated;
use tokio_postgres::Client;

/// The tenant of these tests.
const T: TenantId = TenantId::SINGLE;

async fn insert_client(store: &PostgresStore, id: &str) {
    let inserted = store.insert_client(T, &client(id), &event()).await;
    assert_eq!(inserted.unwrap(), Race::Won);
}

/// Opens a transaction that has made a change.
async fn open_change(schema: &Schema, id: &str) -> Client {
    let client = schema.client().await;
    let change = format!(
        "BEGIN; INSERT INTO changes (at, version, tenant, kind, id) VALUES ({NOW}, 1, 1, 1, '{id}')"
    );
    client.batch_execute(&change).await.unwrap();
    client
}

/// Returns the identifiers of the changed clients, and the new cursor.
async fn read(store: &PostgresStore, after: Cursor) -> (Vec<String>, Cursor) {
    let (changes, end) = store.changes_after(after).await.unwrap();
    let mut ids: Vec<String> = changes.into_iter().map(|change| change.id).collect();
    ids.sort_unstable();
    (ids, end)
}

#[tokio::test]
async fn change_that_commits_late_is_not_skipped() {
    let schema = Schema::new().await;
    let store = migrated(&schema, 2).await;
    let begin = store.latest_change().await.unwrap();
    let early = open_change(&schema, "early").await;
    insert_client(&store, "late").await;

    let (ids, middle) = read(&store, begin).await;
    assert_eq!(ids, ["late"]);
    // A node that starts now has not seen it either.
    let start = store.latest_change().await.unwrap();
    early.batch_execute("COMMIT").await.unwrap();
    for cursor in [middle, start] {
        let (ids, _) = read(&store, cursor).await;
        assert_eq!(ids, ["early", "late"]);
    }
}

#[tokio::test]
async fn rolled_back_change_is_not_reported() {
    let schema = Schema::new().await;
    let store = migrated(&schema, 2).await;
    let begin = store.latest_change().await.unwrap();
    let open = open_change(&schema, "open").await;
    assert_eq!(read(&store, begin).await.0, [] as [&str; 0]);
    open.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(read(&store, begin).await.0, [] as [&str; 0]);
}

/// This happens after a restore into another cluster, whose transactions have lower numbers.
#[tokio::test]
async fn cursor_ahead_of_database_reads_from_current_position() {
    let schema = Schema::new().await;
    let store = migrated(&schema, 2).await;
    let ahead = Cursor(1 << 62);
    let (_, end) = read(&store, ahead).await;
    assert!(end < ahead);
    insert_client(&store, "app").await;
    let (ids, _) = read(&store, end).await;
    assert_eq!(ids, ["app"]);
    let latest = store.latest_change().await.unwrap();
    assert!(latest >= end);
}

#[tokio::test]
async fn change_of_later_kind_is_ignored() {
    let schema = Schema::new().await;
    let store = migrated(&schema, 2).await;
    let begin = store.latest_change().await.unwrap();
    insert_client(&store, "app").await;
    let later =
        "INSERT INTO changes (at, version, tenant, kind, id) VALUES (1, 1, 1, 1000, 'later')";
    schema.client().await.batch_execute(later).await.unwrap();
    let (changes, _) = store.changes_after(begin).await.unwrap();
    let change = Change {
        tenant: T,
        kind: ChangeKind::Client,
        id: "app".into(),
        version: 1,
    };
    assert_eq!(changes, [change]);
}

#[tokio::test]
async fn changes_are_kept_for_an_hour() {
    let schema = Schema::new().await;
    let store = migrated(&schema, 2).await;
    let begin = store.latest_change().await.unwrap();
    insert_client(&store, "app").await;
    for (seconds, expected) in [(3600, 1), (3601, 0)] {
        let removed = store.remove_expired(later(seconds), 100).await.unwrap();
        assert_eq!(removed.count, 0);
        let (changes, _) = store.changes_after(begin).await.unwrap();
        assert_eq!(changes.len(), expected);
    }
}
