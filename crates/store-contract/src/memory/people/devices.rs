use crate::memory::{MemoryStore, insert, of, slice};
use countersign_domain::identifier::{DeviceId, UserId};
use countersign_domain::login::credential::Device;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, DeviceRepository, Race, Slice, StoreError};
use std::collections::btree_map::Entry;

impl DeviceRepository for MemoryStore {
    async fn insert_device(&self, tenant: TenantId, device: &Device) -> Result<Race, StoreError> {
        let devices = &mut self.lock().devices;
        Ok(insert(devices, tenant, device.id, device.clone()))
    }

    async fn find_device(
        &self,
        tenant: TenantId,
        id: DeviceId,
    ) -> Result<Option<Device>, StoreError> {
        Ok(self.lock().devices.get(&(tenant, id)).cloned())
    }

    async fn list_devices(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<DeviceId>,
    ) -> Result<Slice<Device>, StoreError> {
        let contents = self.lock();
        let devices = of(tenant, &contents.devices);
        let theirs = devices.filter(|(_, device)| device.user == user);
        Ok(slice(theirs, &after))
    }

    async fn remove_device(
        &self,
        tenant: TenantId,
        user: UserId,
        id: DeviceId,
    ) -> Result<Race, StoreError> {
        match self.lock().devices.entry((tenant, id)) {
            Entry::Occupied(place) if place.get().user == user => {
                place.remove();
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn remove_devices(&self, tenant: TenantId, user: UserId) -> Result<u64, StoreError> {
        let devices = &mut self.lock().devices;
        let before = devices.len();
        devices.retain(|(owner, _), device| *owner != tenant || device.user != user);
        Ok((before - devices.len()) as u64)
    }
}
