use super::MemoryStore;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, StoreError};

impl Housekeeping for MemoryStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut contents = self.lock();
        let mut removed = 0;
        let mut is_removed = |has_ended: bool| {
            let is_removed = has_ended && removed < most;
            removed += u32::from(is_removed);
            is_removed
        };
        contents
            .grants
            .retain(|_, grant| !is_removed(grant.expires_at.has_passed(now)));
        contents
            .logins
            .retain(|_, login| !is_removed(login.expires_at.has_passed(now)));
        let keys_before = contents.signing_keys.len();
        contents
            .signing_keys
            .retain(|key| !is_removed(!key.is_published(now)));
        if contents.signing_keys.len() < keys_before {
            let _ = contents.changed();
        }
        Ok(removed)
    }
}
