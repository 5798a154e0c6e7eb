//! Client secrets. A client can have several, so that a secret can be rotated without downtime.

use super::{AdminError, ClientAdmin, Conflict, Missing, random_secret};
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::{Client, ClientId, ClientSecret, ClientType};
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::Store;
use std::time::Duration;

impl<S: Store> ClientAdmin<S> {
    /// Adds a secret to a client. Without `name`, it uses the first free one of `secret-1`, `secret-2` and so on.
    /// Without `lifetime`, the secret does not expire. A long lifetime ends at [`Timestamp::LATEST`]. The secret is
    /// shown only once.
    pub async fn add_secret(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        name: Option<String>,
        lifetime: Option<Duration>,
    ) -> Result<(ClientSecret, Secret), AdminError> {
        let secret = random_secret(&*self.entropy);
        let now = self.clock.now();
        let added = self.change(tenant, operator, id, |client| {
            if client.client_type == ClientType::Public {
                return Err(Conflict::PublicClient.into());
            }
            let name = match &name {
                Some(name) if has_secret(client, name) => return Err(Conflict::SecretName.into()),
                Some(name) => name.clone(),
                None => free_name(client),
            };
            let added = ClientSecret {
                name,
                digest: secret.digest(),
                created_at: now,
                expires_at: lifetime.map(|lifetime| now.plus(lifetime).min(Timestamp::LATEST)),
                last_used_at: None,
            };
            client.secrets.push(added.clone());
            self.check(client)?;
            Ok((added, secret.clone()))
        });
        Ok(added.await?.1)
    }

    /// Removes a secret of a client, which stops working.
    pub async fn remove_secret(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        name: &str,
    ) -> Result<(), AdminError> {
        let removed = self.change(tenant, operator, id, |client| {
            if !has_secret(client, name) {
                return Err(AdminError::NotFound(Missing::Secret));
            }
            client.secrets.retain(|secret| secret.name != name);
            Ok(())
        });
        removed.await?;
        Ok(())
    }

    /// Sets the expiry of a client secret; `None` means never.
    pub async fn expire_secret(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        name: &str,
        at: Option<Timestamp>,
    ) -> Result<ClientSecret, AdminError> {
        let changed = self.change(tenant, operator, id, |client| {
            let mut secrets = client.secrets.iter_mut();
            let secret = secrets.find(|secret| secret.name == name);
            let secret = secret.ok_or(AdminError::NotFound(Missing::Secret))?;
            secret.expire(at)?;
            Ok(secret.clone())
        });
        let (_, secret) = changed.await?;
        Ok(secret)
    }
}

fn has_secret(client: &Client, name: &str) -> bool {
    client.secrets.iter().any(|secret| secret.name == name)
}

fn free_name(client: &Client) -> String {
    let mut names = (1..=client.secrets.len() + 1).map(|number| format!("secret-{number}"));
    let free = names.find(|name| !has_secret(client, name));
    free.unwrap_or_default()
}
