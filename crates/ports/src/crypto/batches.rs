//! Sealing of the audit log.

use crate::feed::{SealedBatch, StoredEvent};
use countersign_domain::audit::batch::Batch;
use countersign_domain::tenant::TenantId;

/// Master key under which a batch was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedBy {
    /// The one that seals.
    Current,
    /// One that the server still accepts.
    Previous,
    /// None of the configured ones, or the batch was altered.
    Unknown,
}

/// Opened batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedBatch {
    /// Content; `None` if it belongs to another tenant or number, or cannot be decoded.
    pub batch: Option<Batch>,
    /// Master key.
    pub sealed_by: SealedBy,
    /// Link that the next batch contains.
    pub link: [u8; 32],
}

/// Seals batches of events, and checks them.
pub trait BatchCodec: Send + Sync {
    /// Returns the leaf of an event in the Merkle tree of its batch: it depends on identifier, time, action and digest.
    /// Returns `None` if the stored parts of the event contradict each other. An erased event has a leaf.
    fn leaf(&self, tenant: TenantId, event: &StoredEvent) -> Option<[u8; 32]>;

    /// Returns the number of events whose content an operator erased, if this is the event of an erasure; otherwise 0.
    fn erased_events(&self, event: &StoredEvent) -> u64;

    /// Returns the root of the Merkle tree of these leaves (the tree of RFC 6962 section 2.1).
    fn root(&self, leaves: &[[u8; 32]]) -> [u8; 32];

    /// Seals a batch with the current master key.
    fn seal(&self, tenant: TenantId, batch: &Batch) -> SealedBatch;

    /// Opens a batch.
    fn open(&self, tenant: TenantId, sealed: &SealedBatch) -> OpenedBatch;
}
