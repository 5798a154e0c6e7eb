use super::MemoryStore;
use countersign_domain::client::{Client, ClientId};
use countersign_ports::{ClientRepository, Race, SecretUse, StoreError};

impl ClientRepository for MemoryStore {
    async fn find_client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        Ok(self.lock().clients.get(id).cloned())
    }

    async fn list_clients(&self) -> Result<Vec<Client>, StoreError> {
        let mut clients: Vec<Client> = self.lock().clients.values().cloned().collect();
        // A stable sort of what is sorted by id.
        clients.sort_by_key(|client| client.created_at);
        Ok(clients)
    }

    async fn insert_client(&self, client: &Client) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        if contents.clients.contains_key(&client.id) {
            return Ok(Race::Lost);
        }
        contents.clients.insert(client.id.clone(), client.clone());
        Ok(contents.changed())
    }

    async fn update_client(&self, client: &Client) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let Some(stored) = contents.clients.get_mut(&client.id) else {
            return Ok(Race::Lost);
        };
        stored.clone_from(client);
        Ok(contents.changed())
    }

    async fn delete_client(&self, id: &ClientId) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        if contents.clients.remove(id).is_none() {
            return Ok(Race::Lost);
        }
        contents.grants.retain(|_, grant| grant.client != *id);
        contents.consents.retain(|(_, client), _| client != id);
        contents
            .signing_keys
            .retain(|key| key.client.as_ref() != Some(id));
        Ok(contents.changed())
    }

    async fn record_secret_uses(&self, uses: &[SecretUse]) -> Result<(), StoreError> {
        let mut contents = self.lock();
        for SecretUse {
            client,
            secret_name,
            at,
        } in uses
        {
            let Some(client) = contents.clients.get_mut(client) else {
                continue;
            };
            for secret in &mut client.secrets {
                if secret.name == *secret_name {
                    // `None` is less than any time.
                    secret.last_used_at = secret.last_used_at.max(Some(*at));
                }
            }
        }
        Ok(())
    }
}
