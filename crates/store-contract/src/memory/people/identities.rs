use crate::memory::{Contents, MemoryStore, insert, of, slice};
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::{IdentityId, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{After, EventRecord, IdentityRepository, Race, Slice, StoreError};
use std::collections::btree_map::Entry;

impl Contents {
    pub(crate) fn remove_identities(&mut self, (tenant, user): (TenantId, UserId)) -> u64 {
        let before = self.identities.len();
        self.identities
            .retain(|(owner, _), identity| *owner != tenant || identity.user != user);
        (before - self.identities.len()) as u64
    }
}

impl IdentityRepository for MemoryStore {
    async fn insert_identity(
        &self,
        tenant: TenantId,
        identity: &Identity,
    ) -> Result<Race, StoreError> {
        let identities = &mut self.lock().identities;
        Ok(insert(identities, tenant, identity.id, identity.clone()))
    }

    async fn insert_user_with_identity(
        &self,
        tenant: TenantId,
        user: &User,
        identity: &Identity,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let user = User {
            version: 1,
            ..user.clone()
        };
        let is_taken = contents.identities.contains_key(&(tenant, identity.id));
        if is_taken
            || !contents.has_groups_of(tenant, &user)
            || contents.insert_user(tenant, user) == Race::Lost
        {
            return Ok(Race::Lost);
        }
        contents.store_event(tenant, event);
        let identities = &mut contents.identities;
        Ok(insert(identities, tenant, identity.id, identity.clone()))
    }

    async fn find_identity(
        &self,
        tenant: TenantId,
        id: IdentityId,
    ) -> Result<Option<Identity>, StoreError> {
        Ok(self.lock().identities.get(&(tenant, id)).cloned())
    }

    async fn list_identities(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<IdentityId>,
    ) -> Result<Slice<Identity>, StoreError> {
        let contents = self.lock();
        let identities = of(tenant, &contents.identities);
        let theirs = identities.filter(|(_, identity)| identity.user == user);
        Ok(slice(theirs, &after))
    }

    async fn update_identity(
        &self,
        tenant: TenantId,
        identity: &Identity,
    ) -> Result<Race, StoreError> {
        match self.lock().identities.get_mut(&(tenant, identity.id)) {
            Some(stored) if stored.user == identity.user => {
                stored.email.clone_from(&identity.email);
                stored.last_used_at = identity.last_used_at;
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn remove_identity(
        &self,
        tenant: TenantId,
        user: UserId,
        id: IdentityId,
    ) -> Result<Race, StoreError> {
        match self.lock().identities.entry((tenant, id)) {
            Entry::Occupied(place) if place.get().user == user => {
                place.remove();
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn remove_identities(&self, tenant: TenantId, user: UserId) -> Result<u64, StoreError> {
        Ok(self.lock().remove_identities((tenant, user)))
    }
}
