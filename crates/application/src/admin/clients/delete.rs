//! Deletion of clients.

use super::ClientAdmin;
use crate::admin::fields::Fields;
use crate::admin::reach::{administrators, may_change_client};
use crate::admin::{AdminError, Conflict, TRIES, check_version, may_some_client};
use crate::definitions::stored;
use crate::tenants::room;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::ClientId;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_ports::{Race, Store};

impl<S: Store> ClientAdmin<S> {
    /// Deletes a client with its secrets, grants, consents and keys. Fails if the client holds an admin role or a resource
    /// server names it, because a later client with the same identifier would inherit this. With `expected`, fails if the
    /// client has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may_some_client(operator, Permission::ClientsWrite)?;
        let now = self.clock.now();
        for _ in 0..TRIES {
            let client = self.stored(tenant, id).await?;
            may_change_client(&*self.store, tenant, operator, &client, &client).await?;
            check_version(expected, client.version)?;
            let all = administrators(&*self.store, tenant).await?;
            if all.holders.contains_key(&Holder::Client(id.clone())) {
                return Err(Conflict::HoldsRoles.into());
            }
            self.is_no_introspection_client(tenant, id).await?;
            let changes = Fields::default().since(&Fields::of_client(&client));
            let action = Action::CLIENT_DELETED;
            let event = self.event(tenant, operator, (action, &client), changes, now);
            let version = client.version;
            let deleted = self.store.delete_client(tenant.id, id, version, &event);
            if deleted.await? == Race::Won {
                if client.dynamic.is_some() {
                    room::release_dynamic_client(&*self.store, tenant.id, now).await;
                }
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Checks that no resource server names the client for introspection.
    pub(super) async fn is_no_introspection_client(
        &self,
        tenant: &Tenant,
        id: &ClientId,
    ) -> Result<(), AdminError> {
        let servers: Vec<ResourceServer> = stored::all(&*self.store, tenant.id).await?;
        let mut all = servers.iter().flat_map(|own| &own.introspection_clients);
        if all.any(|own| own == id) {
            return Err(Conflict::IsIntrospectionClient.into());
        }
        Ok(())
    }
}
