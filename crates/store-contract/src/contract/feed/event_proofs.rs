//! [`AuditProof`](countersign_ports::AuditProof).

use super::events::odd_event;
use crate::contract::support::{CROWD, all, winners};
use crate::fixtures::{event_record, later, node_id, record_of};
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::EventFilter;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, EventRecord, Race, SealedBatch, Store, StoredEvent, Transfer};
use std::sync::Arc;

const MOST: u32 = 100;

fn batch(number: u64) -> SealedBatch {
    SealedBatch {
        number,
        content: vec![0, 1, 255],
        mac: number.to_be_bytes().to_vec(),
    }
}

/// Adds events of node 1 and node 2, with the numbers 1 and 2 each, and returns them ordered by ID.
async fn insert_four(store: &impl Transfer, tenant: TenantId) -> Vec<EventRecord> {
    let mut events = Vec::new();
    for (node, number) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        let mut event = event_record(tenant, number).event;
        event.id.node = node_id(node);
        events.push(record_of(tenant, event));
    }
    for event in events.iter().rev() {
        let added = store.insert_event(tenant, &StoredEvent::from(event)).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
    events
}

fn ids(events: &[StoredEvent]) -> Vec<EventId> {
    events.iter().map(|event| event.position.id).collect()
}

async fn unsealed(store: &impl Store, tenant: TenantId) -> Vec<EventId> {
    ids(&store.unsealed_events(tenant, None, MOST).await.unwrap())
}

/// An appended batch is the latest one, and its events are sealed.
pub async fn appended_batch_seals_its_events<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let own: Vec<_> = insert_four(&*store, tenant).await;
    let own: Vec<_> = own.iter().map(|record| record.event.id).collect();
    assert_eq!(store.latest_batch(tenant).await.unwrap(), None);
    assert_eq!(unsealed(&*store, tenant).await, own);
    let of_node = store.unsealed_events(tenant, Some(node_id(2)), MOST);
    assert_eq!(ids(&of_node.await.unwrap()), own[2..]);
    let limited = store.unsealed_events(tenant, None, 3).await.unwrap();
    assert_eq!(ids(&limited), own[..3]);

    for (number, events) in [(1, &own[2..]), (2, &own[..1]), (3, &[])] {
        let appended = store.append_batch(tenant, &batch(number), events).await;
        assert_eq!(appended.unwrap(), Race::Won);
        let latest = store.latest_batch(tenant).await.unwrap();
        assert_eq!(latest, Some(batch(number)));
        let sealed = store.events_of_batch(tenant, number, MOST).await.unwrap();
        assert_eq!(ids(&sealed), events);
    }
    assert_eq!(unsealed(&*store, tenant).await, own[1..2]);
    let limited = store.events_of_batch(tenant, 1, 1).await.unwrap();
    assert_eq!(ids(&limited), own[2..3]);
    assert_eq!(store.stray_events(tenant, MOST).await.unwrap(), []);
}

/// A batch whose number exists, or one with an event that is missing or sealed, changes nothing.
pub async fn losing_batch_changes_nothing<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let own: Vec<_> = insert_four(&*store, tenant).await;
    let own: Vec<_> = own.iter().map(|record| record.event.id).collect();
    let first = store.append_batch(tenant, &batch(1), &own[..1]).await;
    assert_eq!(first.unwrap(), Race::Won);
    let missing = EventId {
        node: node_id(9),
        number: 9,
    };
    for (number, events) in [
        (1, vec![own[1]]),
        (2, vec![own[1], own[0]]),
        (2, vec![own[1], missing]),
    ] {
        let other = SealedBatch {
            mac: vec![9],
            ..batch(number)
        };
        let lost = store.append_batch(tenant, &other, &events).await;
        assert_eq!(lost.unwrap(), Race::Lost);
        let latest = store.latest_batch(tenant).await.unwrap();
        assert_eq!(latest, Some(batch(1)));
        assert_eq!(unsealed(&*store, tenant).await, own[1..]);
    }
}

/// Of concurrent batches with the same number, one wins.
pub async fn concurrent_batches_have_one_winner<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for number in 1..=u64::from(CROWD) {
        let event = StoredEvent::from(&event_record(tenant, number));
        let added = store.insert_event(tenant, &event).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
    let won = winners(&store, |store, number| async move {
        let event = EventId {
            node: node_id(1),
            number: u64::from(number) + 1,
        };
        store.append_batch(tenant, &batch(1), &[event]).await
    });
    assert_eq!(won.await, 1);
    let sealed = store.events_of_batch(tenant, 1, MOST).await.unwrap();
    assert_eq!(sealed.len(), 1);
}

/// With any limit, all batches are listed by number, each exactly once.
pub async fn batches_are_listed_in_slices<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    for number in [300, 2, 1] {
        let added = store.insert_batch(tenant, &batch(number)).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
    let again = SealedBatch {
        mac: vec![9],
        ..batch(2)
    };
    let lost = store.insert_batch(tenant, &again).await;
    assert_eq!(lost.unwrap(), Race::Lost);
    for limit in 1..=4 {
        let mut read: Vec<SealedBatch> = Vec::new();
        loop {
            let key = read.last().map(|batch| batch.number);
            let slice = store.list_batches(tenant, After { key, limit }).await;
            let slice = slice.unwrap();
            read.extend(slice.items);
            if !slice.has_more {
                break;
            }
        }
        assert_eq!(read, [1, 2, 300].map(batch), "limit {limit}");
    }
}

/// An event whose batch does not exist is found.
pub async fn event_without_its_batch_is_stray<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let stored = |number, batch| StoredEvent {
        batch,
        ..StoredEvent::from(&event_record(tenant, number))
    };
    let added = store.insert_batch(tenant, &batch(1)).await;
    assert_eq!(added.unwrap(), Race::Won);
    for event in [stored(1, Some(1)), stored(2, Some(2)), stored(3, None)] {
        let added = store.insert_event(tenant, &event).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
    let stray = store.stray_events(tenant, MOST).await.unwrap();
    assert_eq!(stray, [stored(2, Some(2))]);
    assert_eq!(store.stray_events(tenant, 0).await.unwrap(), []);
}

/// Erasing an event keeps its identifier, time, action, digest and batch, and stores the event of the command.
pub async fn erased_event_keeps_its_digest<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let own = insert_four(&*store, tenant).await;
    let id = |place: usize| own[place].event.id;
    let sealed = store.append_batch(tenant, &batch(1), &[id(0), id(1)]).await;
    assert_eq!(sealed.unwrap(), Race::Won);
    let mut command = event_record(tenant, 500).event;
    command.at = later(9);
    let command = record_of(tenant, command);
    let erased = store.erase_events(tenant, &[id(0)], &command).await;
    assert_eq!(erased.unwrap(), Race::Won);

    let stored = store.events_of_batch(tenant, 1, MOST).await.unwrap();
    let expected = StoredEvent {
        operator: None,
        target: None,
        salt: None,
        content: None,
        batch: Some(1),
        ..StoredEvent::from(&own[0])
    };
    assert_eq!(stored[0], expected);
    let kept = StoredEvent {
        batch: Some(1),
        ..StoredEvent::from(&own[1])
    };
    assert_eq!(stored[1], kept);
    let listed = all(store.list_events(tenant, After::start()).await);
    let rest = [&own[1], &command, &own[2], &own[3]].map(Clone::clone);
    assert_eq!(listed, rest);
    let all = EventFilter::default();
    let found = store.find_events(tenant, &all, After::start()).await;
    assert_eq!(found.unwrap().events.len(), 4);
}

/// If one of the events is erased or missing, nothing is erased and no event is stored.
pub async fn events_are_erased_all_or_none<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let own = insert_four(&*store, tenant).await;
    let [first, second] = [500, 501].map(|number| event_record(tenant, number));
    let erased = store.erase_events(tenant, &[own[0].event.id], &first).await;
    assert_eq!(erased.unwrap(), Race::Won);
    let missing = EventId {
        node: node_id(9),
        number: 9,
    };
    for other in [own[0].event.id, missing] {
        let again = [own[1].event.id, other];
        let lost = store.erase_events(tenant, &again, &second).await;
        assert_eq!(lost.unwrap(), Race::Lost);
    }
    let listed = all(store.list_events(tenant, After::start()).await);
    assert!(listed.contains(&first) && !listed.contains(&second));
    assert!(listed.contains(&own[1]), "still readable");
}

/// [`Transfer::list_stored_events`] lists all events by ID, erased or not, as [`Transfer::insert_event`] adds them.
pub async fn stored_events_are_listed_unchanged<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let odd = StoredEvent {
        batch: Some(7),
        ..StoredEvent::from(&odd_event(tenant))
    };
    let erased = StoredEvent {
        operator: None,
        target: None,
        salt: None,
        content: None,
        ..StoredEvent::from(&event_record(tenant, 1))
    };
    let other = StoredEvent::from(&event_record(tenant, 2));
    let expected = [erased, other, odd];
    for event in expected.iter().rev() {
        let added = store.insert_event(tenant, event).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
    for limit in 1..=4 {
        let mut read: Vec<StoredEvent> = Vec::new();
        loop {
            let key = read.last().map(|event| event.position.id);
            let after = After { key, limit };
            let slice = store.list_stored_events(tenant, after).await.unwrap();
            read.extend(slice.items);
            if !slice.has_more {
                break;
            }
        }
        assert_eq!(read, expected, "limit {limit}");
    }
}

/// Removing batches removes their events and no others, and stores the event of the removal. It happens once.
pub async fn removed_batches_take_their_events_along<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let own = insert_four(&*store, tenant).await;
    for (number, event) in (1..).zip(&own[..3]) {
        let (batch, events) = (batch(number), [event.event.id]);
        let appended = store.append_batch(tenant, &batch, &events).await;
        assert_eq!(appended.unwrap(), Race::Won);
    }
    let [first, second] = [500, 501].map(|number| event_record(tenant, number));
    let removed = store.remove_batches(tenant, 1, 2, &first).await;
    assert_eq!(removed.unwrap(), Race::Won);
    let again = store.remove_batches(tenant, 1, 3, &second).await;
    assert_eq!(again.unwrap(), Race::Lost);
    let batches = all(store.list_batches(tenant, After::start()).await);
    assert_eq!(batches, [batch(3)]);
    let listed = all(store.list_events(tenant, After::start()).await);
    assert_eq!(listed, [&first, &own[2], &own[3]].map(Clone::clone));
    assert_eq!(store.stray_events(tenant, MOST).await.unwrap(), []);
}
