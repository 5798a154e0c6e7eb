//! Commands that read clients.

use super::ClientAdmin;
use crate::admin::{AdminError, Missing, may_some_client};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::{Client, ClientId};
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Slice, Store};

impl<S: Store> ClientAdmin<S> {
    /// Returns a slice of all clients, ordered by identifier. If the operator may read only
    /// their own clients, the slice contains only those.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        mut after: After<ClientId>,
    ) -> Result<Slice<Client>, AdminError> {
        may_some_client(operator, Permission::ClientsRead)?;
        let mut visible = Vec::new();
        loop {
            let slice = self.store.list_clients(tenant.id, after.clone()).await?;
            let last = slice.items.last().map(|client| client.id.clone());
            let may = |client: &Client| operator.may_for(Permission::ClientsRead, client).is_ok();
            visible.extend(slice.items.into_iter().filter(may));
            let is_full = visible.len() >= usize::try_from(after.limit).unwrap_or(usize::MAX);
            match last {
                Some(last) if slice.has_more && !is_full => after.key = Some(last),
                _ => {
                    let mut visible = Slice::of(visible, after.limit);
                    visible.has_more |= slice.has_more;
                    return Ok(visible);
                }
            }
        }
    }

    /// Finds a client by identifier, as typed.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &str,
    ) -> Result<Client, AdminError> {
        may_some_client(operator, Permission::ClientsRead)?;
        let id = ClientId::parse(id).map_err(|_| AdminError::NotFound(Missing::Client))?;
        let client = self.stored(tenant, &id).await?;
        operator.may_for(Permission::ClientsRead, &client)?;
        Ok(client)
    }
}
