//! Clients of operators who may create only own clients.

use super::ClientAdmin;
use crate::admin::{AdminError, Conflict, may};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Store};

/// Maximum number of clients of an operator who may create only own clients.
const MOST_OWN: u32 = 100;

impl<S: Store> ClientAdmin<S> {
    /// Checks a new client of an operator who may create only own clients. Its identifier must be a generated one, because
    /// it becomes the `aud` of tokens without another audience, and could be the audience of an API. The number of clients
    /// is limited.
    pub(super) async fn may_be_own(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        has_generated_id: bool,
    ) -> Result<(), AdminError> {
        if operator.may(Permission::ClientsWrite).is_ok() {
            return Ok(());
        }
        if !has_generated_id {
            may(operator, Permission::ClientsWrite)?;
        }
        let most = After {
            key: None,
            limit: MOST_OWN,
        };
        let owner = operator.holder.as_ref();
        let own = self.store.list_clients(tenant.id, owner, most).await?;
        if own.items.len() >= MOST_OWN as usize {
            return Err(Conflict::TooManyClients.into());
        }
        Ok(())
    }
}
