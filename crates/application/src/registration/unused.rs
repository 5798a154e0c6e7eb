//! Removal of clients that registered themselves and are not used.

use super::ClientRegistrations;
use crate::admin::AdminError;
use crate::clients::last_use;
use crate::tenants::room;
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::Client;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, Store, StoreError};

impl<S: Store> ClientRegistrations<S> {
    /// Deletes the clients that registered themselves and were not used for the time that the policy sets, one after
    /// another. Also corrects the number of such clients, which a crash can make wrong. Returns the number of deleted
    /// clients.
    pub async fn remove_unused(&self, tenant: &Tenant) -> Result<u64, AdminError> {
        let (store, now) = (&*self.clients.store, self.clients.clock.now());
        let counted = room::counted_dynamic_clients(store, tenant.id, now).await?;
        if counted == 0 {
            return Ok(0);
        }
        let (mut present, mut removed) = (0, 0);
        let mut after = After::start();
        loop {
            let slice = store.list_clients(tenant.id, None, after).await?;
            let last = slice.items.last().map(|client| client.id.clone());
            for client in slice.items {
                if client.dynamic.is_none() {
                    continue;
                }
                present += 1;
                if self.is_unused(tenant, &client, now).await?
                    && self.remove(tenant, &client).await?
                {
                    removed += 1;
                }
            }
            match last {
                Some(last) if slice.has_more => after = After::key(last),
                _ => break,
            }
        }
        let difference = self.excess.judge(tenant.id, present, counted);
        let expected = counted.saturating_sub(removed);
        room::correct_dynamic_clients(store, tenant.id, (expected, difference), now).await?;
        Ok(removed)
    }

    async fn is_unused(
        &self,
        tenant: &Tenant,
        client: &Client,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let lifetime = tenant.settings.client_registration.unused_lifetime;
        let is_old = |at: Timestamp| at.plus(lifetime).has_passed(now);
        let secrets = client
            .secrets
            .iter()
            .filter_map(|secret| secret.last_used_at);
        let since = secrets.max().unwrap_or(client.created_at);
        if !is_old(since) || client.updated_at.is_some_and(|at| !is_old(at)) {
            return Ok(false);
        }
        let last = last_use(&*self.clients.store, tenant.id, &client.id, now).await?;
        Ok(last.is_none_or(is_old))
    }

    /// Deletes a client, unless it changed or is needed. Returns whether it was deleted.
    async fn remove(&self, tenant: &Tenant, client: &Client) -> Result<bool, AdminError> {
        let expected = Some(client.version);
        let operator = Operator::schedule();
        let deleted = self.clients.delete(tenant, &operator, &client.id, expected);
        match deleted.await {
            Ok(()) => Ok(true),
            Err(AdminError::Failure(failure)) => Err(failure.into()),
            Err(reason) => {
                tracing::debug!(client_id = %client.id, %reason, "an unused client stays");
                Ok(false)
            }
        }
    }
}
