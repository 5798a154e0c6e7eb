use super::counts::Counts;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::Failure;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Ephemera as _, EphemeralKey, EphemeralKind, Housekeeping as _};
use countersign_store_contract::fixtures::{NOW, ephemeral_key, later};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

const TENANT: TenantId = TenantId::SINGLE;
const KIND: EphemeralKind = EphemeralKind::Attempts;

async fn store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("store.db")).unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

#[test]
fn count_is_cached_for_a_second_by_tenant_and_kind() {
    let counts = Counts::default();
    let begin = Instant::now();
    let after = |millis| begin + Duration::from_millis(millis);
    counts.keep(TENANT, KIND, begin, 7);
    assert_eq!(counts.recent(TENANT, KIND, after(999)), Some(7));
    assert_eq!(counts.recent(TENANT, KIND, after(1000)), None);
    let other = TenantId::from_number(2).unwrap();
    assert_eq!(counts.recent(other, KIND, begin), None);
    let kind = EphemeralKind::DeniedToken;
    assert_eq!(counts.recent(TENANT, kind, begin), None);
}

#[test]
fn cache_of_counts_has_bounded_size() {
    let counts = Counts::default();
    let begin = Instant::now();
    let tenant = |number| TenantId::from_number(number).unwrap();
    for number in 1..=2000 {
        counts.keep(tenant(number), KIND, begin, 1);
    }
    assert_eq!(counts.recent(tenant(1), KIND, begin), Some(1));
    assert_eq!(counts.recent(tenant(2000), KIND, begin), None);
    let later = begin + Duration::from_secs(1);
    counts.keep(tenant(2000), KIND, later, 1);
    assert_eq!(counts.recent(tenant(2000), KIND, later), Some(1));
}

#[tokio::test]
async fn values_are_removed_in_order_of_expiry() {
    let (store, _folder) = store().await;
    let key = |seconds, number| EphemeralKey {
        expires_at: later(seconds),
        ..ephemeral_key(KIND, number)
    };
    let keys = [key(30, 1), key(10, 2), key(20, 3)];
    let _ = store.add(TENANT, &keys, 1, NOW).await.unwrap();
    let removed = store.remove_expired(later(60), 2).await.unwrap();
    assert_eq!((removed.count, removed.oldest), (2, Some(later(10))));
    for (key, total) in keys.iter().zip([Some(1), None, None]) {
        let found = store.get(TENANT, key, NOW).await.unwrap();
        assert_eq!(found.map(|value| value.total), total);
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[tokio::test]
async fn sweep_reads_only_front_of_primary_key() {
    let (store, _folder) = store().await;
    let plan = |connection: &mut SqliteConnection| -> Result<Vec<Step>, Failure> {
        let sql = "EXPLAIN QUERY PLAN SELECT expires_at, id, tenant, kind FROM ephemera WHERE expires_at <= 1 \
            ORDER BY expires_at, id, tenant, kind LIMIT 500";
        Ok(sql_query(sql).load(connection)?)
    };
    let steps = store.0.readers.list(plan).await.unwrap();
    let details: Vec<_> = steps.iter().map(|step| step.detail.as_str()).collect();
    assert_eq!(
        details,
        ["SEARCH ephemera USING PRIMARY KEY (expires_at<?)"]
    );
}
