use crate::memory::{MemoryStore, insert, of, slice};
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, PasskeyRepository, Race, Slice, StoreError};
use std::collections::btree_map::Entry;

impl PasskeyRepository for MemoryStore {
    async fn insert_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> Result<Race, StoreError> {
        let passkeys = &mut self.lock().passkeys;
        Ok(insert(
            passkeys,
            tenant,
            passkey.id.clone(),
            passkey.clone(),
        ))
    }

    async fn find_passkey(
        &self,
        tenant: TenantId,
        id: &[u8],
    ) -> Result<Option<Passkey>, StoreError> {
        Ok(self.lock().passkeys.get(&(tenant, id.to_vec())).cloned())
    }

    async fn list_passkeys(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<Vec<u8>>,
    ) -> Result<Slice<Passkey>, StoreError> {
        let contents = self.lock();
        let passkeys = of(tenant, &contents.passkeys);
        let theirs = passkeys.filter(|(_, passkey)| passkey.user == user);
        Ok(slice(theirs, &after))
    }

    async fn rename_passkey(
        &self,
        tenant: TenantId,
        user: UserId,
        id: &[u8],
        name: &str,
    ) -> Result<Race, StoreError> {
        match self.lock().passkeys.get_mut(&(tenant, id.to_vec())) {
            Some(stored) if stored.user == user => {
                name.clone_into(&mut stored.name);
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn update_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let key = (tenant, passkey.id.clone());
        let Some(stored) = contents.passkeys.get_mut(&key) else {
            return Ok(Race::Lost);
        };
        stored.credential.clone_from(&passkey.credential);
        stored.last_used_at = passkey.last_used_at;
        Ok(Race::Won)
    }

    async fn remove_passkey(
        &self,
        tenant: TenantId,
        user: UserId,
        id: &[u8],
    ) -> Result<Race, StoreError> {
        match self.lock().passkeys.entry((tenant, id.to_vec())) {
            Entry::Occupied(place) if place.get().user == user => {
                place.remove();
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }
}
