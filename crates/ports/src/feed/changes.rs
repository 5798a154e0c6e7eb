//! The change feed: which of the data that nodes cache has changed.

use crate::answer::StoreError;
use crate::definitions::DefinitionKind;
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// Kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// A client. The change ID is the client identifier.
    Client,
    /// The set of signing keys of a tenant. The change ID is empty.
    SigningKeys,
    /// A definition. The change ID is its identifier.
    Definition(DefinitionKind),
}

impl ChangeKind {
    /// Returns the number that stores use for this kind. It must never change.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::Client => 1,
            Self::SigningKeys => 2,
            Self::Definition(kind) => kind.number(),
        }
    }

    /// Returns the kind with this number; `None` for a kind that a later version added.
    #[must_use]
    pub fn from_number(number: i16) -> Option<Self> {
        match number {
            1 => Some(Self::Client),
            2 => Some(Self::SigningKeys),
            other => DefinitionKind::from_number(other).map(Self::Definition),
        }
    }
}

/// A change in the feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// Tenant.
    pub tenant: TenantId,
    /// Kind of the change.
    pub kind: ChangeKind,
    /// Identifier of the changed item.
    pub id: String,
    /// Version after the change; 0 after a deletion.
    pub version: u64,
}

/// Position in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(pub u64);

/// The change feed.
pub trait Changes {
    /// Returns the position after all changes so far. Data read after this call is at least as new as the position.
    fn latest_change(&self) -> impl Future<Output = Result<Cursor, StoreError>> + Send;

    /// Returns the changes after a position, and the position for the next call. No change is skipped, however late it
    /// commits. A change may be returned twice. Calls must be cheap, because every node polls several times per second.
    /// Changes are kept for at least one hour.
    fn changes_after(
        &self,
        cursor: Cursor,
    ) -> impl Future<Output = Result<(Vec<Change>, Cursor), StoreError>> + Send;
}
