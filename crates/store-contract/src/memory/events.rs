use super::{Contents, MemoryStore, of, slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Audit, EventRecord, Slice, StoreError};

impl Contents {
    /// Fails if there is an event of this id: then nothing may be changed.
    pub(super) fn check_event(
        &self,
        tenant: TenantId,
        event: &EventRecord,
    ) -> Result<(), StoreError> {
        if self.events.contains_key(&(tenant, event.event.id)) {
            return Err(StoreError::new("an event of this id is there"));
        }
        Ok(())
    }

    /// Stores the event of a change that was made.
    pub(super) fn store_event(&mut self, tenant: TenantId, event: &EventRecord) {
        let key = (tenant, event.event.id);
        self.events.insert(key, event.clone());
    }
}

impl Audit for MemoryStore {
    async fn list_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> Result<Slice<EventRecord>, StoreError> {
        let contents = self.lock();
        Ok(slice(of(tenant, &contents.events), &after))
    }
}
