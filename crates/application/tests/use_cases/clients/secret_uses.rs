//! Recording of client secret uses.

use crate::world::SINGLE;
use countersign_application::SecretUses;
use countersign_ports::{ClientRepository as _, StoreError};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};

#[tokio::test]
async fn use_is_written_once_an_hour() {
    let mut store = MockStore::new();
    let mut order = mockall::Sequence::new();
    for seconds in [0, 3600] {
        let at = fixtures::later(seconds);
        store
            .expect_record_secret_uses()
            .times(1)
            .in_sequence(&mut order)
            .withf(move |_, uses| uses.len() == 1 && uses.iter().all(|noted| noted.at == at))
            .returning(|_, _| Box::pin(async { Ok(()) }));
    }
    let uses = SecretUses::default();
    for seconds in [0, 1, 3599, 3600, 3601] {
        uses.note(
            SINGLE,
            &fixtures::client_id("app"),
            "first",
            fixtures::later(seconds),
        );
        uses.write_down(&store, fixtures::later(seconds))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn unwritten_uses_are_kept_for_next_write() {
    let mut broken = MockStore::new();
    broken
        .expect_record_secret_uses()
        .returning(|_, _| Box::pin(async { Err(StoreError::new("down")) }));
    let uses = SecretUses::default();
    let store = MemoryStore::default();
    let _ = store
        .insert_client(SINGLE, &fixtures::client("app"), &fixtures::event())
        .await
        .unwrap();
    uses.note(
        SINGLE,
        &fixtures::client_id("app"),
        "first",
        fixtures::later(5),
    );
    assert!(uses.write_down(&broken, fixtures::later(6)).await.is_err());
    uses.write_down(&store, fixtures::later(7)).await.unwrap();
    let client = store
        .find_client(SINGLE, &fixtures::client_id("app"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        client
            .secrets
            .first()
            .and_then(|secret| secret.last_used_at),
        Some(fixtures::later(5))
    );
}

#[tokio::test]
async fn uses_are_written_per_tenant() {
    let other = fixtures::second_tenant().id;
    let mut store = MockStore::new();
    for tenant in [SINGLE, other] {
        store
            .expect_record_secret_uses()
            .times(1)
            .withf(move |own, uses| *own == tenant && uses.len() == 1)
            .returning(|_, _| Box::pin(async { Ok(()) }));
    }
    let uses = SecretUses::default();
    for tenant in [SINGLE, other] {
        uses.note(tenant, &fixtures::client_id("app"), "first", fixtures::NOW);
    }
    uses.write_down(&store, fixtures::NOW).await.unwrap();
}
