//! Tests of audit log events.

use super::*;
use alloc::format;

#[test]
fn action_from_later_version_keeps_its_name() {
    assert_eq!(Action::named("client.created"), Action::CLIENT_CREATED);
    let later = Action::named("client.moved");
    assert_eq!(later.as_str(), "client.moved");
    assert_ne!(later, Action::CLIENT_UPDATED);
}

#[test]
fn events_sort_by_node_then_by_number() {
    let id = |node, number| EventId {
        node: NodeId::from_bytes([node; 16]),
        number,
    };
    assert!(id(1, 9) < id(2, 1) && id(1, 2) < id(1, 10));
}

#[test]
fn changed_field_prints_without_its_values() {
    let change = FieldChange {
        field: Cow::Borrowed("email"),
        before: Some("jane@example.com".into()),
        after: None,
    };
    assert_eq!(format!("{change:?}"), "FieldChange(email)");
}
