use super::{MemoryStore, Rows, insert, of, slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{
    After, Definition, Ephemeral, EphemeralKey, Race, SealedBatch, SealedPlace, Slice, StoreError,
    StoredEvent, Transfer,
};
use std::collections::BTreeSet;

fn tenants_of<K, T>(rows: &Rows<K, T>) -> impl Iterator<Item = TenantId> {
    rows.keys().map(|(tenant, _)| *tenant)
}

impl Transfer for MemoryStore {
    async fn list_tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let contents = self.lock();
        let tenants: BTreeSet<TenantId> = tenants_of(contents.grants.rows())
            .chain(tenants_of(&contents.clients))
            .chain(tenants_of(&contents.definitions))
            .chain(tenants_of(&contents.users))
            .chain(tenants_of(&contents.sessions))
            .chain(tenants_of(&contents.consents))
            .chain(tenants_of(&contents.passkeys))
            .chain(tenants_of(&contents.devices))
            .chain(tenants_of(&contents.identities))
            .chain(tenants_of(&contents.ephemera))
            .chain(tenants_of(&contents.signing_keys))
            .chain(tenants_of(&contents.events))
            .collect();
        Ok(tenants.into_iter().collect())
    }

    async fn list_all_grants(
        &self,
        tenant: TenantId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let contents = self.lock();
        Ok(slice(of(tenant, contents.grants.rows()), &after))
    }

    async fn list_ephemera(
        &self,
        tenant: TenantId,
        after: After<EphemeralKey>,
    ) -> Result<Slice<(EphemeralKey, Ephemeral)>, StoreError> {
        let contents = self.lock();
        let values = of(tenant, &contents.ephemera);
        let pairs: Vec<_> = values
            .map(|(key, value)| (*key, (*key, value.clone())))
            .collect();
        let pairs = pairs.iter().map(|(key, pair)| (key, pair));
        Ok(slice(pairs, &after))
    }

    async fn insert_ephemeral(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &Ephemeral,
    ) -> Result<Race, StoreError> {
        let ephemera = &mut self.lock().ephemera;
        Ok(insert(ephemera, tenant, *key, value.clone()))
    }

    async fn last_time_step(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<u64>, StoreError> {
        Ok(self.lock().time_steps.get(&(tenant, user)).copied())
    }

    async fn recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Vec<SecretDigest>, StoreError> {
        let contents = self.lock();
        let codes = contents.recovery_codes.get(&(tenant, user));
        let codes = codes.into_iter().flatten().copied();
        Ok(codes.map(SecretDigest::from_bytes).collect())
    }

    async fn insert_client_as_is(
        &self,
        tenant: TenantId,
        client: &Client,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let id = client.id.clone();
        let race = insert(&mut contents.clients, tenant, id, client.clone());
        if race == Race::Won {
            contents.client_changed(tenant, &client.id, client.version);
        }
        Ok(race)
    }

    async fn insert_definition_as_is(
        &self,
        tenant: TenantId,
        definition: &Definition,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let key = definition.key();
        let definitions = &mut contents.definitions;
        let race = insert(definitions, tenant, key.clone(), definition.clone());
        if race == Race::Won {
            contents.definition_changed(tenant, key, definition.version());
        }
        Ok(race)
    }

    async fn insert_user_as_is(&self, tenant: TenantId, user: &User) -> Result<Race, StoreError> {
        Ok(self.lock().insert_user(tenant, user.clone()))
    }

    async fn insert_event(
        &self,
        tenant: TenantId,
        event: &StoredEvent,
    ) -> Result<Race, StoreError> {
        let events = &mut self.lock().events;
        Ok(insert(events, tenant, event.position.id, event.clone()))
    }

    async fn list_stored_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> Result<Slice<StoredEvent>, StoreError> {
        Ok(slice(of(tenant, &self.lock().events), &after))
    }

    async fn reseal(
        &self,
        tenant: TenantId,
        place: SealedPlace<'_>,
        present: &[u8],
        new: &[u8],
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let stored = match place {
            SealedPlace::SigningKey(id) => contents
                .signing_keys
                .get_mut(&(tenant, id.to_owned()))
                .map(|key| &mut key.sealed_private_key),
            SealedPlace::Authenticator(user) => contents
                .users
                .get_mut(&(tenant, user))
                .and_then(|user| user.sealed_totp_secret.as_mut()),
        };
        match stored.filter(|stored| stored[..] == *present) {
            Some(stored) => {
                *stored = new.to_vec();
                Ok(Race::Won)
            }
            None => Ok(Race::Lost),
        }
    }

    async fn insert_batch(
        &self,
        tenant: TenantId,
        batch: &SealedBatch,
    ) -> Result<Race, StoreError> {
        let batches = &mut self.lock().batches;
        Ok(insert(batches, tenant, batch.number, batch.clone()))
    }
}
