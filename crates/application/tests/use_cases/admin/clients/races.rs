//! Changes that race with other commands.

use super::*;
use countersign_ports::{KeySetVersion, Slice};

/// Returns a store in which the first `lost` updates of `app` lose their race and the next one wins.
fn contended(lost: usize) -> MockStore {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|_, _| {
        let client = Client {
            version: 1,
            ..fixtures::client("app")
        };
        Box::pin(async { Ok(Some(client)) })
    });
    store
        .expect_find_definition()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    let no_keys = || Ok((KeySetVersion(0), Vec::new()));
    store
        .expect_list_signing_keys()
        .returning(move |_| Box::pin(async move { no_keys() }));
    let mut order = mockall::Sequence::new();
    for number in 1..=5 {
        let race = if number <= lost {
            Race::Lost
        } else {
            Race::Won
        };
        store
            .expect_update_client()
            .times(usize::from(number <= lost + 1))
            .in_sequence(&mut order)
            .withf(move |_, client, event| {
                client.version == 1 && event.event.id.number == number as u64
            })
            .returning(move |_, _, _| Box::pin(async move { Ok(race) }));
    }
    store
}

#[tokio::test]
async fn lost_race_is_retried_at_most_four_times() {
    for (lost, succeeds) in [(0, true), (4, true), (5, false)] {
        let admin = admin(&Arc::new(contended(lost)));
        let set = admin.set_status(tenant(), root(), app(), ClientStatus::Inactive);
        match set.await {
            Ok(client) => assert!(succeeds && client.version == 2),
            Err(error) => assert!(
                !succeeds && matches!(error, AdminError::Conflict(Conflict::Changed)),
                "{error:?}"
            ),
        }
    }
}

#[tokio::test]
async fn lost_race_leaves_no_event() {
    let store = with_app().await;
    let admin = admin(&store);
    // Another command changes the client each time this one has read it.
    let update = admin.update(tenant(), root(), app(), |client| {
        client.name.push('!');
        let faster = Client {
            name: format!("{} ", client.name),
            ..client.clone()
        };
        let event = fixtures::event_in(SINGLE);
        let faster = store.update_client(SINGLE, &faster, &event);
        let mut faster = std::pin::pin!(faster);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(faster.as_mut().poll(&mut context).is_ready());
    });
    let lost = update.await;
    assert!(matches!(lost, Err(AdminError::Conflict(Conflict::Changed))));
    let events = stored_events(&store).await;
    let mut ours = events
        .iter()
        .filter(|event| event.id.node != fixtures::node_id(1));
    assert!(ours.all(|event| event.action == Action::CLIENT_CREATED));
    assert_eq!(events.len(), 1 + 5, "events of the other command");
}

/// Returns a store in which `app` has version 1 at first, and version 2 after its deletion lost a race.
fn changed_before_deletion() -> MockStore {
    let mut store = MockStore::new();
    store
        .expect_find_definition()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    store.expect_list_definitions().returning(|_, _, _| {
        let (items, has_more) = (Vec::new(), false);
        Box::pin(async move { Ok(Slice { items, has_more }) })
    });
    let mut order = mockall::Sequence::new();
    for (version, race) in [(1, Race::Lost), (2, Race::Won)] {
        store
            .expect_find_client()
            .times(1)
            .in_sequence(&mut order)
            .returning(move |_, _| {
                let client = Client {
                    version,
                    ..fixtures::client("app")
                };
                Box::pin(async { Ok(Some(client)) })
            });
        store
            .expect_delete_client()
            .times(0..=1)
            .in_sequence(&mut order)
            .withf(move |_, _, read, _| *read == version)
            .returning(move |_, _, _, _| Box::pin(async move { Ok(race) }));
    }
    store
}

#[tokio::test]
async fn client_changed_before_deletion_is_read_again() {
    let store = Arc::new(changed_before_deletion());
    let deleted = admin(&store).delete(tenant(), root(), app(), None).await;
    assert!(deleted.is_ok(), "{deleted:?}");
    let store = Arc::new(changed_before_deletion());
    let deleted = admin(&store).delete(tenant(), root(), app(), Some(1)).await;
    assert!(matches!(deleted, Err(AdminError::Stale)), "{deleted:?}");
}
