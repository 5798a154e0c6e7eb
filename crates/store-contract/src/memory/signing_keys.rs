use super::{MemoryStore, of};
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{
    EventRecord, KeyChange, KeySetVersion, Race, SigningKeyRepository, StoreError,
};

impl SigningKeyRepository for MemoryStore {
    async fn list_signing_keys(
        &self,
        tenant: TenantId,
    ) -> Result<(KeySetVersion, Vec<SigningKey>), StoreError> {
        let contents = self.lock();
        let keys = of(tenant, &contents.signing_keys);
        let mut keys: Vec<SigningKey> = keys.map(|(_, key)| key.clone()).collect();
        // The sort is stable and the keys are already sorted by ID.
        keys.sort_by_key(|key| key.created_at);
        let version = contents.key_sets.get(&tenant).copied().unwrap_or_default();
        Ok((KeySetVersion(version), keys))
    }

    async fn change_signing_keys(
        &self,
        tenant: TenantId,
        change: &KeyChange,
        event: Option<&EventRecord>,
    ) -> Result<Race, StoreError> {
        let KeyChange { seen, add, retire } = change;
        let mut contents = self.lock();
        let version = contents.key_sets.get(&tenant).copied().unwrap_or_default();
        if version != seen.0 {
            return Ok(Race::Lost);
        }
        if let Some(event) = event {
            contents.check_event(tenant, event)?;
        }
        let keys = &mut contents.signing_keys;
        let mut ids = add.iter().map(|key| (tenant, key.id.clone()));
        if ids.any(|id| keys.contains_key(&id)) {
            return Err(StoreError::new("a key with this ID exists"));
        }
        for (id, at) in retire {
            if let Some(key) = keys.get_mut(&(tenant, id.clone())) {
                key.retires_at = Some(*at);
            }
        }
        for key in add {
            keys.insert((tenant, key.id.clone()), key.clone());
        }
        contents.signing_keys_changed(tenant);
        if let Some(event) = event {
            contents.store_event(tenant, event);
        }
        Ok(Race::Won)
    }
}
