use super::MemoryStore;
use countersign_domain::credential::Device;
use countersign_domain::identifier::{DeviceId, UserId};
use countersign_ports::{DeviceRepository, Race, StoreError};
use std::collections::btree_map::Entry;

impl DeviceRepository for MemoryStore {
    async fn insert_device(&self, device: &Device) -> Result<Race, StoreError> {
        match self.lock().devices.entry(device.id) {
            Entry::Occupied(_) => Ok(Race::Lost),
            Entry::Vacant(place) => {
                place.insert(device.clone());
                Ok(Race::Won)
            }
        }
    }

    async fn find_device(&self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        Ok(self.lock().devices.get(&id).cloned())
    }

    async fn list_devices(&self, user: UserId) -> Result<Vec<Device>, StoreError> {
        let contents = self.lock();
        let theirs = contents.devices.values();
        let mut theirs: Vec<Device> = theirs
            .filter(|device| device.user == user)
            .cloned()
            .collect();
        // A stable sort of what is sorted by id.
        theirs.sort_by_key(|device| device.created_at);
        Ok(theirs)
    }

    async fn remove_device(&self, user: UserId, id: DeviceId) -> Result<Race, StoreError> {
        match self.lock().devices.entry(id) {
            Entry::Occupied(place) if place.get().user == user => {
                place.remove();
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn remove_devices(&self, user: UserId) -> Result<u64, StoreError> {
        let mut contents = self.lock();
        let before = contents.devices.len();
        contents.devices.retain(|_, device| device.user != user);
        Ok((before - contents.devices.len()) as u64)
    }
}
