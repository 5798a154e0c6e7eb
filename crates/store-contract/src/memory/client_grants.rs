use crate::memory::{MemoryStore, of, slice};
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, ClientGrants, EventRecord, Slice, StoreError};

impl ClientGrants for MemoryStore {
    async fn list_client_grants(
        &self,
        tenant: TenantId,
        client: &ClientId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let contents = self.lock();
        let its = of(tenant, contents.grants.rows())
            .filter(|(_, grant)| grant.authorization().client() == client);
        Ok(slice(its, &after))
    }

    async fn revoke_client_grants(
        &self,
        tenant: TenantId,
        client: &ClientId,
        event: &EventRecord,
    ) -> Result<u64, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let is_to_client = |(owner, _): &(TenantId, GrantId), grant: &Grant| {
            *owner == tenant && grant.authorization().client() == client
        };
        let revoked = contents.grants.revoke_all(is_to_client, event.event.at);
        let before = contents.consents.len();
        let all = &mut contents.consents;
        all.retain(|(owner, (_, own)), _| *owner != tenant || own != client);
        if revoked > 0 || contents.consents.len() < before {
            contents.store_event(tenant, event);
        }
        Ok(revoked)
    }
}
