use super::{MemoryStore, of, slice};
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{After, GrantRepository, GrantUser, Race, Redeemed, Slice, StoreError};

impl GrantRepository for MemoryStore {
    async fn establish(&self, tenant: TenantId, grant: &Grant) -> Result<Race, StoreError> {
        let grants = &mut self.lock().grants;
        Ok(grants.insert((tenant, grant.id()), grant.clone()))
    }

    async fn redeem(&self, tenant: TenantId, grant: &Grant) -> Result<Redeemed, StoreError> {
        let mut contents = self.lock();
        if contents.grants.insert((tenant, grant.id()), grant.clone()) == Race::Lost {
            return Ok(Redeemed::Lost);
        }
        let authorization = grant.authorization();
        let session = authorization
            .session
            .map(|id| contents.sessions.get(&(tenant, id)));
        let id = match session {
            Some(session) => session.map(|session| session.user),
            None => authorization.subject.as_str().parse().ok(),
        };
        let user = id.and_then(|id| contents.users.get(&(tenant, id)));
        Ok(Redeemed::Won(user.map(|user| {
            Box::new(GrantUser {
                user: user.clone(),
                session: session.flatten().cloned(),
            })
        })))
    }

    async fn find_grant_with_user(
        &self,
        tenant: TenantId,
        id: GrantId,
    ) -> Result<Option<(Grant, Option<User>)>, StoreError> {
        let contents = self.lock();
        let Some(grant) = contents.grants.find(&(tenant, id)) else {
            return Ok(None);
        };
        let user = grant.authorization().subject.as_str().parse().ok();
        let user = user.and_then(|id| contents.users.get(&(tenant, id)));
        Ok(Some((grant.clone(), user.cloned())))
    }

    async fn find_grant(&self, tenant: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        Ok(self.lock().grants.find(&(tenant, id)).cloned())
    }

    async fn rotate(&self, tenant: TenantId, rotation: &Rotation) -> Result<Race, StoreError> {
        let grants = &mut self.lock().grants;
        Ok(grants.rotate(&(tenant, rotation.grant), rotation))
    }

    async fn revoke(
        &self,
        tenant: TenantId,
        id: GrantId,
        at: Timestamp,
    ) -> Result<Race, StoreError> {
        let grants = &mut self.lock().grants;
        Ok(grants.revoke(&(tenant, id), at))
    }

    async fn list_grants(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let contents = self.lock();
        let of_session = of(tenant, contents.grants.rows())
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
        let is_theirs = |(owner, _): &(TenantId, GrantId), grant: &Grant| {
            *owner == tenant
                && grant.authorization().subject == *subject
                && client.is_none_or(|client| grant.authorization().client() == client)
        };
        Ok(self.lock().grants.revoke_all(is_theirs, at))
    }
}
