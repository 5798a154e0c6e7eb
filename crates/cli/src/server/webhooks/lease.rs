//! Lease of the node that delivers. Its holder renews it, which increments its version. Another node takes it over when
//! the version has not changed for a while by its own clock, so clocks need not agree.
//!
//! Two nodes may deliver for a moment. The versions of the stored states then decide, and events can arrive twice.

use crate::commands::setup::now;
use countersign_adapters_store::AnyStore;
use countersign_application::WEBHOOK_LEASE;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Ephemera as _, Race, StoreError};
use std::time::Duration;
use tokio::time::Instant;

/// Interval between renewals.
const RENEWAL: Duration = Duration::from_secs(2);
/// Time without a renewal after which another node takes over.
const LAPSE: Duration = Duration::from_secs(6);

/// Lease as this node sees it.
pub(super) struct Lease {
    node: NodeId,
    /// Version of the lease, and when it was first seen.
    seen: Option<(u64, Instant)>,
    is_held: bool,
}

impl Lease {
    pub(super) const fn of(node: NodeId) -> Self {
        Self {
            node,
            seen: None,
            is_held: false,
        }
    }

    /// Returns whether this node holds the lease. Renews it, or takes it over, if it is time.
    pub(super) async fn hold(
        &mut self,
        store: &AnyStore,
        tenant: TenantId,
    ) -> Result<bool, StoreError> {
        let pause = if self.is_held { RENEWAL } else { LAPSE };
        match self.seen {
            Some((_, at)) if self.is_held && at.elapsed() < pause => return Ok(true),
            Some((version, at)) if at.elapsed() >= pause => {
                let value = self.node.as_bytes();
                let replaced = store.replace(tenant, &WEBHOOK_LEASE, version, value, now());
                if replaced.await? == Race::Won {
                    self.seen = Some((version + 1, Instant::now()));
                    self.is_held = true;
                    return Ok(true);
                }
            }
            _ => {}
        }
        self.is_held = false;
        let Some(stored) = store.get(tenant, &WEBHOOK_LEASE, now()).await? else {
            let value = self.node.as_bytes();
            let inserted = store.insert(tenant, &WEBHOOK_LEASE, value, now()).await?;
            self.is_held = inserted == Race::Won;
            self.seen = self.is_held.then(|| (1, Instant::now()));
            return Ok(self.is_held);
        };
        if self.seen.is_none_or(|(seen, _)| seen != stored.version) {
            self.seen = Some((stored.version, Instant::now()));
        }
        Ok(false)
    }

    /// Returns whether another node may have taken over.
    pub(super) fn has_lapsed(&self) -> bool {
        self.seen.is_none_or(|(_, at)| at.elapsed() >= LAPSE)
    }

    /// Ends the lease, if this node holds it.
    pub(super) async fn end(
        &mut self,
        store: &AnyStore,
        tenant: TenantId,
    ) -> Result<(), StoreError> {
        if self.is_held {
            self.is_held = false;
            self.seen = None;
            leave(store, tenant, self.node).await?;
        }
        Ok(())
    }
}

/// Removes the lease if this node holds it.
pub(super) async fn leave(
    store: &AnyStore,
    tenant: TenantId,
    node: NodeId,
) -> Result<(), StoreError> {
    let stored = store.get(tenant, &WEBHOOK_LEASE, now()).await?;
    if stored.is_some_and(|stored| stored.value == node.as_bytes()) {
        store.take(tenant, &WEBHOOK_LEASE, now()).await?;
    }
    Ok(())
}
