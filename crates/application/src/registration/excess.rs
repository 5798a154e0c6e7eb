//! Errors in the number of clients that registered themselves.

use countersign_domain::tenant::TenantId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Excess of the counted clients that the last run found, by tenant. A registration that is counted and not yet stored looks
/// like one, so an excess counts only if the next run finds it again.
#[derive(Debug, Default)]
pub struct Excess(Mutex<BTreeMap<TenantId, u64>>);

impl Excess {
    /// Returns by how much the counted number is wrong. `present` is how many clients were found.
    pub(super) fn judge(&self, tenant: TenantId, present: u64, counted: u64) -> i64 {
        let excess = counted.saturating_sub(present);
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match excess {
            0 => found.remove(&tenant),
            _ => found.insert(tenant, excess),
        };
        let lasting = i64::try_from(excess.min(before.unwrap_or(0))).unwrap_or(i64::MAX);
        let missing = i64::try_from(present.saturating_sub(counted)).unwrap_or(i64::MAX);
        missing - lasting
    }
}
