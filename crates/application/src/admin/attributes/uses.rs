//! Policies that use an attribute.

use super::AttributeAdmin;
use crate::admin::AdminError;
use crate::definitions::stored;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::policy::ClaimsPolicy;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Store};

impl<S: Store> AttributeAdmin<S> {
    /// Checks that no policy of a client or resource server uses the attribute in a way that is not allowed. `attribute` is
    /// its new definition; `None` if it will not exist.
    pub(super) async fn check_uses(
        &self,
        tenant: &Tenant,
        name: &AttributeName,
        attribute: Option<&Attribute>,
    ) -> Result<(), AdminError> {
        let mut after = After::start();
        loop {
            let clients = self.store.list_clients(tenant.id, None, after).await?;
            for client in &clients.items {
                let user = || format!("client {}", client.id);
                check(&client.claims_policy, (name, attribute), user)?;
            }
            let last = clients.items.last().map(|client| client.id.clone());
            match last {
                Some(last) if clients.has_more => after = After::key(last),
                _ => break,
            }
        }
        for server in stored::all::<ResourceServer>(&*self.store, tenant.id).await? {
            let user = || format!("resource server {}", server.audience);
            check(&server.claims_policy, (name, attribute), user)?;
        }
        Ok(())
    }
}

fn check(
    policy: &ClaimsPolicy,
    (name, attribute): (&AttributeName, Option<&Attribute>),
    user: impl FnOnce() -> String,
) -> Result<(), AdminError> {
    let mappings = policy.mappings.iter().filter(|mapping| mapping.names(name));
    let own = ClaimsPolicy {
        mappings: mappings.cloned().collect(),
        ..ClaimsPolicy::none()
    };
    let checked = own.check_attributes(|_| attribute);
    checked.map_err(|error| AdminError::AttributeUsed(user(), error.rule))
}
