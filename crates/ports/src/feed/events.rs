//! The audit log.

use crate::answer::StoreError;
use crate::ephemera::EphemeralKey;
use crate::slice::{After, Slice};
use countersign_domain::audit::event::{Event, EventId};
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// Reply of a command, for a repeated request with the same idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReply {
    /// Key of the expiring value that the request inserted before the command.
    pub key: EphemeralKey,
    /// Sealed reply, which replaces version 1 of that value.
    pub value: Vec<u8>,
}

/// An event with its stored form. Each method behind an operator command takes one, and stores it in the same
/// transaction as the change. A lost race stores no event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Event. Stores keep its time, action, operator and target in columns, for filters.
    pub event: Event,
    /// Encoded event. This copy is authoritative; columns and [`EventRecord::event`] repeat it.
    pub content: Vec<u8>,
    /// Random bytes, hashed together with the content.
    pub salt: [u8; 16],
    /// SHA-256 of salt and content: the leaf of a sealed batch. It is kept even if the law requires content and salt to
    /// be erased.
    pub digest: [u8; 32],
    /// Reply of the command. Each method that stores the event also stores the reply, in the same transaction. A listed
    /// event has none.
    pub reply: Option<KeptReply>,
}

/// Encodes events.
pub trait EventCodec: Send + Sync {
    /// Builds the record of an event. `salt` must be random.
    fn record(&self, tenant: TenantId, event: Event, salt: [u8; 16]) -> EventRecord;
}

/// Reads the audit log.
pub trait Audit {
    /// Returns a slice of a tenant's events, ordered by ID.
    fn list_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> impl Future<Output = Result<Slice<EventRecord>, StoreError>> + Send;
}
