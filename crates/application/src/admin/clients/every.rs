//! Changes of all confidential clients.

use super::{AdminError, ClientAdmin, Missing};
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::{Client, ClientType};
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Store};

impl<S: Store> ClientAdmin<S> {
    /// Changes the metadata of every confidential client and returns those that changed.
    ///
    /// Each client is changed in a statement of its own, with its event. After an error, the earlier changes remain; the
    /// command can run again.
    pub async fn update_confidential(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        change: impl Fn(&mut Client) + Send + Sync,
    ) -> Result<Vec<Client>, AdminError> {
        let mut changed = Vec::new();
        let mut after = After::start();
        loop {
            let slice = self.list(tenant, operator, after).await?;
            let last = slice.items.last().map(|client| client.id.clone());
            for listed in slice.items {
                if listed.client_type == ClientType::Confidential {
                    changed.extend(self.changed(tenant, operator, &listed, &change).await?);
                }
            }
            match last {
                Some(last) if slice.has_more => after = After::key(last),
                _ => return Ok(changed),
            }
        }
    }

    /// Returns the client if it changed. Skips a client that was deleted in the meantime.
    async fn changed(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        listed: &Client,
        change: &(impl Fn(&mut Client) + Send + Sync),
    ) -> Result<Option<Client>, AdminError> {
        let changed = self.change(tenant, operator, &listed.id, |client| {
            let before = client.version;
            change(client);
            self.check(client)?;
            Ok(before)
        });
        match changed.await {
            Ok((client, before)) => Ok((client.version != before).then_some(client)),
            Err(AdminError::NotFound(Missing::Client)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
