use super::MemoryStore;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, Removed, StoreError};

impl Housekeeping for MemoryStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<Removed, StoreError> {
        let mut contents = self.lock();
        let mut removed = Removed::default();
        let mut stays = |ends_at: Timestamp| {
            let stays = !ends_at.has_passed(now) || removed.count >= most;
            if !stays {
                removed += Removed::one(ends_at);
            }
            stays
        };
        contents.grants.retain(|_, grant| stays(grant.expires_at));
        contents.logins.retain(|_, login| stays(login.expires_at));
        contents
            .sessions
            .retain(|_, session| stays(session.expires_at));
        contents
            .devices
            .retain(|_, device| stays(device.expires_at));
        contents
            .denied_tokens
            .retain(|_, denied| stays(denied.expires_at));
        let keys_before = contents.signing_keys.len();
        contents
            .signing_keys
            .retain(|key| key.retires_at.is_none_or(&mut stays));
        if contents.signing_keys.len() < keys_before {
            let _ = contents.changed();
        }
        Ok(removed)
    }
}
