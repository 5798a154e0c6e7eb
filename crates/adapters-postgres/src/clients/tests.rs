use super::statements::ListOwnClients;
use crate::explain::plan_of;
use crate::test_store::migrated;
use countersign_store_contract::postgres::Schema;

#[tokio::test]
async fn list_of_own_clients_uses_index_of_owners() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    let list = ListOwnClients {
        tenant: 1,
        owner: "user:jane".into(),
        after: String::new(),
        most: 1,
    };
    let plan = plan_of(&store, &list, "1, 'user:jane', '', 1").await;
    assert!(plan.contains("clients_owner"), "{plan}");
}
