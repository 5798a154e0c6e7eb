//! Audit events.

use crate::current_request::CurrentRequest;
use countersign_domain::audit::event::{Action, Event, EventContext, EventId, FieldChange, Party};
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Entropy, EventCodec, EventRecord, StoredEvent};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Creates and numbers the records of audit events. A process has only one.
pub struct EventSource {
    node: NodeId,
    /// Number of the last event.
    number: AtomicU64,
    entropy: Arc<dyn Entropy>,
    codec: Arc<dyn EventCodec>,
    /// Recorded events that are not sealed yet.
    unsealed: Mutex<Unsealed>,
}

/// Digests and times of events, by tenant and number.
type Unsealed = BTreeMap<(TenantId, u64), ([u8; 32], Timestamp)>;

/// Time after which an event that is not stored was not stored at all: every transaction has ended by then.
const LOST: Duration = Duration::from_secs(120);

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
            unsealed: Mutex::default(),
        }
    }

    /// Returns the node.
    #[must_use]
    pub const fn node(&self) -> NodeId {
        self.node
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
        let request = CurrentRequest::get();
        self.numbered(tenant, |id| Event {
            id,
            at,
            action,
            operator: operator.identity.clone(),
            target,
            changes,
            address: request.as_ref().and_then(|request| request.address),
            request: request.map(|request| request.id.to_string()),
            context: EventContext {
                client: operator.client.as_ref().map(ToString::to_string),
                session: operator.session,
                roles: operator.roles.iter().map(ToString::to_string).collect(),
                refusal: None,
            },
        })
    }

    /// Returns the record of the event with the next number.
    pub(crate) fn numbered(
        &self,
        tenant: TenantId,
        event: impl FnOnce(EventId) -> Event,
    ) -> EventRecord {
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        let event = event(EventId {
            node: self.node,
            number,
        });
        let at = event.at;
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        let record = self.codec.record(tenant, event, salt);
        let entry = (record.digest, at);
        self.unsealed().insert((tenant, number), entry);
        record
    }

    fn unsealed(&self) -> MutexGuard<'_, Unsealed> {
        self.unsealed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether this node has recorded events of a tenant that may have been stored and are not sealed.
    #[must_use]
    pub fn has_unsealed(&self, tenant: TenantId) -> bool {
        let unsealed = self.unsealed();
        let mut of_tenant = unsealed.range((tenant, 0)..=(tenant, u64::MAX));
        of_tenant.next().is_some()
    }

    /// Returns the tenants of which this node has recorded events that may have been stored and are not sealed.
    #[must_use]
    pub fn unsealed_tenants(&self) -> Vec<TenantId> {
        let unsealed = self.unsealed();
        let mut tenants: Vec<TenantId> = unsealed.keys().map(|(tenant, _)| *tenant).collect();
        tenants.dedup();
        tenants
    }

    /// Returns whether this node recorded a stored event and has not sealed it. An event that another writer added to the
    /// store under the name of this node is not the one that was recorded.
    pub(super) fn recorded(&self, tenant: TenantId, event: &StoredEvent) -> bool {
        let id = event.position.id;
        let unsealed = self.unsealed();
        let digest = unsealed.get(&(tenant, id.number)).map(|(digest, _)| digest);
        id.node == self.node && digest.is_some_and(|digest| event.digest == digest)
    }

    /// Forgets events that are sealed.
    pub(super) fn forget_sealed(&self, tenant: TenantId, sealed: &[EventId]) {
        let mut unsealed = self.unsealed();
        for id in sealed {
            unsealed.remove(&(tenant, id.number));
        }
    }

    /// Forgets events whose changes were not made.
    pub(super) fn forget_lost(&self, tenant: TenantId, now: Timestamp) {
        self.unsealed()
            .retain(|(of, _), (_, at)| *of != tenant || !at.plus(LOST).has_passed(now));
    }
}
