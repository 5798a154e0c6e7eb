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
        after: After<ClientId>,
    ) -> Result<Slice<Client>, AdminError> {
        may_some_client(operator, Permission::ClientsRead)?;
        let owner = match (operator.may(Permission::ClientsRead), &operator.holder) {
            (Ok(()), _) => None,
            (Err(_), Some(holder)) => Some(holder),
            // Without an identity that owns clients, an operator sees none.
            (Err(_), None) => return Ok(Slice::default()),
        };
        Ok(self.store.list_clients(tenant.id, owner, after).await?)
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
