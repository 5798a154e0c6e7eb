use crate::memory::{Contents, MemoryStore, insert, of, slice};
use countersign_codec::decode_event;
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, Audit, AuditProof, EventRecord, FoundEvents, Race, SealedBatch, Slice, StoreError,
    StoredEvent,
};
use std::collections::BTreeMap;

/// Returns the event, unless its content was erased.
fn readable(stored: &StoredEvent) -> Option<EventRecord> {
    let (salt, content) = (stored.salt.as_ref()?, stored.content.as_ref()?);
    let (_, event) = decode_event(content).ok()?;
    Some(EventRecord {
        event,
        content: content.clone(),
        salt: salt.as_slice().try_into().ok()?,
        digest: stored.digest.as_slice().try_into().ok()?,
        reply: None,
    })
}

impl Contents {
    /// Returns an error if an event with this ID exists. The caller must not change anything in that case.
    pub(crate) fn check_event(
        &self,
        tenant: TenantId,
        event: &EventRecord,
    ) -> Result<(), StoreError> {
        if self.events.contains_key(&(tenant, event.event.id)) {
            return Err(StoreError::new("an event with this ID exists"));
        }
        Ok(())
    }

    /// Stores the event of an applied change, and the reply of its command.
    pub(crate) fn store_event(&mut self, tenant: TenantId, event: &EventRecord) {
        if let Some(reply) = &event.reply
            && let Some(value) = self.ephemera.get_mut(&(tenant, reply.key))
            && value.version == 1
        {
            value.value.clone_from(&reply.value);
            value.version = 2;
        }
        let key = (tenant, event.event.id);
        self.events.insert(key, StoredEvent::from(event));
    }
}

impl MemoryStore {
    /// Returns up to `most` events of a tenant, ordered by ID.
    fn events(
        &self,
        tenant: TenantId,
        most: u32,
        is_meant: impl Fn(&Contents, &StoredEvent) -> bool,
    ) -> Vec<StoredEvent> {
        let contents = self.lock();
        let rows = of(tenant, &contents.events).map(|(_, row)| row);
        let meant = rows.filter(|row| is_meant(&contents, row)).cloned();
        meant.take(most as usize).collect()
    }
}

impl Audit for MemoryStore {
    async fn append_activity(
        &self,
        tenant: TenantId,
        events: &[EventRecord],
    ) -> Result<(), StoreError> {
        let mut contents = self.lock();
        for event in events {
            if contents.check_event(tenant, event).is_ok() {
                contents.store_event(tenant, event);
            }
        }
        Ok(())
    }

    async fn find_events(
        &self,
        tenant: TenantId,
        filter: &EventFilter,
        after: After<EventPosition>,
    ) -> Result<FoundEvents, StoreError> {
        let contents = self.lock();
        let by_time: BTreeMap<_, _> = of(tenant, &contents.events)
            .map(|(_, row)| (row.position, row))
            .collect();
        let rest = by_time.into_iter().rev().filter(|(position, _)| {
            filter.includes(position.at) && after.key.is_none_or(|last| *position < last)
        });
        let rows = rest.map(|(position, row)| Ok((position, readable(row))));
        FoundEvents::of(rows, filter, after.limit)
    }

    async fn list_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> Result<Slice<EventRecord>, StoreError> {
        let contents = self.lock();
        let rows = of(tenant, &contents.events);
        let rows: Vec<_> = rows
            .filter_map(|(id, row)| Some((*id, readable(row)?)))
            .collect();
        Ok(slice(rows.iter().map(|(id, row)| (id, row)), &after))
    }
}

impl AuditProof for MemoryStore {
    async fn unsealed_events(
        &self,
        tenant: TenantId,
        node: Option<NodeId>,
        most: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.events(tenant, most, |_, row| {
            row.batch.is_none() && node.is_none_or(|node| row.position.id.node == node)
        }))
    }

    async fn stray_events(
        &self,
        tenant: TenantId,
        most: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.events(tenant, most, |contents, row| {
            let batch = row.batch.map(|number| (tenant, number));
            batch.is_some_and(|key| !contents.batches.contains_key(&key))
        }))
    }

    async fn events_of_batch(
        &self,
        tenant: TenantId,
        batch: u64,
        most: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.events(tenant, most, |_, row| row.batch == Some(batch)))
    }

    async fn latest_batch(&self, tenant: TenantId) -> Result<Option<SealedBatch>, StoreError> {
        let contents = self.lock();
        Ok(of(tenant, &contents.batches)
            .last()
            .map(|(_, batch)| batch.clone()))
    }

    async fn list_batches(
        &self,
        tenant: TenantId,
        after: After<u64>,
    ) -> Result<Slice<SealedBatch>, StoreError> {
        Ok(slice(of(tenant, &self.lock().batches), &after))
    }

    async fn append_batch(
        &self,
        tenant: TenantId,
        batch: &SealedBatch,
        events: &[EventId],
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let mut rows = events.iter().map(|id| contents.events.get(&(tenant, *id)));
        if !rows.all(|row| row.is_some_and(|row| row.batch.is_none())) {
            return Ok(Race::Lost);
        }
        let race = insert(&mut contents.batches, tenant, batch.number, batch.clone());
        if race == Race::Won {
            for id in events {
                if let Some(row) = contents.events.get_mut(&(tenant, *id)) {
                    row.batch = Some(batch.number);
                }
            }
        }
        Ok(race)
    }

    async fn remove_batches(
        &self,
        tenant: TenantId,
        first: u64,
        last: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        if !contents.batches.contains_key(&(tenant, first)) {
            return Ok(Race::Lost);
        }
        let range = first..=last;
        let is_old = |of: &TenantId, number| *of == tenant && range.contains(&number);
        contents
            .batches
            .retain(|(of, number), _| !is_old(of, *number));
        contents
            .events
            .retain(|(of, _), row| !row.batch.is_some_and(|number| is_old(of, number)));
        contents.store_event(tenant, event);
        Ok(Race::Won)
    }

    async fn erase_events(
        &self,
        tenant: TenantId,
        erased: &[EventId],
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let mut rows = erased.iter().map(|id| contents.events.get(&(tenant, *id)));
        if !rows.all(|row| row.is_some_and(|row| row.content.is_some())) {
            return Ok(Race::Lost);
        }
        for id in erased {
            if let Some(row) = contents.events.get_mut(&(tenant, *id)) {
                (row.operator, row.target) = (None, None);
                (row.salt, row.content) = (None, None);
            }
        }
        contents.store_event(tenant, event);
        Ok(Race::Won)
    }
}
