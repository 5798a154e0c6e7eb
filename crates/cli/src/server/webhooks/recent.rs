//! Events of recent batches, which the workers share.

use crate::server::sealed_events::SealedEvents;
use crate::server::tasks::Failure;
use countersign_domain::audit::event::Event;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, SealedBatch, StoreError};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Number of batches to keep.
const KEPT: usize = 16;

type Kept = (u64, Arc<Vec<Event>>);

/// Reader of sealed batches that keeps the last ones.
pub(super) struct RecentEvents {
    log: SealedEvents,
    kept: Mutex<VecDeque<Kept>>,
}

impl RecentEvents {
    pub(super) fn new(log: SealedEvents) -> Self {
        Self {
            log,
            kept: Mutex::default(),
        }
    }

    /// Returns the number of the latest batch.
    pub(super) async fn latest(&self) -> Result<u64, StoreError> {
        self.log.latest().await
    }

    /// Returns some batches after a number.
    pub(super) async fn batches(&self, after: After<u64>) -> Result<Vec<SealedBatch>, StoreError> {
        self.log.batches(after).await
    }

    /// Returns the number of the last batch that was sealed before a time.
    pub(super) async fn last_before(&self, at: Timestamp) -> Result<u64, Failure> {
        self.log.last_before(at).await
    }

    /// Returns the events of a batch. Fails if it is not sealed with a known master key.
    pub(super) async fn sealed(&self, batch: &SealedBatch) -> Result<Arc<Vec<Event>>, Failure> {
        let mut kept = self.kept.lock().await;
        if let Some(known) = found(&kept, batch.number) {
            return Ok(known);
        }
        let events = Arc::new(self.log.events(batch).await?);
        keep(&mut kept, batch.number, &events);
        Ok(events)
    }

    /// Returns the events of a batch that was read before.
    pub(super) async fn of(&self, number: u64) -> Result<Arc<Vec<Event>>, StoreError> {
        let mut kept = self.kept.lock().await;
        if let Some(known) = found(&kept, number) {
            return Ok(known);
        }
        let events = Arc::new(self.log.events_of(number).await?);
        keep(&mut kept, number, &events);
        Ok(events)
    }
}

fn found(kept: &VecDeque<Kept>, number: u64) -> Option<Arc<Vec<Event>>> {
    let mut all = kept.iter();
    let known = all.find(|(own, _)| *own == number);
    known.map(|(_, events)| events.clone())
}

fn keep(kept: &mut VecDeque<Kept>, number: u64, events: &Arc<Vec<Event>>) {
    if kept.len() >= KEPT {
        kept.pop_front();
    }
    kept.push_back((number, events.clone()));
}
