//! Verification of the audit log.

use super::{AdminError, may};
use countersign_domain::audit::batch::{Batch, ChainHead};
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_ports::{
    After, AuditProof, BatchCodec, Clock, SealedBatch, SealedBy, StoreError, StoredEvent,
};
use std::fmt;
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

/// Contradiction between the audit log and its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The batch after this one is missing, or it is the first one and has a predecessor.
    BatchRemoved(u64),
    /// The content of a batch does not match its number, its successor or the master key.
    BatchAltered(u64),
    /// The events of a batch are not those that were sealed: one was added, removed or replaced.
    EventsChanged {
        /// Number of the batch.
        batch: u64,
        /// Number of events that were sealed.
        sealed: u64,
        /// Number of stored events.
        stored: u64,
    },
    /// The stored parts of an event contradict each other.
    EventAltered(EventId),
    /// An event belongs to a batch that does not exist.
    EventAdded(EventId),
    /// An event is not sealed, although its node should have done so.
    EventUnsealed(EventId),
    /// The chain does not contain the given head: it was cut off before it, or replaced.
    HeadMissing(u64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BatchRemoved(number) => write!(f, "batch {number}: missing"),
            Self::BatchAltered(number) => write!(
                f,
                "batch {number}: altered, or sealed with a master key that is not configured"
            ),
            Self::EventsChanged {
                batch,
                sealed,
                stored,
            } if sealed == stored => {
                write!(f, "batch {batch}: an event was altered, replaced or moved")
            }
            Self::EventsChanged {
                batch,
                sealed,
                stored,
            } => write!(
                f,
                "batch {batch}: {sealed} events were sealed, {stored} are stored"
            ),
            Self::EventAltered(id) => write!(f, "event {}:{}: altered", id.node, id.number),
            Self::EventAdded(id) => write!(
                f,
                "event {}:{}: added, or its batch was removed",
                id.node, id.number
            ),
            Self::EventUnsealed(id) => write!(
                f,
                "event {}:{}: not sealed; added, or its process was killed",
                id.node, id.number
            ),
            Self::HeadMissing(number) => write!(
                f,
                "batch {number}: not the one of the given head; the audit log was cut off or replaced"
            ),
        }
    }
}

/// Result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Number of batches.
    pub batches: u64,
    /// Number of sealed events.
    pub events: u64,
    /// Number of sealed events with erased content.
    pub erased: u64,
    /// Number of events that an operator adopted.
    pub adopted: u64,
    /// End of the chain; `None` without batches.
    pub head: Option<ChainHead>,
    /// Contradictions, in the order in which they were found.
    pub findings: Vec<Finding>,
}

/// Predecessor of a batch.
#[derive(Clone, Copy)]
struct Last {
    head: ChainHead,
    sealed_by: SealedBy,
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
        let mut all = Verified::default();
        let mut last: Option<Last> = None;
        let mut has_kept = kept.is_none();
        let mut after = After::start();
        loop {
            let slice = self.store.list_batches(tenant, after).await?;
            for sealed in &slice.items {
                let next = self.batch(tenant, sealed, last, &mut all).await?;
                has_kept |= kept == Some(next.head);
                last = Some(next);
            }
            match slice.items.last() {
                Some(batch) if slice.has_more => after = After::key(batch.number),
                _ => break,
            }
        }
        if let Some(Last { head, sealed_by }) = last {
            // Each batch vouches for its predecessor, so only the last one needs a known master key.
            if sealed_by == SealedBy::Unknown {
                all.findings.push(Finding::BatchAltered(head.number));
            }
            all.head = Some(head);
        }
        if let Some(kept) = kept
            && !has_kept
        {
            all.findings.push(Finding::HeadMissing(kept.number));
        }
        self.outside(tenant, &mut all).await?;
        Ok(all)
    }

    /// Checks a batch and its events.
    async fn batch(
        &self,
        tenant: TenantId,
        sealed: &SealedBatch,
        last: Option<Last>,
        all: &mut Verified,
    ) -> Result<Last, StoreError> {
        let opened = self.codec.open(tenant, sealed);
        let number = sealed.number;
        let expected = last.map_or(1, |last| last.head.number + 1);
        if number != expected {
            all.findings.push(Finding::BatchRemoved(expected));
        }
        match opened.batch {
            Some(batch) => {
                if number == expected && batch.previous != last.map(|last| last.head.link) {
                    // Which of the two was altered is visible only at the first one.
                    let altered = last.map_or(number, |last| last.head.number);
                    all.findings.push(Finding::BatchAltered(altered));
                }
                self.events(tenant, &batch, all).await?;
            }
            None => all.findings.push(Finding::BatchAltered(number)),
        }
        all.batches += 1;
        Ok(Last {
            head: ChainHead {
                number,
                link: opened.link,
            },
            sealed_by: opened.sealed_by,
        })
    }

    /// Checks the events of a batch.
    async fn events(
        &self,
        tenant: TenantId,
        batch: &Batch,
        all: &mut Verified,
    ) -> Result<(), StoreError> {
        let one_more = u32::try_from(batch.count)
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let stored = self
            .store
            .events_of_batch(tenant, batch.number, one_more)
            .await?;
        let mut leaves = Vec::with_capacity(stored.len());
        let mut is_altered = false;
        for event in &stored {
            all.erased += u64::from(event.content.is_none());
            match self.codec.leaf(tenant, event) {
                Some(leaf) => leaves.push(leaf),
                None => {
                    is_altered = true;
                    all.findings.push(Finding::EventAltered(event.position.id));
                }
            }
        }
        let count = stored.len() as u64;
        all.events += count;
        all.adopted += if batch.is_adopted { count } else { 0 };
        let is_same = count == batch.count && self.codec.root(&leaves) == batch.root;
        if !is_altered && !is_same {
            all.findings.push(Finding::EventsChanged {
                batch: batch.number,
                sealed: batch.count,
                stored: count,
            });
        }
        Ok(())
    }

    /// Finds events outside of the batches.
    async fn outside(&self, tenant: TenantId, all: &mut Verified) -> Result<(), StoreError> {
        let stray = self.store.stray_events(tenant, MOST).await?;
        let added = stray
            .iter()
            .map(|event| Finding::EventAdded(event.position.id));
        all.findings.extend(added);
        let unsealed = self.store.unsealed_events(tenant, None, MOST).await?;
        let now = self.clock.now();
        let overdue = unsealed.iter().filter(|event| is_overdue(event, now));
        all.findings
            .extend(overdue.map(|event| Finding::EventUnsealed(event.position.id)));
        Ok(())
    }
}

fn is_overdue(event: &StoredEvent, now: Timestamp) -> bool {
    event.position.at.plus(SEALED_WITHIN).has_passed(now)
}
