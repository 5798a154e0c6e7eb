//! Sealing, verification and retention of the audit log.

mod activity;
mod explanation;
mod flood;
mod retention;
mod sealing;

use super::keys::make;
use super::{events, root};
use crate::world::{At, SINGLE, tenant};
use countersign_application::admin::keys::KeyAdmin;
use countersign_application::admin::{EventSource, Sealing, Verification, Verified};
use countersign_domain::audit::batch::{Batch, ChainHead};
use countersign_domain::tenant::TenantId;
use countersign_ports::{BatchCodec, OpenedBatch, SealedBatch, SealedBy, StoredEvent};
use countersign_store_contract::MemoryStore;
use countersign_store_contract::fixtures::{client_id, later};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex};

/// Codec that remembers the batches which it has sealed.
#[derive(Default)]
struct Remembered(Mutex<Vec<(TenantId, Batch)>>);

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    Sha256::digest(parts.concat()).into()
}

impl BatchCodec for Remembered {
    fn leaf(&self, _: TenantId, event: &StoredEvent) -> Option<[u8; 32]> {
        Some(hash(&[&event.digest]))
    }

    fn erased_events(&self, _: &StoredEvent) -> u64 {
        0
    }

    fn root(&self, leaves: &[[u8; 32]]) -> [u8; 32] {
        hash(&[leaves.as_flattened()])
    }

    fn seal(&self, tenant: TenantId, batch: &Batch) -> SealedBatch {
        let mut all = self.0.lock().unwrap();
        all.push((tenant, batch.clone()));
        SealedBatch {
            number: batch.number,
            content: (all.len() - 1).to_be_bytes().to_vec(),
            mac: b"mac".to_vec(),
        }
    }

    fn open(&self, tenant: TenantId, sealed: &SealedBatch) -> OpenedBatch {
        let place = usize::from_be_bytes(sealed.content.clone().try_into().unwrap());
        let (of, batch) = self.0.lock().unwrap().get(place).unwrap().clone();
        assert_eq!(of, tenant);
        let is_known = sealed.mac == b"mac";
        OpenedBatch {
            batch: Some(batch).filter(|batch| batch.number == sealed.number),
            sealed_by: if is_known {
                SealedBy::Current
            } else {
                SealedBy::Unknown
            },
            link: hash(&[&sealed.content, &sealed.mac]),
        }
    }
}

/// Node with a store.
struct Log {
    store: Arc<MemoryStore>,
    events: Arc<EventSource>,
    codec: Arc<Remembered>,
}

impl Log {
    fn new() -> Self {
        Self {
            store: Arc::default(),
            events: events(),
            codec: Arc::default(),
        }
    }

    /// Returns another node on the same store.
    fn other_node(&self) -> Self {
        Self {
            store: self.store.clone(),
            events: events(),
            codec: self.codec.clone(),
        }
    }

    /// Runs commands that record this number of events.
    async fn record(&self, count: usize) {
        let admin = KeyAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: Arc::new(At(later(0))),
        };
        for _ in 0..count {
            let client = client_id("app");
            let created = admin.create_client_key(tenant(), root(), &client, &make);
            created.await.unwrap();
        }
    }

    /// Returns the use case that seals, at a time.
    fn sealing(&self, seconds: u64) -> Sealing<MemoryStore> {
        Sealing {
            store: self.store.clone(),
            events: self.events.clone(),
            codec: self.codec.clone(),
            clock: Arc::new(At(later(seconds))),
            seen: Mutex::default(),
        }
    }

    /// Records an event and seals it.
    async fn batch_at(&self, seconds: u64) {
        self.record(1).await;
        self.sealing(seconds).seal(SINGLE).await.unwrap();
    }

    async fn verify(&self, kept: Option<ChainHead>) -> Verified {
        let verification = Verification {
            store: self.store.clone(),
            codec: self.codec.clone(),
            clock: Arc::new(At(later(1000))),
        };
        verification.verify(tenant(), root(), kept).await.unwrap()
    }
}
