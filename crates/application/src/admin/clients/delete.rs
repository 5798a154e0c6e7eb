//! Deletion of clients.

use super::ClientAdmin;
use crate::admin::fields::Fields;
use crate::admin::reach::{administrators, may_change_client};
use crate::admin::{AdminError, Conflict, TRIES, may_some_client};
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::ClientId;
use countersign_domain::tenant::Tenant;
use countersign_ports::{Race, Store};

impl<S: Store> ClientAdmin<S> {
    /// Deletes a client with its secrets, grants, consents and keys. Fails if the client holds an admin role, because a
    /// later client with the same identifier would inherit it. With `expected`, fails if the client has another
    /// version.
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
            if expected.is_some_and(|version| version != client.version) {
                return Err(AdminError::Stale);
            }
            let all = administrators(&*self.store, tenant).await?;
            if all.holders.contains_key(&Holder::Client(id.clone())) {
                return Err(Conflict::HoldsRoles.into());
            }
            let changes = Fields::default().since(&Fields::of_client(&client));
            let action = Action::CLIENT_DELETED;
            let event = self.event(tenant, operator, (action, &client), changes, now);
            let version = client.version;
            let deleted = self.store.delete_client(tenant.id, id, version, &event);
            if deleted.await? == Race::Won {
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }
}
