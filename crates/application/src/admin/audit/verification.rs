//! Verification of the audit log.

use super::finding::{Finding, Verified};
use super::retention::BATCH;
use crate::admin::{AdminError, may};
use countersign_domain::audit::batch::{Batch, ChainHead};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_ports::{
    After, AuditProof, BatchCodec, Clock, SealedBatch, SealedBy, StoreError, StoredEvent,
};
use std::sync::Arc;
use std::time::Duration;

/// Time in which a node seals its events.
const SEALED_WITHIN: Duration = Duration::from_secs(60);
/// Maximum number of unsealed or stray events that are reported.
const MOST: u32 = 100;

/// Verifies the audit log.
pub struct Verification<S> {
    /// Audit log.
    pub store: Arc<S>,
    /// Checks batches with the master keys.
    pub codec: Arc<dyn BatchCodec>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

/// Batch that was checked.
#[derive(Clone, Copy)]
struct Checked {
    head: ChainHead,
    /// Predecessor that the batch names.
    previous: Option<ChainHead>,
    sealed_by: SealedBy,
}

/// State of a verification.
#[derive(Default)]
struct Walk {
    verified: Verified,
    first: Option<u64>,
    last: Option<Checked>,
    /// Number of the last batch that the retention removed, as a sealed event says. An adopted event could be forged.
    removed: u64,
    /// Number of events without content, apart from adopted ones.
    erased: u64,
    /// Number of erased events, as the events of erasures say.
    recorded: u64,
}

impl Walk {
    fn find(&mut self, finding: Finding) {
        self.verified.findings.push(finding);
    }

    /// Notes which batches the retention removed.
    fn note_removal(&mut self, event: &StoredEvent) {
        let target = event.target.as_deref().and_then(|own| own.split_once(':'));
        if let Some((BATCH, number)) = target
            && event.action == Action::EVENTS_REMOVED.as_str()
        {
            self.removed = self.removed.max(number.parse().unwrap_or(0));
        }
    }
}

impl<S: AuditProof + Send + Sync> Verification<S> {
    /// Compares all events of a tenant with their batches. `kept` is the head that an earlier verification returned.
    pub async fn verify(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        kept: Option<ChainHead>,
    ) -> Result<Verified, AdminError> {
        may(operator, Permission::AuditRead)?;
        let tenant = tenant.id;
        let mut walk = Walk::default();
        let mut has_kept = kept.is_none();
        let mut after = After::start();
        loop {
            let slice = self.store.list_batches(tenant, after).await?;
            for sealed in &slice.items {
                let own = self.batch(tenant, sealed, &mut walk).await?;
                has_kept |= kept == Some(own.head) || kept == own.previous;
                walk.first.get_or_insert(own.head.number);
                walk.last = Some(own);
            }
            match slice.items.last() {
                Some(batch) if slice.has_more => after = After::key(batch.number),
                _ => break,
            }
        }
        self.outside(tenant, &mut walk).await?;
        if walk.erased > walk.recorded {
            walk.find(Finding::ErasedWithoutRecord {
                erased: walk.erased,
                recorded: walk.recorded,
            });
        }
        let start = walk.removed + 1;
        if walk.first.is_some_and(|first| first != start) {
            walk.find(Finding::BatchRemoved(start));
        }
        if let Some(own) = walk.last {
            // Each batch vouches for its predecessor, so only the last one needs a known master key.
            if own.sealed_by == SealedBy::Unknown {
                walk.find(Finding::BatchAltered(own.head.number));
            }
            walk.verified.head = Some(own.head);
        }
        if let Some(kept) = kept
            && !has_kept
        {
            walk.find(if kept.number + 1 < start {
                Finding::HeadRemoved(kept.number)
            } else {
                Finding::HeadMissing(kept.number)
            });
        }
        Ok(walk.verified)
    }

    /// Checks a batch and its events.
    async fn batch(
        &self,
        tenant: TenantId,
        sealed: &SealedBatch,
        walk: &mut Walk,
    ) -> Result<Checked, StoreError> {
        let opened = self.codec.open(tenant, sealed);
        let number = sealed.number;
        let predecessor = walk.last.map(|last| last.head);
        // The predecessor of the first batch may have been removed.
        let is_start = predecessor.is_none() && number > 1;
        let is_next = predecessor.is_none_or(|own| number == own.number + 1);
        if let Some(own) = predecessor.filter(|_| !is_next) {
            walk.find(Finding::BatchRemoved(own.number + 1));
        }
        let mut previous = None;
        match opened.batch {
            Some(batch) => {
                previous = batch.previous.map(|link| ChainHead {
                    number: number.saturating_sub(1),
                    link,
                });
                if is_next && !is_start && previous != predecessor {
                    // Which of the two was altered is visible only at the first one.
                    let altered = predecessor.map_or(number, |own| own.number);
                    walk.find(Finding::BatchAltered(altered));
                }
                self.events(tenant, &batch, walk).await?;
            }
            None => walk.find(Finding::BatchAltered(number)),
        }
        walk.verified.batches += 1;
        Ok(Checked {
            head: ChainHead {
                number,
                link: opened.link,
            },
            previous,
            sealed_by: opened.sealed_by,
        })
    }

    /// Checks the events of a batch.
    async fn events(
        &self,
        tenant: TenantId,
        batch: &Batch,
        walk: &mut Walk,
    ) -> Result<(), StoreError> {
        let one_more = u32::try_from(batch.count).unwrap_or(u32::MAX);
        let one_more = one_more.saturating_add(1);
        let stored = self.store.events_of_batch(tenant, batch.number, one_more);
        let stored = stored.await?;
        let mut leaves = Vec::with_capacity(stored.len());
        for event in &stored {
            let is_erased = event.content.is_none();
            walk.verified.erased += u64::from(is_erased);
            walk.erased += u64::from(is_erased && !batch.is_adopted);
            match self.codec.leaf(tenant, event) {
                Some(leaf) => {
                    leaves.push(leaf);
                    walk.recorded += self.codec.erased_events(event);
                    if !batch.is_adopted {
                        walk.note_removal(event);
                    }
                }
                None => walk.find(Finding::EventAltered(event.position.id)),
            }
        }
        let count = stored.len() as u64;
        walk.verified.events += count;
        walk.verified.adopted += if batch.is_adopted { count } else { 0 };
        let is_same = count == batch.count && self.codec.root(&leaves) == batch.root;
        let has_altered = leaves.len() < stored.len();
        if !has_altered && !is_same {
            walk.find(Finding::EventsChanged {
                batch: batch.number,
                sealed: batch.count,
                stored: count,
            });
        }
        Ok(())
    }

    /// Finds events outside of the batches.
    async fn outside(&self, tenant: TenantId, walk: &mut Walk) -> Result<(), StoreError> {
        for event in self.store.stray_events(tenant, MOST).await? {
            walk.find(Finding::EventAdded(event.position.id));
        }
        let now = self.clock.now();
        for event in self.store.unsealed_events(tenant, None, MOST).await? {
            let at = event.position.at;
            if at.plus(SEALED_WITHIN).has_passed(now) || now.plus(SEALED_WITHIN) < at {
                walk.find(Finding::EventUnsealed(event.position.id));
            }
        }
        Ok(())
    }
}
