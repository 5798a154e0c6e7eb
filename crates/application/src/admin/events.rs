//! Events of commands.

use countersign_domain::audit::event::{Action, Event, EventId, FieldChange, Party};
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Entropy, EventCodec, EventRecord};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Makes the records of events, and numbers them. A process has one.
pub struct EventSource {
    node: NodeId,
    /// The last number that was given.
    number: AtomicU64,
    entropy: Arc<dyn Entropy>,
    codec: Arc<dyn EventCodec>,
}

/// What a command did.
pub(super) struct Done {
    pub(super) action: Action,
    pub(super) target: Party,
    pub(super) changes: Vec<FieldChange>,
    pub(super) at: Timestamp,
}

impl EventSource {
    /// A source of the events of this node. The codec encodes, the entropy makes salts.
    #[must_use]
    pub fn new(node: NodeId, entropy: Arc<dyn Entropy>, codec: Arc<dyn EventCodec>) -> Self {
        Self {
            node,
            number: AtomicU64::new(0),
            entropy,
            codec,
        }
    }

    /// The record of what a command does, to be stored with its change. A record whose change is not made leaves a gap
    /// in the numbers.
    pub(super) fn record(&self, tenant: TenantId, operator: &Operator, done: Done) -> EventRecord {
        let Done {
            action,
            target,
            changes,
            at,
        } = done;
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
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
            address: None,
            request: None,
        };
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        self.codec.record(tenant, event, salt)
    }
}
