//! Application roles of users and groups.

use crate::admin::{AdminError, Missing};
use crate::definitions::stored;
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_ports::{DefinitionRepository, StoreError};
use std::collections::BTreeMap;

/// Returns the new roles of a user or group, each bound to its resource server. Roles that were not held before must be
/// defined.
pub(in crate::admin) async fn bound_roles<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    before: &HeldRoles,
    after: &HeldRoles,
) -> Result<HeldRoles, AdminError> {
    after.check()?;
    let (mut before, mut bound) = (before.clone(), HeldRoles::default());
    for (audience, roles) in after.audiences() {
        let server = if audience.contains(char::is_control) {
            None
        } else {
            stored::find::<ResourceServer>(store, tenant.id, audience).await?
        };
        if let Some(server) = &server {
            before.drop_earlier(audience, server.id);
        }
        for role in roles {
            if !before.contains(audience, role) {
                let server = server.as_ref();
                let server = server.ok_or(AdminError::NotFound(Missing::ResourceServer))?;
                if !server.defines(role) {
                    return Err(AdminError::RoleUndefined(role.clone(), audience.to_owned()));
                }
            }
            bound.insert(audience, role.clone());
        }
        let earlier = before.servers().find(|(own, _)| *own == audience);
        let earlier = earlier.map(|(_, id)| id);
        bound.bind(audience, server.map_or(earlier, |server| server.id));
    }
    Ok(bound)
}

/// Removes the roles at resource servers that were deleted, if others with their audiences exist. They give nothing.
pub(in crate::admin) async fn drop_earlier_roles<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    all: Vec<&mut HeldRoles>,
) -> Result<(), StoreError> {
    let mut servers = BTreeMap::new();
    for held in all {
        let audiences: Vec<_> = held.audiences().map(|(own, _)| own.to_owned()).collect();
        for audience in audiences {
            if !servers.contains_key(&audience) {
                let found: Option<ResourceServer> =
                    stored::find(store, tenant.id, &audience).await?;
                servers.insert(audience.clone(), found);
            }
            if let Some(Some(server)) = servers.get(&audience) {
                held.drop_earlier(&audience, server.id);
            }
        }
    }
    Ok(())
}
