//! Number of values per tenant and kind, cached for a second.

use countersign_domain::tenant::TenantId;
use countersign_ports::EphemeralKind;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Maximum age of a cached count.
pub(super) const COUNTED: Duration = Duration::from_secs(1);

/// Counts up to this number are not cached, because counting takes less than a millisecond.
pub(super) const FEW: u64 = 1000;

/// Cached counts with their times.
#[derive(Default)]
pub(crate) struct Counts(BTreeMap<(TenantId, EphemeralKind), (Instant, u64)>);

impl Counts {
    /// Returns the cached count, if it is recent. Removes outdated counts.
    pub(super) fn recent(&mut self, tenant: TenantId, kind: EphemeralKind) -> Option<u64> {
        self.0
            .retain(|_, (counted_at, _)| counted_at.elapsed() < COUNTED);
        self.0.get(&(tenant, kind)).map(|(_, count)| *count)
    }

    /// Caches a count if it is slow to repeat.
    pub(super) fn keep(&mut self, tenant: TenantId, kind: EphemeralKind, count: u64) {
        if count > FEW {
            self.0.insert((tenant, kind), (Instant::now(), count));
        }
    }
}
