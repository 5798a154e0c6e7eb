use super::grants::{RemoveGrants, START};
use super::statements::{RemoveDevices, RemoveEphemera, RemoveSessions};
use crate::explain::plan_of;
use crate::test_store::migrated;
use countersign_store_contract::postgres::Schema;

#[tokio::test]
async fn expired_rows_are_found_by_index() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    let (now, most) = (1, 1);
    let plan = plan_of(&store, &RemoveSessions { now, most }, "1, 1").await;
    assert!(plan.contains("Index Scan using sessions_expiry"), "{plan}");
    let plan = plan_of(&store, &RemoveDevices { now, most }, "1, 1").await;
    assert!(plan.contains("Index Scan using devices_expiry"), "{plan}");
    let plan = plan_of(&store, &RemoveEphemera { now, most }, "1, 1").await;
    assert!(plan.contains("Index Scan using ephemera_pkey"), "{plan}");
    assert!(!plan.contains("Sort"), "{plan}");
    let grants = RemoveGrants {
        after: START,
        now,
        most,
    };
    let plan = plan_of(&store, &grants, "gen_random_uuid(), 0, 1, 1, 1, 1").await;
    let condition = "Index Cond: (ROW(id, tenant) > ROW($1, $2))";
    assert!(plan.contains(condition), "{plan}");
    assert!(!plan.contains("Seq Scan"), "{plan}");
}
