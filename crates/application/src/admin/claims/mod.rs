//! Application roles, attributes and claims policies in commands, and the preview of claims.

mod held;
mod preview;
mod shown;

pub(super) use held::{bound_roles, drop_earlier_roles};
pub use preview::{ClaimsAdmin, Preview, PreviewedClaim};
pub(super) use shown::{hide_values, show_all};

use super::AdminError;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::policy::{ClaimsPolicy, PolicyOwner};
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_ports::{Definition, DefinitionKey, DefinitionRepository, StoreError};
use std::collections::BTreeMap;

/// Returns the stored resource server with this audience.
pub(super) async fn stored_server<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    audience: &str,
) -> Result<Option<ResourceServer>, StoreError> {
    let key = DefinitionKey::resource_server(audience);
    Ok(match store.find_definition(tenant.id, &key).await? {
        Some(Definition::ResourceServer(server)) => Some(server),
        _ => None,
    })
}

/// Returns the stored attribute with this name.
pub(super) async fn stored_attribute<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    name: &AttributeName,
) -> Result<Option<Attribute>, StoreError> {
    let key = DefinitionKey::attribute(name);
    Ok(match store.find_definition(tenant.id, &key).await? {
        Some(Definition::Attribute(attribute)) => Some(attribute),
        _ => None,
    })
}

/// Checks a changed policy, with the attributes that it names.
pub(super) async fn check_policy<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    owner: PolicyOwner<'_>,
    policy: &ClaimsPolicy,
) -> Result<(), AdminError> {
    policy.check(owner)?;
    let mut attributes = BTreeMap::new();
    for name in policy.attributes() {
        if !attributes.contains_key(name)
            && let Some(attribute) = stored_attribute(store, tenant, name).await?
        {
            attributes.insert(name.clone(), attribute);
        }
    }
    Ok(policy.check_attributes(|name| attributes.get(name))?)
}
