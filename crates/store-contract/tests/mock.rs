//! The mock can replace a store.
#![expect(
    clippy::unwrap_used,
    reason = "a store that returns an error fails its test"
)]

use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, Store, StoreError};
use countersign_store_contract::MockStore;
use countersign_store_contract::fixtures::{grant, grant_id};

async fn establish_and_find(store: &impl Store) -> (Race, bool) {
    let race = store.establish(TenantId::SINGLE, &grant(1)).await.unwrap();
    let found = store.find_grant(TenantId::SINGLE, grant_id(1)).await;
    (race, found.is_err())
}

#[tokio::test]
async fn mock_returns_expected_values() {
    let mut store = MockStore::new();
    store
        .expect_establish()
        .once()
        .withf(|tenant, stored| *tenant == TenantId::SINGLE && *stored == grant(1))
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    store
        .expect_find_grant()
        .returning(|_, _| Box::pin(async { Err(StoreError::new("the disk is gone")) }));
    assert_eq!(establish_and_find(&store).await, (Race::Lost, true));
}

#[tokio::test]
#[should_panic(expected = "MockStore::establish(")]
async fn call_without_expectation_panics() {
    let _ = establish_and_find(&MockStore::new()).await;
}
