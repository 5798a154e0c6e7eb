//! Upgrade of a database with rows: columns are added, and indexes are built during operation.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if it cannot prepare the database"
)]

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_domain::administration::holder::Holder;
use countersign_domain::client::Client as RegisteredClient;
use countersign_domain::identifier::Subject;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, ClientRepository as _, GrantRepository as _, Race, SessionRepository as _,
    UserRepository as _,
};
use countersign_store_contract::fixtures::{
    NOW, changed_grant, client, event, grant, grant_id, rotation, session_id, session_secret, user,
    user_id,
};
use countersign_store_contract::postgres::Schema;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_postgres::Client;

/// The tenant of these tests.
const T: TenantId = TenantId::SINGLE;

/// Inserts 1,000 grants as a version without this index stored them. The test never opens `authorization`.
const GRANTS: &str = "\
    DROP INDEX grants_subject, grants_session; \
    INSERT INTO grants (id, tenant, generation, rotated_at, expires_at, client_id, subject, \"authorization\") \
    SELECT lpad(to_hex(number), 32, '0')::uuid, 1, 0, 1750000000, 1760000000, 'app', 'jane', '' \
    FROM generate_series(0, 999) AS number";

const ONE_INDEX: &str =
    "CREATE INDEX CONCURRENTLY grants_subject ON grants (hashtextextended(subject, 0), tenant)";

/// Creates a database with grants and without their indexes, as a migration leaves it.
async fn without_indexes() -> Schema {
    let schema = Schema::new().await;
    connected(&schema.url()).await.migrate().await.unwrap();
    let client = schema.client().await;
    client.batch_execute(GRANTS).await.unwrap();
    schema
}

async fn connected(url: &str) -> PostgresStore {
    let options = Options {
        pool_size: 2,
        acquire_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(10),
    };
    PostgresStore::connect(url, options).await.unwrap()
}

/// Returns the indexes of grants other than the primary key, and whether they are valid.
async fn indexes(client: &Client) -> Vec<(String, bool)> {
    let sql = "SELECT relname::text, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid \
        WHERE indrelid = 'grants'::regclass AND NOT indisprimary ORDER BY relname";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn both() -> Vec<(String, bool)> {
    vec![
        ("grants_session".to_owned(), true),
        ("grants_subject".to_owned(), true),
    ]
}

/// Opens a transaction that has written to grants. An index build waits for it.
async fn open_transaction(schema: &Schema) -> Client {
    let client = schema.client().await;
    let sql = "BEGIN; UPDATE grants SET generation = 1 WHERE id = lpad('1', 32, '0')::uuid";
    client.batch_execute(sql).await.unwrap();
    client
}

/// Waits until a build has started in this schema: its index exists, but is not valid yet.
async fn until_a_build_has_begun(client: &Client) {
    let wait = async {
        while indexes(client).await.iter().all(|(_, whole)| *whole) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), wait).await.unwrap();
}

#[tokio::test]
async fn migration_without_grants_creates_indexes() {
    let schema = Schema::new().await;
    let store = connected(&schema.url()).await;
    store.migrate().await.unwrap();
    assert_eq!(indexes(&schema.client().await).await, both());
    assert!(store.build_indexes().await.unwrap().is_empty());
}

/// Returns to the schema of a version without secrets of sessions, and stores one as that version does.
const SESSION: &str = "\
    ALTER TABLE sessions DROP COLUMN secret_digest; \
    DELETE FROM schema_migrations WHERE version = '2026-11-29-060000_session_secrets'; \
    INSERT INTO sessions (id, tenant, user_id, authenticated_at, methods, acr, created_at, last_active_at, expires_at) \
    SELECT lpad('1', 32, '0')::uuid, 1, user_id, 0, 1, 1, 0, 0, 9000000000 FROM credentials";

#[tokio::test]
async fn session_of_earlier_version_has_no_secret() {
    let schema = Schema::new().await;
    let store = connected(&schema.url()).await;
    store.migrate().await.unwrap();
    let jane = user(1, "jane@example.com");
    assert_eq!(store.insert_user(T, &jane, None).await.unwrap(), Race::Won);
    let client = schema.client().await;
    client.batch_execute(SESSION).await.unwrap();
    assert_eq!(store.migrate().await.unwrap().len(), 1);
    let (session, _) = store.find_session(T, session_id(1)).await.unwrap().unwrap();
    assert!(session.secret.is_none());
    let renewal = session.resecured(session_secret().digest(), NOW);
    assert_eq!(store.renew_session(T, &renewal).await.unwrap(), Race::Won);
}

/// Returns to the schema of a version without owners of clients.
const OWNERS: &str = "\
    ALTER TABLE clients DROP COLUMN owner; \
    DELETE FROM schema_migrations WHERE version = '2026-11-29-190000_client_owners'";

#[tokio::test]
async fn client_of_earlier_version_keeps_its_owner() {
    let schema = Schema::new().await;
    let store = connected(&schema.url()).await;
    store.migrate().await.unwrap();
    let owner = Holder::User(user_id(1));
    let app = RegisteredClient {
        owner: Some(owner.clone()),
        ..client("app")
    };
    let inserted = store.insert_client(T, &app, &event()).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    schema.client().await.batch_execute(OWNERS).await.unwrap();
    let store = connected(&schema.url()).await;
    assert_eq!(store.migrate().await.unwrap().len(), 1);
    let own = store.list_clients(T, Some(&owner), After::start()).await;
    assert_eq!(own.unwrap().items.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_upgrades_by_ten_nodes_build_each_index_once() {
    let schema = without_indexes().await;
    let nodes: JoinSet<usize> = (0..10)
        .map(|_| {
            let url = schema.url();
            async move {
                let store = connected(&url).await;
                assert!(store.migrate().await.unwrap().is_empty());
                store.build_indexes().await.unwrap().len()
            }
        })
        .collect();
    assert_eq!(nodes.join_all().await.into_iter().sum::<usize>(), 2);
    assert_eq!(indexes(&schema.client().await).await, both());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grants_are_usable_before_and_during_index_build() {
    let schema = without_indexes().await;
    let client = schema.client().await;
    let store = connected(&schema.url()).await;
    assert_eq!(indexes(&client).await, []);
    let joe = Subject::new("joe");
    let of_joe = changed_grant(&grant(5000), |facts| {
        facts.authorization.subject = joe.clone();
    });
    assert_eq!(store.establish(T, &of_joe).await.unwrap(), Race::Won);
    let revoked = store.revoke_all(T, &joe, None, NOW).await.unwrap();
    assert_eq!(revoked, 1);

    let open = open_transaction(&schema).await;
    let builder = store.clone();
    let building = tokio::spawn(async move { builder.build_indexes().await.unwrap() });
    until_a_build_has_begun(&client).await;
    assert_eq!(store.establish(T, &grant(5001)).await.unwrap(), Race::Won);
    let rotated = store.rotate(T, &rotation(grant_id(2), 0)).await.unwrap();
    assert_eq!(rotated, Race::Won);
    let revoked = store.revoke(T, grant_id(3), NOW).await.unwrap();
    assert_eq!(revoked, Race::Won);
    assert!(!building.is_finished());

    open.batch_execute("COMMIT").await.unwrap();
    assert_eq!(
        building.await.unwrap(),
        ["grants_subject", "grants_session"]
    );
    assert_eq!(indexes(&client).await, both());
    let revoked = store.revoke_all(T, &Subject::new("jane"), None, NOW).await;
    assert_eq!(revoked.unwrap(), 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_index_is_rebuilt() {
    let schema = without_indexes().await;
    let client = schema.client().await;
    let store = connected(&schema.url()).await;
    let patience = "SET lock_timeout = '500ms'";
    client.batch_execute(patience).await.unwrap();
    // First there is no other index, then the other one is valid.
    for built in [
        &["grants_subject", "grants_session"][..],
        &["grants_subject"],
    ] {
        let remove = "DROP INDEX IF EXISTS grants_subject";
        client.batch_execute(remove).await.unwrap();
        let open = open_transaction(&schema).await;
        assert!(client.batch_execute(ONE_INDEX).await.is_err());
        open.batch_execute("COMMIT").await.unwrap();
        let half_built = ("grants_subject".to_owned(), false);
        assert_eq!(indexes(&client).await.pop(), Some(half_built));
        assert_eq!(store.build_indexes().await.unwrap(), built);
        assert_eq!(indexes(&client).await, both());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_waits_for_index_build_of_another_node() {
    let schema = without_indexes().await;
    let client = schema.client().await;
    let (first, second) = (
        connected(&schema.url()).await,
        connected(&schema.url()).await,
    );
    let open = open_transaction(&schema).await;
    let building = tokio::spawn(async move { first.build_indexes().await.unwrap() });
    until_a_build_has_begun(&client).await;
    let waiting = tokio::spawn(async move { second.build_indexes().await.unwrap() });
    // It has tried to take the lock and failed.
    let asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' \
        AND query NOT LIKE '%pg_stat_activity%' AND pid <> ALL (SELECT pid FROM pg_locks \
        WHERE locktype = 'advisory' AND granted)";
    let wait = async {
        while client.query_one(asked, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), wait).await.unwrap();
    assert!(!waiting.is_finished());
    open.batch_execute("COMMIT").await.unwrap();
    assert_eq!(building.await.unwrap().len(), 2);
    assert!(waiting.await.unwrap().is_empty());
    assert_eq!(indexes(&client).await, both());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_node_continues_index_build_after_crash() {
    let schema = without_indexes().await;
    let client = schema.client().await;
    let (first, second) = (
        connected(&schema.url()).await,
        connected(&schema.url()).await,
    );
    let open = open_transaction(&schema).await;
    let building = tokio::spawn(async move { first.build_indexes().await });
    until_a_build_has_begun(&client).await;
    let waiting = tokio::spawn(async move { second.build_indexes().await.unwrap() });
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' \
         AND pid IN (SELECT pid FROM pg_locks WHERE relation = '{}.grants'::regclass)",
        schema.name()
    );
    assert_eq!(client.query(&end, &[]).await.unwrap().len(), 1);
    assert!(building.await.unwrap().is_err());
    open.batch_execute("COMMIT").await.unwrap();
    assert_eq!(waiting.await.unwrap().len(), 2);
    assert_eq!(indexes(&client).await, both());
}
