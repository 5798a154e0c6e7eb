//! The proof of the audit log: sealed batches, and events as they are stored.

use crate::answer::{Race, StoreError};
use crate::feed::EventRecord;
use crate::slice::{After, Slice};
use countersign_domain::audit::event::{EventId, Party};
use countersign_domain::audit::filter::EventPosition;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// Event as it is stored, readable or not. An erased event has no operator, target, salt and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Time and identifier.
    pub position: EventPosition,
    /// Action.
    pub action: String,
    /// Operator, as `kind:id`.
    pub operator: Option<String>,
    /// Target, as `kind:id`.
    pub target: Option<String>,
    /// Random bytes.
    pub salt: Option<Vec<u8>>,
    /// Encoded event.
    pub content: Option<Vec<u8>>,
    /// SHA-256 of salt and content.
    pub digest: Vec<u8>,
    /// Number of the batch; `None` for an event that is not sealed.
    pub batch: Option<u64>,
}

impl StoredEvent {
    /// Returns the stored form of a party.
    #[must_use]
    pub fn party(Party { kind, id }: &Party) -> String {
        format!("{kind}:{id}")
    }
}

/// Stored form of an event that is not sealed.
impl From<&EventRecord> for StoredEvent {
    fn from(record: &EventRecord) -> Self {
        let event = &record.event;
        Self {
            position: EventPosition::from(event),
            action: event.action.as_str().to_owned(),
            operator: Some(Self::party(&event.operator)),
            target: Some(Self::party(&event.target)),
            salt: Some(record.salt.to_vec()),
            content: Some(record.content.clone()),
            digest: record.digest.to_vec(),
            batch: None,
        }
    }
}

/// Batch as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBatch {
    /// Number in the chain of its tenant.
    pub number: u64,
    /// Encoded batch.
    pub content: Vec<u8>,
    /// MAC of the content.
    pub mac: Vec<u8>,
}

/// The proof of the audit log.
pub trait AuditProof {
    /// Returns up to `most` events of a tenant that belong to no batch, ordered by ID; with `node`, only those of this
    /// node.
    fn unsealed_events(
        &self,
        tenant: TenantId,
        node: Option<NodeId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;

    /// Returns up to `most` events of a tenant whose batch does not exist.
    fn stray_events(
        &self,
        tenant: TenantId,
        most: u32,
    ) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;

    /// Returns up to `most` events of a batch, ordered by ID.
    fn events_of_batch(
        &self,
        tenant: TenantId,
        batch: u64,
        most: u32,
    ) -> impl Future<Output = Result<Vec<StoredEvent>, StoreError>> + Send;

    /// Returns the batch of a tenant with the highest number.
    fn latest_batch(
        &self,
        tenant: TenantId,
    ) -> impl Future<Output = Result<Option<SealedBatch>, StoreError>> + Send;

    /// Returns a slice of the batches of a tenant, ordered by number.
    fn list_batches(
        &self,
        tenant: TenantId,
        after: After<u64>,
    ) -> impl Future<Output = Result<Slice<SealedBatch>, StoreError>> + Send;

    /// Adds a batch, and adds these events to it. Returns `Lost` and changes nothing if the number of the batch exists,
    /// or if one of the events does not exist or belongs to a batch. The events must be distinct.
    fn append_batch(
        &self,
        tenant: TenantId,
        batch: &SealedBatch,
        events: &[EventId],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes the batches `first` to `last` with their events. Returns `Lost` and stores no event if `first` does not
    /// exist.
    fn remove_batches(
        &self,
        tenant: TenantId,
        first: u64,
        last: u64,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Erases operator, target, salt and content of these events. Returns `Lost` and changes nothing if one of them is
    /// erased already or does not exist. The events must be distinct.
    fn erase_events(
        &self,
        tenant: TenantId,
        erased: &[EventId],
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
