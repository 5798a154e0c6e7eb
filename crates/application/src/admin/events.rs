//! Audit events of administration commands.

use crate::current_request::CurrentRequest;
use countersign_domain::audit::event::{Action, Event, EventId, FieldChange, Party};
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Entropy, EventCodec, EventRecord};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Creates and numbers the records of audit events. A process has only one.
pub struct EventSource {
    node: NodeId,
    /// Number of the last event.
    number: AtomicU64,
    entropy: Arc<dyn Entropy>,
    codec: Arc<dyn EventCodec>,
}

/// Change that a command makes.
pub(super) struct Done {
    pub(super) action: Action,
    pub(super) target: Party,
    pub(super) changes: Vec<FieldChange>,
    pub(super) at: Timestamp,
}

impl EventSource {
    /// Creates the event source of this node. `codec` encodes records; `entropy` provides their salts.
    #[must_use]
    pub fn new(node: NodeId, entropy: Arc<dyn Entropy>, codec: Arc<dyn EventCodec>) -> Self {
        Self {
            node,
            number: AtomicU64::new(0),
            entropy,
            codec,
        }
    }

    /// Returns the record of a change, to be stored in the same transaction. If the change is not stored, its event
    /// number is skipped.
    pub(super) fn record(&self, tenant: TenantId, operator: &Operator, done: Done) -> EventRecord {
        let Done {
            action,
            target,
            changes,
            at,
        } = done;
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        let request = CurrentRequest::get();
        let event = Event {
            id: EventId {
                node: self.node,
                number,
            },
            at,
            action,
            operator: operator.identity.clone(),
            target,
            changes,
            address: request.as_ref().and_then(|request| request.address),
            request: request.map(|request| request.id.to_string()),
        };
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        self.codec.record(tenant, event, salt)
    }
}
