use super::MemoryStore;
use countersign_domain::credential::Passkey;
use countersign_domain::identifier::UserId;
use countersign_ports::{PasskeyRepository, Race, StoreError};
use std::collections::btree_map::Entry;

impl PasskeyRepository for MemoryStore {
    async fn insert_passkey(&self, passkey: &Passkey) -> Result<Race, StoreError> {
        match self.lock().passkeys.entry(passkey.id.clone()) {
            Entry::Occupied(_) => Ok(Race::Lost),
            Entry::Vacant(place) => {
                place.insert(passkey.clone());
                Ok(Race::Won)
            }
        }
    }

    async fn find_passkey(&self, id: &[u8]) -> Result<Option<Passkey>, StoreError> {
        Ok(self.lock().passkeys.get(id).cloned())
    }

    async fn list_passkeys(&self, user: UserId) -> Result<Vec<Passkey>, StoreError> {
        let contents = self.lock();
        let theirs = contents.passkeys.values();
        let mut theirs: Vec<Passkey> = theirs
            .filter(|passkey| passkey.user == user)
            .cloned()
            .collect();
        // A stable sort of what is sorted by id.
        theirs.sort_by_key(|passkey| passkey.created_at);
        Ok(theirs)
    }

    async fn update_passkey(&self, passkey: &Passkey) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let Some(stored) = contents.passkeys.get_mut(&passkey.id) else {
            return Ok(Race::Lost);
        };
        stored.name.clone_from(&passkey.name);
        stored.credential.clone_from(&passkey.credential);
        stored.last_used_at = passkey.last_used_at;
        Ok(Race::Won)
    }

    async fn remove_passkey(&self, user: UserId, id: &[u8]) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        match contents.passkeys.get(id) {
            Some(passkey) if passkey.user == user => {
                contents.passkeys.remove(id);
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }
}
