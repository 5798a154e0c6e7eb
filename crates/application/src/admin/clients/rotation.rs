//! Replacement of the secrets and of the API keys of a client.

use super::{AdminError, ClientAdmin, random_secret};
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::{Client, ClientId, ClientSecret, PresentedApiKey};
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_ports::Store;

impl<S: Store> ClientAdmin<S> {
    /// Replaces all secrets of a client by a new one. The others stop working. The secret is shown only once.
    pub async fn replace_secrets(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
    ) -> Result<(Client, Secret), AdminError> {
        let secret = random_secret(&*self.entropy);
        let now = self.clock.now();
        let replaced = self.change(tenant, operator, id, |client| {
            client.secrets = vec![ClientSecret {
                name: "secret-1".to_owned(),
                digest: secret.digest(),
                created_at: now,
                expires_at: None,
                last_used_at: None,
            }];
            self.check(client)?;
            Ok((client.clone(), secret.clone()))
        });
        Ok(replaced.await?.1)
    }

    /// Adds an API key to a confidential client. Earlier keys remain valid for a day. The key is shown only once.
    pub async fn rotate_api_key(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
    ) -> Result<(Client, Secret), AdminError> {
        let key = PresentedApiKey {
            client: id.clone(),
            secret: random_secret(&*self.entropy),
        };
        let now = self.clock.now();
        let rotated = self.change(tenant, operator, id, |client| {
            client.rotate_api_key(&key.secret, now)?;
            Ok((client.clone(), key.text()))
        });
        Ok(rotated.await?.1)
    }

    /// Removes all API keys of a client, which stop working at once.
    pub async fn remove_api_keys(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
    ) -> Result<(), AdminError> {
        let removed = self.change(tenant, operator, id, |client| {
            client.api_keys.clear();
            Ok(())
        });
        removed.await?;
        Ok(())
    }
}
