//! Administration commands, and fixtures for their tests.

pub(crate) mod administrators;
mod audit;
mod claims;
pub(crate) mod clients;
mod defaults;
mod developer;
mod escalation;
mod keys;
mod replies;
mod resource_servers;
mod roles;
mod secrets;
mod sign_on;
mod upstream_providers;
mod user_removals;
pub(crate) mod users;
mod webhooks;

use crate::fakes::Fixed;
use crate::world::SINGLE;
use countersign_application::admin::EventSource;
use countersign_domain::audit::event::Event;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_ports::{After, Audit as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, LazyLock};

/// Returns an operator with all permissions.
pub(crate) fn root() -> &'static Operator {
    static ROOT: LazyLock<Operator> = LazyLock::new(|| Operator::command_line("root"));
    &ROOT
}

/// Returns an operator with only this permission.
pub(crate) fn only(permission: Permission) -> Operator {
    Operator {
        permissions: [permission].into(),
        ..root().clone()
    }
}

/// Returns the event source of a new node. Its events sort after those of earlier nodes and of the fixtures.
pub(crate) fn events() -> Arc<EventSource> {
    static NODE: AtomicU8 = AtomicU8::new(10);
    let node = fixtures::node_id(NODE.fetch_add(1, Ordering::SeqCst));
    let (entropy, codec) = (Arc::new(Fixed), Arc::new(Fixed));
    Arc::new(EventSource::new(node, entropy, codec))
}

/// Returns the stored events in order.
pub(crate) async fn stored_events(store: &MemoryStore) -> Vec<Event> {
    let stored = store.list_events(SINGLE, After::start()).await.unwrap();
    let events = stored.items.into_iter();
    events.map(|record| record.event).collect()
}

/// Returns the field changes of an event: name, value before, value after.
pub(crate) fn fields(event: &Event) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let changes = event.changes.iter();
    changes
        .map(|change| {
            let (before, after) = (change.before.as_deref(), change.after.as_deref());
            (&*change.field, before, after)
        })
        .collect()
}
