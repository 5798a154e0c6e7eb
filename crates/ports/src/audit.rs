//! The audit log.

use crate::slice::{After, Slice};
use crate::store::StoreError;
use countersign_domain::event::{Event, EventId};
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// An event with its stored form. Every verb that an operator causes takes one and stores it in the same statement or
/// transaction as the change; a lost race stores none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// The event. Stores keep its time, action, operator and target in columns, for filters.
    pub event: Event,
    /// Encoded event. It is the truth; columns and [`EventRecord::event`] repeat it.
    pub content: Vec<u8>,
    /// Random bytes that are hashed with the content.
    pub salt: [u8; 16],
    /// SHA-256 of salt and content: the leaf of a sealed batch. It outlives content and salt, which may be erased by law.
    pub digest: [u8; 32],
}

/// Encodes events.
pub trait EventCodec: Send + Sync {
    /// The record of an event of a tenant. `salt` is random.
    fn record(&self, tenant: TenantId, event: Event, salt: [u8; 16]) -> EventRecord;
}

/// Reads the audit log.
pub trait Audit {
    /// A slice of the events of a tenant, in the order of their ids.
    fn list_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> impl Future<Output = Result<Slice<EventRecord>, StoreError>> + Send;
}
