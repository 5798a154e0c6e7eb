use crate::memory::{MemoryStore, of, slice};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, ConsentRepository, Race, Slice, StoreError};

impl ConsentRepository for MemoryStore {
    async fn find_consent(
        &self,
        tenant: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError> {
        let key = (tenant, (user, client.clone()));
        Ok(self.lock().consents.get(&key).cloned())
    }

    async fn list_consents(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<ClientId>,
    ) -> Result<Slice<Consent>, StoreError> {
        let contents = self.lock();
        let theirs = of(tenant, &contents.consents)
            .filter(|((owner, _), _)| *owner == user)
            .map(|((_, client), consent)| (client, consent));
        Ok(slice(theirs, &after))
    }

    async fn put_consent(&self, tenant: TenantId, consent: &Consent) -> Result<(), StoreError> {
        let key = (tenant, (consent.user, consent.client.clone()));
        self.lock().consents.insert(key, consent.clone());
        Ok(())
    }

    async fn remove_consent(
        &self,
        tenant: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> Result<Race, StoreError> {
        let key = (tenant, (user, client.clone()));
        match self.lock().consents.remove(&key) {
            Some(_) => Ok(Race::Won),
            None => Ok(Race::Lost),
        }
    }
}
