//! The feed of changes: what nodes keep copies of, and which of it has changed.

use crate::store::StoreError;
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// A client. The id of the change is its identifier.
    Client,
    /// The set of signing keys of a tenant. The id is empty.
    SigningKeys,
}

impl ChangeKind {
    /// Number in a store. Registered for ever.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::Client => 1,
            Self::SigningKeys => 2,
        }
    }

    /// The kind of a number; `None` for a kind that a later version added.
    #[must_use]
    pub const fn from_number(number: i16) -> Option<Self> {
        match number {
            1 => Some(Self::Client),
            2 => Some(Self::SigningKeys),
            _ => None,
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// Tenant.
    pub tenant: TenantId,
    /// What has changed.
    pub kind: ChangeKind,
    /// Which one.
    pub id: String,
    /// Its version after the change; 0 once it is deleted.
    pub version: u64,
}

/// A place in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(pub u64);

/// The feed of changes.
pub trait Changes {
    /// The place behind all changes so far. What is read after this is as new as the place.
    fn latest_change(&self) -> impl Future<Output = Result<Cursor, StoreError>> + Send;

    /// The changes after a place, and the place to go on from. No change is skipped, however late it commits; a change
    /// may come twice. Cheap: every node asks several times a second. Changes are kept for an hour at least.
    fn changes_after(
        &self,
        cursor: Cursor,
    ) -> impl Future<Output = Result<(Vec<Change>, Cursor), StoreError>> + Send;
}
