//! Events of sealed batches. Numbers of batches have no gaps, so a reader does not skip an event that commits late.

use super::tasks::Failure;
use countersign_adapters_jwt::Codecs;
use countersign_adapters_store::AnyStore;
use countersign_codec::decode_event;
use countersign_domain::audit::event::Event;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    After, AuditProof as _, BatchCodec as _, SealedBatch, SealedBy, StoreError,
};
use std::sync::Arc;

/// Reader of sealed batches.
#[derive(Clone)]
pub(super) struct SealedEvents {
    pub(super) tenant: TenantId,
    pub(super) store: Arc<AnyStore>,
    pub(super) codecs: Arc<Codecs>,
}

impl SealedEvents {
    /// Returns the number of the latest batch; 0 if there is none.
    pub(super) async fn latest(&self) -> Result<u64, StoreError> {
        let latest = self.store.latest_batch(self.tenant).await?;
        Ok(latest.map_or(0, |batch| batch.number))
    }

    /// Returns a slice of the batches.
    pub(super) async fn batches(&self, after: After<u64>) -> Result<Vec<SealedBatch>, StoreError> {
        Ok(self.store.list_batches(self.tenant, after).await?.items)
    }

    /// Returns the events of a batch. Fails if it is not sealed with a known master key.
    pub(super) async fn events(&self, batch: &SealedBatch) -> Result<Vec<Event>, Failure> {
        let opened = self.codecs.open(self.tenant, batch);
        if opened.batch.is_none() || opened.sealed_by == SealedBy::Unknown {
            let number = batch.number;
            return Err(format!("batch {number} is not sealed with a known master key").into());
        }
        Ok(self.events_of(batch.number).await?)
    }

    /// Returns the events of the batch with this number, ordered by ID. The content of an erased event is gone.
    pub(super) async fn events_of(&self, number: u64) -> Result<Vec<Event>, StoreError> {
        let stored = self
            .store
            .events_of_batch(self.tenant, number, u32::MAX)
            .await?;
        let contents = stored.iter().filter_map(|event| event.content.as_ref());
        Ok(contents
            .filter_map(|content| Some(decode_event(content).ok()?.1))
            .collect())
    }

    /// Returns the number of the last batch that was sealed before a time; 0 if there is none.
    pub(super) async fn last_before(&self, at: Timestamp) -> Result<u64, Failure> {
        let one = |key| After { key, limit: 1 };
        let first = self.batches(one(None)).await?;
        let Some(first) = first.first().map(|batch| batch.number) else {
            return Ok(0);
        };
        let (mut low, mut high) = (first, self.latest().await? + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let batch = self
                .batches(one(Some(middle - 1)))
                .await?
                .into_iter()
                .next();
            let batch = batch.and_then(|batch| self.codecs.open(self.tenant, &batch).batch);
            let batch = batch.ok_or("a batch cannot be opened")?;
            if batch.at < at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low - 1)
    }
}
