use crate::memory::{Contents, MemoryStore, of, slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Audit, EventRecord, FoundEvents, Slice, StoreError};
use std::collections::BTreeMap;

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
        let stored = EventRecord {
            reply: None,
            ..event.clone()
        };
        self.events.insert((tenant, event.event.id), stored);
    }
}

impl Audit for MemoryStore {
    async fn find_events(
        &self,
        tenant: TenantId,
        filter: &EventFilter,
        after: After<EventPosition>,
    ) -> Result<FoundEvents, StoreError> {
        let contents = self.lock();
        let by_time: BTreeMap<_, _> = of(tenant, &contents.events)
            .map(|(_, record)| (EventPosition::from(&record.event), record))
            .collect();
        let rest = by_time.into_iter().rev().filter(|(position, _)| {
            filter.includes(position.at) && after.key.is_none_or(|last| *position < last)
        });
        let rows = rest.map(|(position, record)| Ok((position, Some(record.clone()))));
        FoundEvents::of(rows, filter, after.limit)
    }

    async fn list_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> Result<Slice<EventRecord>, StoreError> {
        let contents = self.lock();
        Ok(slice(of(tenant, &contents.events), &after))
    }
}
