//! Reads that wait at the same time share a statement.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic if the store does not answer"
)]

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_domain::identifier::Subject;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    Ephemera as _, EphemeralKind, GrantRepository as _, Race, Redeemed, UserRepository as _,
};
use countersign_store_contract::fixtures::{
    NOW, changed_grant, ephemeral_key, grant, grant_id, user, user_id,
};
use countersign_store_contract::postgres::{Cluster, Schema, StatementCounts};
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};

const T: TenantId = TenantId::SINGLE;

/// Number of requests that wait at the same time.
const CROWD: u64 = 64;

struct Rig {
    counts: StatementCounts,
    store: PostgresStore,
    schema: Schema,
    _cluster: Cluster,
}

impl Rig {
    async fn new() -> Self {
        let cluster = Cluster::start(StatementCounts::SETTINGS, &[]);
        let schema = Schema::on(&cluster).await;
        let options = Options {
            pool_size: 4,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(10),
        };
        let store = PostgresStore::connect(&schema.url(), options)
            .await
            .unwrap();
        store.migrate().await.unwrap();
        let jane = user(1, "jane@example.com");
        let _ = store.insert_user(T, &jane, None).await.unwrap();
        Self {
            counts: StatementCounts::of(&cluster).await,
            store,
            schema,
            _cluster: cluster,
        }
    }

    /// Sends requests while the first table is locked. Returns the number of statements on the tables.
    async fn statements<F>(&self, tables: &[&str], request: impl Fn(PostgresStore, u64) -> F) -> i64
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let holder = self.schema.client().await;
        let counts = self.counts.during(tables, async || {
            let lock = format!("BEGIN; LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables[0]);
            holder.batch_execute(&lock).await.unwrap();
            let sent = (0..CROWD).map(|number| tokio::spawn(request(self.store.clone(), number)));
            let sent: Vec<JoinHandle<()>> = sent.collect();
            // On a single-threaded runtime: all requests are sent.
            for _ in 0..100 {
                yield_now().await;
            }
            holder.batch_execute("COMMIT").await.unwrap();
            for request in sent {
                request.await.unwrap();
            }
        });
        let counts = counts.await;
        let reads = counts.iter().filter(|(text, _)| !text.contains("LOCK"));
        reads.map(|(_, calls)| calls).sum()
    }
}

#[tokio::test]
async fn waiting_lookups_share_statements() {
    let rig = Rig::new().await;
    let jane = Subject::from(user_id(1));
    for number in 0..CROWD {
        let grant = changed_grant(&grant(number), |facts| {
            facts.authorization.subject = jane.clone();
        });
        let _ = rig.store.establish(T, &grant).await.unwrap();
        let key = ephemeral_key(EphemeralKind::DeniedToken, number);
        let _ = rig.store.insert(T, &key, b"", NOW).await.unwrap();
    }
    let alone = rig.statements(&["grants"], |store, number| async move {
        let found = store.find_grant(T, grant_id(number)).await.unwrap();
        assert_eq!(found.unwrap().id(), grant_id(number));
    });
    assert!(alone.await <= 4);
    let with_users = rig.statements(&["grants"], |store, number| async move {
        let found = store.find_grant_with_user(T, grant_id(number)).await;
        let (grant, user) = found.unwrap().unwrap();
        assert_eq!(
            (grant.id(), user.unwrap().id),
            (grant_id(number), user_id(1))
        );
    });
    assert!(with_users.await <= 4);
    let values = rig.statements(&["ephemera"], |store, number| async move {
        let key = ephemeral_key(EphemeralKind::DeniedToken, number);
        assert!(store.get(T, &key, NOW).await.unwrap().is_some());
    });
    assert!(values.await <= 4);
}

#[tokio::test]
async fn waiting_redemptions_share_statements() {
    let rig = Rig::new().await;
    let statements = rig.statements(&["grants", "users"], |store, number| async move {
        let grant = changed_grant(&grant(number), |facts| {
            facts.authorization.subject = Subject::from(user_id(1));
        });
        let redeemed = store.redeem(T, &grant).await.unwrap();
        assert!(matches!(redeemed, Redeemed::Won(Some(_))));
    });
    // Two for each group.
    assert!(statements.await <= 8);
}

/// A trigger disables the user as soon as a grant is stored, so the read must come after the insert.
#[tokio::test]
async fn redemption_reads_user_after_grant_is_stored() {
    let rig = Rig::new().await;
    let disable = "CREATE FUNCTION disable() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN UPDATE users SET enabled = false; RETURN NULL; END $$; \
        CREATE TRIGGER disable AFTER INSERT ON grants EXECUTE FUNCTION disable()";
    let client = rig.schema.client().await;
    client.batch_execute(disable).await.unwrap();
    // The first redemption prepares its statements, the others find them prepared.
    for number in 0..6 {
        client
            .batch_execute("UPDATE users SET enabled = true")
            .await
            .unwrap();
        let grant = changed_grant(&grant(number), |facts| {
            facts.authorization.subject = Subject::from(user_id(1));
        });
        let Redeemed::Won(Some(found)) = rig.store.redeem(T, &grant).await.unwrap() else {
            panic!("{number}");
        };
        assert!(!found.user.enabled, "{number}");
    }
}

/// If the caller of a group gives up, the others in the group still get their results.
#[tokio::test]
async fn group_is_sent_even_if_its_first_caller_gives_up() {
    let rig = Rig::new().await;
    let holder = rig.schema.client().await;
    let lock = "BEGIN; LOCK TABLE grants IN ACCESS EXCLUSIVE MODE";
    holder.batch_execute(lock).await.unwrap();
    let sent = (0..8).map(|number| {
        let store = rig.store.clone();
        tokio::spawn(async move { store.establish(T, &grant(number)).await.unwrap() })
    });
    let mut sent: Vec<JoinHandle<Race>> = sent.collect();
    let observer = rig.schema.client().await;
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    while observer
        .query_one(waiting, &[])
        .await
        .unwrap()
        .get::<_, i64>(0)
        == 0
    {
        yield_now().await;
    }
    sent.remove(0).abort();
    holder.batch_execute("COMMIT").await.unwrap();
    for request in sent {
        assert_eq!(request.await.unwrap(), Race::Won);
    }
    // Its request was part of the statement.
    assert!(
        rig.store
            .find_grant(T, grant_id(0))
            .await
            .unwrap()
            .is_some()
    );
}
