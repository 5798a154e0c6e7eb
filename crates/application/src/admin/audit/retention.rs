//! Removal of old events. The proof of the others stays.

use super::sealing::{Sealing, SealingError};
use crate::admin::events::Done;
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::Operator;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, AuditProof, OpenedBatch, Race, SealedBy};
use std::time::Duration;

/// Maximum number of events that one change removes.
const MOST_EVENTS: u64 = 1000;
/// Maximum number of batches that one change removes.
const MOST_BATCHES: u32 = 500;

/// Kind of the target of [`Action::EVENTS_REMOVED`]. Its identifier is the number of the last removed batch.
pub(super) const BATCH: &str = "event_batch";

impl<S: AuditProof + Send + Sync> Sealing<S> {
    /// Removes the batches that were sealed at least `retention` ago, with their events, and returns their number. Keeps
    /// the last batch, which the next one continues. Each removal is an event, so that a verification knows where the
    /// chain starts.
    pub async fn remove_old(
        &self,
        tenant: TenantId,
        retention: Duration,
    ) -> Result<u64, SealingError> {
        let mut removed = 0;
        while let Some((first, last)) = self.old(tenant, retention).await? {
            let done = Done {
                action: Action::EVENTS_REMOVED,
                target: Party::new(BATCH, last.to_string()),
                changes: Vec::new(),
                at: self.clock.now(),
            };
            let event = self.events.record(tenant, &Operator::schedule(), done);
            let race = self
                .store
                .remove_batches(tenant, first, last, &event)
                .await?;
            if race == Race::Lost {
                // Another node is removing them.
                break;
            }
            removed += last - first + 1;
        }
        Ok(removed)
    }

    /// Returns the numbers of the first and the last batch to remove.
    async fn old(
        &self,
        tenant: TenantId,
        retention: Duration,
    ) -> Result<Option<(u64, u64)>, SealingError> {
        let after = After {
            key: None,
            limit: MOST_BATCHES,
        };
        let slice = self.store.list_batches(tenant, after).await?;
        let removable = slice
            .items
            .len()
            .saturating_sub(usize::from(!slice.has_more));
        let now = self.clock.now();
        let (mut range, mut events) = (None, 0);
        let mut last: Option<OpenedBatch> = None;
        for sealed in slice.items.iter().take(removable) {
            let opened = self.codec.open(tenant, sealed);
            let Some(batch) = &opened.batch else {
                return Err(SealingError::UnknownHead(sealed.number));
            };
            if let Some(last) = &last
                && batch.previous != Some(last.link)
            {
                return Err(SealingError::UnknownHead(sealed.number - 1));
            }
            events += batch.count;
            let is_too_many = range.is_some() && events > MOST_EVENTS;
            if is_too_many || !batch.at.plus(retention).has_passed(now) {
                break;
            }
            range = Some((range.map_or(batch.number, |(first, _)| first), batch.number));
            last = Some(opened);
        }
        if let (Some((_, number)), Some(last)) = (range, last) {
            self.check_successors(tenant, number, last).await?;
        }
        Ok(range)
    }

    /// Checks that a known master key vouches for a batch: it sealed the batch itself, or one of its successors. Without
    /// this check, a forged time could make the server remove a batch.
    async fn check_successors(
        &self,
        tenant: TenantId,
        number: u64,
        mut last: OpenedBatch,
    ) -> Result<(), SealingError> {
        let mut after = After::key(number);
        while last.sealed_by == SealedBy::Unknown {
            let slice = self.store.list_batches(tenant, after).await?;
            for sealed in &slice.items {
                let next = self.codec.open(tenant, sealed);
                let previous = next.batch.as_ref().and_then(|batch| batch.previous);
                if previous != Some(last.link) {
                    return Err(SealingError::UnknownHead(sealed.number - 1));
                }
                last = next;
                if last.sealed_by != SealedBy::Unknown {
                    return Ok(());
                }
            }
            match slice.items.last() {
                Some(sealed) if slice.has_more => after = After::key(sealed.number),
                _ => return Err(SealingError::UnknownHead(number)),
            }
        }
        Ok(())
    }
}
