use super::MemoryStore;
use countersign_domain::signing_key::SigningKey;
use countersign_ports::{KeyChange, Race, Revision, SigningKeyRepository, StoreError};

impl SigningKeyRepository for MemoryStore {
    async fn revision(&self) -> Result<Revision, StoreError> {
        Ok(self.lock().revision())
    }

    async fn list_signing_keys(&self) -> Result<(Revision, Vec<SigningKey>), StoreError> {
        let contents = self.lock();
        let mut keys = contents.signing_keys.clone();
        keys.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        Ok((contents.revision(), keys))
    }

    async fn change_signing_keys(&self, change: &KeyChange) -> Result<Race, StoreError> {
        let KeyChange { seen, add, retire } = change;
        let mut contents = self.lock();
        if contents.revision() != *seen {
            return Ok(Race::Lost);
        }
        let is_taken = |new: &SigningKey| contents.signing_keys.iter().any(|key| key.id == new.id);
        if add.iter().any(is_taken) {
            return Err(StoreError::new("a key of this id is there"));
        }
        for key in &mut contents.signing_keys {
            if let Some((_, at)) = retire.iter().find(|(id, _)| *id == key.id) {
                key.retires_at = Some(*at);
            }
        }
        contents.signing_keys.extend_from_slice(add);
        Ok(contents.changed())
    }
}
