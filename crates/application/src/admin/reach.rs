//! Permissions of the targets of commands.

use super::{AdminError, may};
use crate::claims::stored_groups;
use crate::definitions::stored;
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::permission::Permissions;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::Client;
use countersign_domain::client::registration::InvalidRegistration;
use countersign_domain::tenant::Tenant;
use countersign_ports::{DefinitionKey, DefinitionRepository, StoreError, UserKey, UserRepository};
use std::collections::BTreeSet;

/// Returns all holders of admin roles.
pub(crate) async fn administrators<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
) -> Result<Administrators, StoreError> {
    let found = stored::find(store, tenant.id, DefinitionKey::ADMINISTRATORS).await?;
    Ok(found.unwrap_or_else(Administrators::new))
}

/// Returns the permissions of an admin role; `None` if no such role exists.
pub(crate) async fn permissions_of_role<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    name: &RoleName,
) -> Result<Option<Permissions>, StoreError> {
    if let Some(shipped) = AdminRole::shipped(name.as_str()) {
        return Ok(Some(shipped.permissions));
    }
    let role: Option<AdminRole> = stored::find(store, tenant.id, name.as_str()).await?;
    Ok(role.map(|role| role.permissions))
}

/// Returns the admin roles of a holder, of the groups of a user, and of all groups above these.
pub(crate) async fn roles_of<S: DefinitionRepository + UserRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    all: &Administrators,
    holder: &Holder,
) -> Result<BTreeSet<RoleName>, StoreError> {
    let mut holders = vec![holder.clone()];
    if all
        .holders
        .keys()
        .any(|own| matches!(own, Holder::Group(_)))
    {
        let groups = match holder {
            Holder::User(id) => {
                let user = store.find_user(tenant.id, UserKey::Id(*id)).await?;
                user.map(|user| user.groups).unwrap_or_default()
            }
            Holder::Group(name) => vec![name.clone()],
            Holder::Client(_) => Vec::new(),
        };
        let above = stored_groups(store, tenant.id, &groups).await?;
        let above = above.iter().map(|group| Holder::Group(group.name.clone()));
        holders.extend(above);
    }
    let held = holders.iter().filter_map(|own| all.holders.get(own));
    Ok(held.flat_map(|own| own.roles.iter().cloned()).collect())
}

/// Returns the permissions of all admin roles of a holder, of the groups of a user, and of all groups above these.
pub(crate) async fn permissions_of<S: DefinitionRepository + UserRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    all: &Administrators,
    holder: &Holder,
) -> Result<Permissions, StoreError> {
    let roles = roles_of(store, tenant, all, holder).await?;
    permissions_of_roles(store, tenant, &roles).await
}

/// Returns the permissions of admin roles.
pub(super) async fn permissions_of_roles<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    roles: &BTreeSet<RoleName>,
) -> Result<Permissions, StoreError> {
    let mut permissions = Permissions::NONE;
    for role in roles {
        let own = permissions_of_role(store, tenant, role).await?;
        permissions = permissions.and(own.unwrap_or_default());
    }
    Ok(permissions)
}

/// Checks that the operator has every permission that the target of a command has through its roles, or can obtain in
/// another way (`more`). A sensitive one requires a recent second factor.
pub(super) async fn may_affect<S: DefinitionRepository + UserRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    operator: &Operator,
    target: &Holder,
    more: Permissions,
) -> Result<(), AdminError> {
    let all = administrators(store, tenant).await?;
    let own = permissions_of(store, tenant, &all, target).await?;
    Ok(operator.may_affect(own.and(more))?)
}

/// Checks that the operator may change a client, given its state before and after the command.
pub(super) async fn may_change_client<S: DefinitionRepository + UserRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    operator: &Operator,
    before: &Client,
    after: &Client,
) -> Result<(), AdminError> {
    operator.may_for(Permission::ClientsWrite, before)?;
    if before.first_party || after.first_party || after.owner != before.owner {
        // Users of a first-party client see no consent page.
        may(operator, Permission::ClientsWrite)?;
    }
    if after.claims_policy != before.claims_policy {
        // Resource servers rely on the claims of access tokens.
        may(operator, Permission::ClientsWrite)?;
    }
    if after.upstream_providers != before.upstream_providers {
        // The tenant decides who signs users in.
        may(operator, Permission::ClientsWrite)?;
    }
    if after.token_exchange != before.token_exchange || after.may_act != before.may_act {
        // The tenant decides which APIs may pass on access of its users.
        may(operator, Permission::ClientsWrite)?;
    }
    let exchanges = !before.token_exchange.is_empty() || !after.token_exchange.is_empty();
    if exchanges && after.scope != before.scope {
        // The scope limits what exchanged tokens allow.
        may(operator, Permission::ClientsWrite)?;
    }
    if after.resources != before.resources || after.audience != before.audience {
        // A resource server accepts all tokens for its audience.
        may(operator, Permission::ClientsWrite)?;
    }
    let api = tenant.admin_api();
    if before.is_for_administration(&api) || after.is_for_administration(&api) {
        // The client receives tokens of operators, or becomes one that does.
        may(operator, Permission::ClientsWrite)?;
    }
    if after.dynamic.is_some() && after.names_admin_api(&api) {
        return Err(InvalidRegistration::DynamicAdministration.into());
    }
    let more = before.reach(&api).and(after.reach(&api));
    let target = Holder::Client(after.id.clone());
    may_affect(store, tenant, operator, &target, more).await
}
