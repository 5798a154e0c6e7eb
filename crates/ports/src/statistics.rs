//! Numbers of stored objects.

use crate::answer::StoreError;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::future::Future;

/// Number of objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Number.
    pub number: u64,
    /// Whether the number is exact. Otherwise, it is a lower bound.
    pub is_exact: bool,
}

/// Numbers of the objects of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Users.
    pub users: Count,
    /// Clients.
    pub clients: Count,
    /// Sessions that have neither ended nor expired.
    pub sessions: Count,
    /// Grants that are neither revoked nor expired.
    pub grants: Count,
}

/// Statistics at a bounded cost.
pub trait Statistics {
    /// Counts the objects of a tenant. Reads at most `most` rows of each kind and one more, so a number is exact if the
    /// store has no more than `most` rows of the kind, in all tenants together.
    fn count_objects(
        &self,
        tenant: TenantId,
        most: u32,
        now: Timestamp,
    ) -> impl Future<Output = Result<Counts, StoreError>> + Send;
}
