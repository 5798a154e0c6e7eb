use super::{MemoryStore, insert, of, slice};
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::grant::refresh_token::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, GrantRepository, Race, Slice, StoreError};

impl GrantRepository for MemoryStore {
    async fn establish(&self, tenant: TenantId, grant: &Grant) -> Result<Race, StoreError> {
        let grants = &mut self.lock().grants;
        Ok(insert(grants, tenant, grant.id, grant.clone()))
    }

    async fn find_grant(&self, tenant: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        Ok(self.lock().grants.get(&(tenant, id)).cloned())
    }

    async fn rotate(&self, tenant: TenantId, rotation: &Rotation) -> Result<Race, StoreError> {
        match self.lock().grants.get_mut(&(tenant, rotation.grant)) {
            Some(grant) if rotation.applies_to(grant) => {
                grant.generation = rotation.successor();
                grant.rotated_at = rotation.now;
                grant.expires_at = rotation.expires_at;
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn revoke(
        &self,
        tenant: TenantId,
        id: GrantId,
        at: Timestamp,
    ) -> Result<Race, StoreError> {
        match self.lock().grants.get_mut(&(tenant, id)) {
            Some(grant) if grant.revoked_at.is_none() => {
                grant.revoked_at = Some(at);
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn list_grants(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let contents = self.lock();
        let of_session = of(tenant, &contents.grants)
            .filter(|(_, grant)| grant.authorization.session == Some(session));
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
        let live = contents.grants.iter_mut().filter(|((owner, _), grant)| {
            *owner == tenant
                && grant.authorization.subject == *subject
                && client.is_none_or(|client| grant.authorization.client() == client)
                && grant.revoked_at.is_none()
        });
        let revoked = live.map(|(_, grant)| grant.revoked_at = Some(at));
        Ok(revoked.count() as u64)
    }
}
