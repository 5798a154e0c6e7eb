use super::{MemoryStore, insert, of, slice};
use countersign_domain::administration::holder::Holder;
use countersign_domain::client::{Client, ClientId, ClientStatus};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, ClientRepository, EventRecord, Race, SecretUse, Slice, StoreError};

impl ClientRepository for MemoryStore {
    async fn find_client(
        &self,
        tenant: TenantId,
        id: &ClientId,
    ) -> Result<Option<Client>, StoreError> {
        Ok(self.lock().clients.get(&(tenant, id.clone())).cloned())
    }

    async fn list_clients(
        &self,
        tenant: TenantId,
        owner: Option<&Holder>,
        after: After<ClientId>,
    ) -> Result<Slice<Client>, StoreError> {
        let contents = self.lock();
        let clients = of(tenant, &contents.clients)
            .filter(|(_, client)| owner.is_none() || client.owner.as_ref() == owner);
        Ok(slice(clients, &after))
    }

    async fn has_client_origin(&self, tenant: TenantId, origin: &str) -> Result<bool, StoreError> {
        let contents = self.lock();
        let mut active = of(tenant, &contents.clients)
            .map(|(_, client)| client)
            .filter(|client| client.status == ClientStatus::Active);
        let is_of = |client: &Client| {
            let mut uris = client.redirect_uris.iter();
            uris.any(|uri| uri.origin().as_deref() == Some(origin))
        };
        Ok(active.any(is_of))
    }

    async fn insert_client(
        &self,
        tenant: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let client = Client {
            version: 1,
            ..client.clone()
        };
        let id = client.id.clone();
        let race = insert(&mut contents.clients, tenant, id.clone(), client);
        if race == Race::Won {
            contents.client_changed(tenant, &id, 1);
            contents.store_event(tenant, event);
        }
        Ok(race)
    }

    async fn update_client(
        &self,
        tenant: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let key = (tenant, client.id.clone());
        let Some(stored) = contents.clients.get_mut(&key) else {
            return Ok(Race::Lost);
        };
        if stored.version != client.version {
            return Ok(Race::Lost);
        }
        let mut updated = client.clone();
        updated.version += 1;
        for secret in &mut updated.secrets {
            let mut before = stored.secrets.iter();
            if let Some(before) = before.find(|before| before.name == secret.name) {
                secret.last_used_at = before.last_used_at;
            }
        }
        *stored = updated;
        contents.client_changed(tenant, &client.id, client.version + 1);
        contents.store_event(tenant, event);
        Ok(Race::Won)
    }

    async fn delete_client(
        &self,
        tenant: TenantId,
        id: &ClientId,
        version: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let row = (tenant, id.clone());
        let stored = contents.clients.get(&row);
        if stored.is_none_or(|stored| stored.version != version) {
            return Ok(Race::Lost);
        }
        contents.clients.remove(&row);
        let grants = contents.grants.rows_mut();
        grants.retain(|(owner, _), grant| *owner != tenant || grant.authorization().client() != id);
        let agreed = &mut contents.consents;
        agreed.retain(|(owner, (_, client)), _| *owner != tenant || client != id);
        let keys_before = contents.signing_keys.len();
        let keys = &mut contents.signing_keys;
        keys.retain(|(owner, _), key| *owner != tenant || key.client.as_ref() != Some(id));
        if contents.signing_keys.len() < keys_before {
            contents.signing_keys_changed(tenant);
        }
        contents.client_changed(tenant, id, 0);
        contents.store_event(tenant, event);
        Ok(Race::Won)
    }

    async fn record_secret_uses(
        &self,
        tenant: TenantId,
        uses: &[SecretUse],
    ) -> Result<(), StoreError> {
        let mut contents = self.lock();
        for SecretUse {
            client,
            secret_name,
            at,
        } in uses
        {
            let Some(client) = contents.clients.get_mut(&(tenant, client.clone())) else {
                continue;
            };
            for secret in &mut client.secrets {
                if secret.name == *secret_name {
                    // `None` sorts before any time.
                    secret.last_used_at = secret.last_used_at.max(Some(*at));
                }
            }
        }
        Ok(())
    }
}
