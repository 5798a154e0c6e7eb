//! [`Audit::find_events`](countersign_ports::Audit::find_events).

use crate::fixtures::{event_record, later, node_id, record_of};
use countersign_domain::audit::event::{EventId, Party};
use countersign_domain::audit::filter::{EventFilter, EventPosition, PartyFilter};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, EventRecord, FoundEvents, Race, Store, Transfer};
use std::sync::Arc;

/// Returns an event at a time, of a node and with a number. The target is the client `even` or `odd`.
fn event_at(tenant: TenantId, (seconds, node, number): (u64, u8, u64)) -> EventRecord {
    let mut event = event_record(tenant, number).event;
    event.at = later(seconds);
    event.id.node = node_id(node);
    let parity = if seconds % 2 == 0 { "even" } else { "odd" };
    event.target = Party::new("client", parity);
    record_of(tenant, event)
}

/// Events, newest first. Numbers and nodes do not grow with the time.
const EVENTS: [(u64, u8, u64); 6] = [
    (9, 1, 1),
    (7, 255, 3),
    (7, 2, 256),
    (7, 2, 2),
    (7, 1, 300),
    (4, 3, 8),
];

async fn insert_all(store: &impl Transfer, tenant: TenantId) -> Vec<EventRecord> {
    let all = EVENTS.map(|own| event_at(tenant, own)).to_vec();
    for event in all.iter().rev() {
        let added = store.insert_event(tenant, event).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
    all
}

async fn find(
    store: &impl Store,
    tenant: TenantId,
    filter: &EventFilter,
    after: After<EventPosition>,
) -> FoundEvents {
    store.find_events(tenant, filter, after).await.unwrap()
}

/// With any limit, all events are found newest first, each exactly once.
pub async fn events_are_found_newest_first_in_slices<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let all = insert_all(&*store, tenant).await;
    for limit in 1..=7 {
        let mut read = Vec::new();
        let mut key = None;
        loop {
            let after = After { key, limit };
            let found = find(&*store, tenant, &EventFilter::default(), after).await;
            assert!(found.events.len() <= limit as usize);
            read.extend(found.events);
            key = found.next;
            if key.is_none() {
                break;
            }
        }
        assert_eq!(read, all, "limit {limit}");
    }
}

/// An event that is stored during a search does not change what follows.
pub async fn search_continues_from_its_position<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let all = insert_all(&*store, tenant).await;
    let first = After {
        key: None,
        limit: 2,
    };
    let found = find(&*store, tenant, &EventFilter::default(), first).await;
    let newer = event_at(tenant, (10, 1, 999));
    let added = store.insert_event(tenant, &newer).await;
    assert_eq!(added.unwrap(), Race::Won);
    let rest = After {
        key: found.next,
        limit: 100,
    };
    let rest = find(&*store, tenant, &EventFilter::default(), rest).await;
    assert_eq!(rest.events, all[2..]);
    assert_eq!(rest.next, None);
}

/// Only events that meet all conditions are found. The start of a time range is included, the end is not.
pub async fn found_events_meet_all_conditions<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let all = insert_all(&*store, tenant).await;
    let range = |since, until| EventFilter {
        since: Some(later(since)),
        until: Some(later(until)),
        ..EventFilter::default()
    };
    let of = |target| EventFilter {
        target: PartyFilter::parse(target),
        ..EventFilter::default()
    };
    for (filter, expected) in [
        (range(7, 9), &all[1..5]),
        (range(4, 7), &all[5..]),
        (range(5, 7), &[]),
        (of("client"), &all[..]),
        (of("client:even"), &all[5..]),
        (of("client:odd"), &all[..5]),
        (of("user"), &[]),
    ] {
        let found = find(&*store, tenant, &filter, After::start()).await;
        assert_eq!(found.events, expected, "{filter:?}");
        assert_eq!(found.next, None);
    }
}

/// A position or time beyond all events is valid.
pub async fn search_accepts_any_position<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let all = insert_all(&*store, tenant).await;
    let position = |seconds, number| EventPosition {
        at: countersign_domain::time::Timestamp::from_unix_seconds(seconds),
        id: EventId {
            node: node_id(0),
            number,
        },
    };
    let filter = EventFilter {
        until: Some(position(u64::MAX, 0).at),
        ..EventFilter::default()
    };
    let after = After::key(position(u64::MAX, u64::MAX));
    assert_eq!(find(&*store, tenant, &filter, after).await.events, all);
    let after = After::key(position(0, 0));
    assert_eq!(find(&*store, tenant, &filter, after).await.events, []);
}
