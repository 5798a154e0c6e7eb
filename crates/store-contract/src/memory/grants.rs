use super::{MemoryStore, insert, of, slice};
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, GrantRepository, Race, Slice, StoreError};

impl GrantRepository for MemoryStore {
    async fn establish(&self, tenant: TenantId, grant: &Grant) -> Result<Race, StoreError> {
        let grants = &mut self.lock().grants;
        Ok(insert(grants, tenant, grant.id(), grant.clone()))
    }

    async fn find_grant(&self, tenant: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        Ok(self.lock().grants.get(&(tenant, id)).cloned())
    }

    async fn rotate(&self, tenant: TenantId, rotation: &Rotation) -> Result<Race, StoreError> {
        let grants = &mut self.lock().grants;
        let grant = grants.get_mut(&(tenant, rotation.grant));
        Ok(grant.map_or(Race::Lost, |grant| grant.apply(rotation)))
    }

    async fn revoke(
        &self,
        tenant: TenantId,
        id: GrantId,
        at: Timestamp,
    ) -> Result<Race, StoreError> {
        let grants = &mut self.lock().grants;
        let grant = grants.get_mut(&(tenant, id));
        Ok(grant.map_or(Race::Lost, |grant| grant.revoke(at)))
    }

    async fn list_grants(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let contents = self.lock();
        let of_session = of(tenant, &contents.grants)
            .filter(|(_, grant)| grant.authorization().session == Some(session));
        Ok(slice(of_session, &after))
    }

    async fn revoke_all(
        &self,
        tenant: TenantId,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut contents = self.lock();
        let theirs = contents.grants.iter_mut().filter(|((owner, _), grant)| {
            *owner == tenant
                && grant.authorization().subject == *subject
                && client.is_none_or(|client| grant.authorization().client() == client)
        });
        let revoked = theirs.filter_map(|(_, grant)| (grant.revoke(at) == Race::Won).then_some(()));
        Ok(revoked.count() as u64)
    }
}
