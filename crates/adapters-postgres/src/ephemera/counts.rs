//! How many values there are, kept for a second.

use countersign_domain::tenant::TenantId;
use countersign_ports::EphemeralKind;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How old a count may be.
pub(super) const COUNTED: Duration = Duration::from_secs(1);

/// Up to this many keys are counted each time: it takes less than a millisecond.
pub(super) const FEW: u64 = 1000;

/// Counts of many keys, and when they were made.
#[derive(Default)]
pub(crate) struct Counts(BTreeMap<(TenantId, EphemeralKind), (Instant, u64)>);

impl Counts {
    /// The last count, if it is recent. Counts that are not are dropped.
    pub(super) fn recent(&mut self, tenant: TenantId, kind: EphemeralKind) -> Option<u64> {
        self.0
            .retain(|_, (counted_at, _)| counted_at.elapsed() < COUNTED);
        self.0.get(&(tenant, kind)).map(|(_, count)| *count)
    }

    /// Keeps a count that takes long.
    pub(super) fn keep(&mut self, tenant: TenantId, kind: EphemeralKind, count: u64) {
        if count > FEW {
            self.0.insert((tenant, kind), (Instant::now(), count));
        }
    }
}
