use super::MemoryStore;
use countersign_domain::client::ClientId;
use countersign_domain::consent::Consent;
use countersign_domain::identifier::UserId;
use countersign_ports::{ConsentRepository, Race, StoreError};

impl ConsentRepository for MemoryStore {
    async fn find_consent(
        &self,
        user: UserId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError> {
        let key = (user, client.clone());
        Ok(self.lock().consents.get(&key).cloned())
    }

    async fn list_consents(&self, user: UserId) -> Result<Vec<Consent>, StoreError> {
        let contents = self.lock();
        let theirs = contents.consents.values();
        Ok(theirs
            .filter(|consent| consent.user == user)
            .cloned()
            .collect())
    }

    async fn put_consent(&self, consent: &Consent) -> Result<(), StoreError> {
        let key = (consent.user, consent.client.clone());
        self.lock().consents.insert(key, consent.clone());
        Ok(())
    }

    async fn remove_consent(&self, user: UserId, client: &ClientId) -> Result<Race, StoreError> {
        let key = (user, client.clone());
        match self.lock().consents.remove(&key) {
            Some(_) => Ok(Race::Won),
            None => Ok(Race::Lost),
        }
    }
}
