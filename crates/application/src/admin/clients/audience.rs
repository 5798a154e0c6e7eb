//! Client identifiers that are audiences.

use super::ClientAdmin;
use crate::admin::{AdminError, may};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::Client;
use countersign_domain::tenant::Tenant;
use countersign_ports::{DefinitionKey, DefinitionKind, Store};

impl<S: Store> ClientAdmin<S> {
    /// Checks the identifier of a new client, because it becomes the `aud` of tokens without another audience. Only an
    /// operator who may write all clients may choose a URI, such as the address of the admin API, or the audience of a
    /// resource server.
    pub(super) async fn may_be_audience(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        client: &Client,
    ) -> Result<(), AdminError> {
        let id = client.id.as_str();
        let key = DefinitionKey {
            kind: DefinitionKind::ResourceServer,
            id: id.to_owned(),
        };
        let is_uri = id.contains(':');
        if is_uri || self.store.find_definition(tenant.id, &key).await?.is_some() {
            may(operator, Permission::ClientsWrite)?;
        }
        Ok(())
    }
}
