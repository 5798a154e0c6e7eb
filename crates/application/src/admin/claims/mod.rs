//! Application roles and claims policies in commands, and the preview of claims.

mod preview;

pub use preview::{ClaimsAdmin, Preview, PreviewedClaim};

use super::{AdminError, Missing, definitions};
use crate::definitions::stored;
use countersign_domain::claims::policy::{ClaimsPolicy, PolicyOwner};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_ports::DefinitionRepository;
use std::collections::BTreeMap;

/// Checks that the roles that a user or group did not hold before are defined.
pub(super) async fn check_roles<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    before: &HeldRoles,
    after: &HeldRoles,
) -> Result<(), AdminError> {
    after.check()?;
    for (audience, role) in after.since(before) {
        if audience.contains(char::is_control) {
            return Err(AdminError::NotFound(Missing::ResourceServer));
        }
        let server: ResourceServer = definitions::find(store, tenant, audience).await?;
        if !server.roles.iter().any(|own| own.name == *role) {
            return Err(AdminError::RoleUndefined(role.clone(), audience.to_owned()));
        }
    }
    Ok(())
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
            && let Some(attribute) = stored::find(store, tenant.id, name.as_str()).await?
        {
            attributes.insert(name.clone(), attribute);
        }
    }
    Ok(policy.check_attributes(|name| attributes.get(name))?)
}
