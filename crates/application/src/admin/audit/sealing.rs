//! Sealing of the audit log: stored events become batches of a chain.

use crate::admin::events::EventSource;
use countersign_domain::audit::batch::{Batch, ChainHead};
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_ports::{
    AuditProof, BatchCodec, Clock, OpenedBatch, Race, SealedBy, StoreError, StoredEvent,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Maximum number of events in a batch.
const MOST: u32 = 1000;

/// Seals events.
pub struct Sealing<S> {
    /// Audit log.
    pub store: Arc<S>,
    /// Events of this node.
    pub events: Arc<EventSource>,
    /// Seals with the master key.
    pub codec: Arc<dyn BatchCodec>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Ends of the chains, as this process saw them last.
    pub seen: Mutex<BTreeMap<TenantId, ChainHead>>,
}

/// Reason why events cannot be sealed. They stay in the audit log.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    /// The last batch was not sealed under a known master key. A batch after it would vouch for it.
    #[error(
        "batch {0} of the audit log was altered, or was sealed with a master key that is not configured"
    )]
    UnknownHead(u64),
    /// The chain ends before the batch that this process saw last, or that batch is another one.
    #[error("batch {0} of the audit log was removed or replaced")]
    CutOff(u64),
    /// The operator lacks the permission.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// End of the chain.
struct End {
    number: u64,
    link: Option<[u8; 32]>,
    is_current: bool,
}

impl<S: AuditProof + Send + Sync> Sealing<S> {
    /// Seals the events of this node that are stored. Reads nothing if this node has recorded no event. Seals no event
    /// of another node, because it could be forged.
    pub async fn seal(&self, tenant: TenantId) -> Result<(), SealingError> {
        let node = self.events.node();
        while self.events.has_unsealed(tenant) {
            let mut stored = self.store.unsealed_events(tenant, Some(node), MOST).await?;
            let is_last = stored.len() < MOST as usize;
            stored.retain(|event| self.events.recorded(tenant, event));
            let leaves = self.leaves(tenant, &stored);
            if !leaves.is_empty() {
                let sealed = self.append(tenant, &leaves, false).await?;
                self.events.forget_sealed(tenant, &sealed);
            }
            if is_last || leaves.is_empty() {
                self.events.forget_lost(tenant, self.clock.now());
                break;
            }
        }
        Ok(())
    }

    /// Appends an empty batch if the last one was sealed with a previous master key. From then on, the proof does not
    /// need that key.
    pub async fn renew_key(&self, tenant: TenantId) -> Result<(), SealingError> {
        if self.end(tenant).await?.is_current {
            return Ok(());
        }
        self.append(tenant, &[], false).await.map(drop)
    }

    /// Seals all events that their nodes have not sealed, and returns their number: those of a process that was killed,
    /// or of a command without a master key. The operator must have checked them, because their proof starts here.
    pub async fn adopt(&self, tenant: &Tenant, operator: &Operator) -> Result<u64, SealingError> {
        operator.may(Permission::AuditWrite)?;
        let mut adopted = 0;
        loop {
            let stored = self.store.unsealed_events(tenant.id, None, MOST).await?;
            let leaves = self.leaves(tenant.id, &stored);
            if leaves.is_empty() {
                return Ok(adopted);
            }
            adopted += self.append(tenant.id, &leaves, true).await?.len() as u64;
        }
    }

    /// Returns the identifiers and leaves of events, without those that were altered.
    fn leaves(&self, tenant: TenantId, events: &[StoredEvent]) -> Vec<(EventId, [u8; 32])> {
        let leaf = |event: &StoredEvent| Some((event.position.id, self.codec.leaf(tenant, event)?));
        events.iter().filter_map(leaf).collect()
    }

    /// Appends a batch of events, which are in the order of their identifiers. Returns the events that this call sealed:
    /// all, or none if another node has sealed one of them in the meantime.
    async fn append(
        &self,
        tenant: TenantId,
        leaves: &[(EventId, [u8; 32])],
        is_adopted: bool,
    ) -> Result<Vec<EventId>, SealingError> {
        let (ids, leaves): (Vec<_>, Vec<_>) = leaves.iter().copied().unzip();
        loop {
            let end = self.end(tenant).await?;
            let batch = Batch {
                number: end.number + 1,
                node: self.events.node(),
                at: self.clock.now(),
                count: ids.len() as u64,
                root: self.codec.root(&leaves),
                previous: end.link,
                is_adopted,
            };
            let sealed = self.codec.seal(tenant, &batch);
            if self.store.append_batch(tenant, &sealed, &ids).await? == Race::Won {
                let end = ChainHead {
                    number: sealed.number,
                    link: self.codec.open(tenant, &sealed).link,
                };
                self.check_seen(tenant, Some(end))?;
                return Ok(ids);
            }
            if self.end(tenant).await?.number == end.number {
                return Ok(Vec::new());
            }
        }
    }

    /// Checks that the chain still has the end that this process saw last, and notes the new one.
    fn check_seen(&self, tenant: TenantId, end: Option<ChainHead>) -> Result<(), SealingError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = seen.get(&tenant) {
            let is_later = end.is_some_and(|end| end.number > own.number);
            if !is_later && end != Some(*own) {
                return Err(SealingError::CutOff(own.number));
            }
        }
        seen.extend(end.map(|end| (tenant, end)));
        Ok(())
    }

    async fn end(&self, tenant: TenantId) -> Result<End, SealingError> {
        let Some(sealed) = self.store.latest_batch(tenant).await? else {
            self.check_seen(tenant, None)?;
            return Ok(End {
                number: 0,
                link: None,
                is_current: true,
            });
        };
        let OpenedBatch {
            batch,
            sealed_by,
            link,
        } = self.codec.open(tenant, &sealed);
        if batch.is_none() || sealed_by == SealedBy::Unknown {
            return Err(SealingError::UnknownHead(sealed.number));
        }
        let end = ChainHead {
            number: sealed.number,
            link,
        };
        self.check_seen(tenant, Some(end))?;
        Ok(End {
            number: sealed.number,
            link: Some(link),
            is_current: sealed_by == SealedBy::Current,
        })
    }
}
