//! Values of the audit log and of webhooks.

use super::{TIME, golden};
use countersign_codec::{
    decode_batch, decode_event, decode_webhook_delivery, encode_batch, encode_event,
    encode_webhook_delivery,
};
use countersign_domain::audit::batch::Batch;
use countersign_domain::audit::event::{Action, Event, EventContext, EventId, FieldChange, Party};
use countersign_domain::identifier::{NodeId, SessionId};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::delivery::{
    DeadLetter, Delivery, EventPlace, OrderingKey, Waiting,
};

fn event() -> Event {
    let change = |field: &'static str, before: Option<&str>, after: Option<&str>| FieldChange {
        field: field.into(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    Event {
        id: EventId {
            node: NodeId::from_bytes([0x88; 16]),
            number: 300,
        },
        at: TIME,
        action: Action::CLIENT_UPDATED,
        operator: Party::new("command_line", "root"),
        target: Party::new("client", "notes"),
        changes: vec![
            change("scope", Some("read"), Some("read write")),
            change("jwks", None, Some("..")),
            change("audience", Some("urn:notes"), None),
        ],
        address: Some([192, 0, 2, 7].into()),
        request: Some("req-1".into()),
        context: EventContext::default(),
    }
}

fn refused_event() -> Event {
    Event {
        context: EventContext {
            client: Some("web".into()),
            session: Some(SessionId::from_bytes([0x99; 16])),
            roles: vec!["auditor".into(), "support".into()],
            refusal: Some("permission_missing".into()),
        },
        ..event()
    }
}

fn minimal_event() -> Event {
    Event {
        changes: vec![],
        address: None,
        request: None,
        ..event()
    }
}

#[test]
fn golden_batch_round_trips() {
    let first = Batch {
        number: 1,
        node: NodeId::from_bytes([0x88; 16]),
        at: TIME,
        count: 3,
        root: [0x99; 32],
        previous: None,
        is_adopted: false,
    };
    let later = Batch {
        number: 1000,
        previous: Some([0xaa; 32]),
        is_adopted: true,
        ..first.clone()
    };
    let tenant = TenantId::from_number(7).unwrap();
    let bytes = golden("events/batch-full-1.hex", &encode_batch(tenant, &later));
    assert_eq!(decode_batch(&bytes), Ok((tenant, later)));
    let encoded = encode_batch(tenant, &first);
    assert_eq!(decode_batch(&encoded), Ok((tenant, first)));
}

#[test]
fn golden_events_round_trip() {
    let tenant = TenantId::from_number(7).unwrap();
    for (value, name) in [
        (event(), "events/full-1.hex"),
        (refused_event(), "events/full-2.hex"),
        (minimal_event(), "events/minimal-1.hex"),
    ] {
        let bytes = golden(name, &encode_event(tenant, &value));
        assert_eq!(decode_event(&bytes), Ok((tenant, value)));
    }
}

#[test]
fn golden_webhook_delivery_round_trips() {
    let place = |batch, number| EventPlace {
        batch,
        id: EventId {
            node: NodeId::from_bytes([0x88; 16]),
            number,
        },
    };
    let new = Delivery::new(999, TIME);
    let full = Delivery {
        replayed: 4,
        failures: 12,
        waiting: vec![
            Waiting {
                place: place(998, 7),
                ordering_key: OrderingKey(u64::MAX),
                attempts: 2,
                due: TIME,
            },
            Waiting {
                place: place(999, 8),
                ordering_key: OrderingKey(1),
                attempts: 0,
                due: Timestamp::from_unix_seconds(1_790_000_300),
            },
        ],
        dead: vec![DeadLetter {
            place: place(12, 3),
            ordering_key: OrderingKey(5),
            action: "user.created".to_owned(),
            attempts: 10,
            died_at: TIME,
            reason: "the receiver responded with status 500".to_owned(),
        }],
        ..new.clone()
    };
    for (name, value) in [
        ("webhooks/delivery-new-2.hex", new),
        ("webhooks/delivery-full-2.hex", full),
    ] {
        let bytes = golden(name, &encode_webhook_delivery(&value));
        assert_eq!(decode_webhook_delivery(&bytes), Ok(value));
    }
}
