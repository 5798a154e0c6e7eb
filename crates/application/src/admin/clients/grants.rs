//! Grants to a client.

use super::{AdminError, ClientAdmin, may_change_client};
use crate::admin::events::Done;
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Store};

impl<S: Store> ClientAdmin<S> {
    /// Returns up to `most` live grants to a client, ordered by ID. Reads at most twice as many grants.
    pub async fn live_grants(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        most: usize,
    ) -> Result<Vec<Grant>, AdminError> {
        self.find(tenant, operator, id.as_str()).await?;
        let now = self.clock.now();
        let (mut live, mut examined) = (Vec::new(), 0);
        let mut after = After::start();
        loop {
            let slice = self.store.list_client_grants(tenant.id, id, after).await?;
            let last = slice.items.last().map(Grant::id);
            examined += slice.items.len();
            live.extend(slice.items.into_iter().filter(|grant| grant.is_live(now)));
            match last {
                Some(last) if slice.has_more && live.len() < most && examined < 2 * most => {
                    after = After::key(last);
                }
                _ => break,
            }
        }
        live.truncate(most);
        Ok(live)
    }

    /// Revokes all grants to a client, and removes the consents for it. All users must authorize the client again.
    /// Returns the number of grants.
    pub async fn revoke_grants(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
    ) -> Result<u64, AdminError> {
        let client = self.find(tenant, operator, id.as_str()).await?;
        may_change_client(&*self.store, tenant, operator, &client, &client).await?;
        let done = Done {
            action: Action::GRANTS_REVOKED,
            target: Party::new("client", id.as_str()),
            changes: Vec::new(),
            at: self.clock.now(),
        };
        let event = self.events.record(tenant.id, operator, done);
        let revoked = self.store.revoke_client_grants(tenant.id, id, &event);
        Ok(revoked.await?)
    }
}
