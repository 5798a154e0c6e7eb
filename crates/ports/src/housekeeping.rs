//! Removal of expired data.

use crate::answer::StoreError;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::future::Future;
use std::ops::AddAssign;

/// Result of a housekeeping run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Number of removed items.
    pub count: u32,
    /// Earliest end time among the removed items; `None` if nothing was removed.
    pub oldest: Option<Timestamp>,
}

impl Removed {
    /// Returns the result for one item that ended at this time.
    #[must_use]
    pub const fn one(ended_at: Timestamp) -> Self {
        Self {
            count: 1,
            oldest: Some(ended_at),
        }
    }
}

impl AddAssign for Removed {
    fn add_assign(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.oldest = self.oldest.into_iter().chain(other.oldest).min();
    }
}

/// Removal of expired data, in short batches alongside normal traffic.
pub trait Housekeeping {
    /// Removes up to `most` grants, signing keys, sessions, devices and expiring values that ended at or before `now`,
    /// across all tenants. Returns the number of removed items and the earliest end time. Also removes change-feed
    /// entries that every node has read; these do not count.
    fn remove_expired(
        &self,
        now: Timestamp,
        most: u32,
    ) -> impl Future<Output = Result<Removed, StoreError>> + Send;

    /// Removes all rows of a tenant, in transactions of at most `most` rows, so that other writes run in between. Rows of
    /// other tenants stay.
    fn remove_tenant(
        &self,
        tenant: TenantId,
        most: u32,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
