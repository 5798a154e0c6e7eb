//! Groups above a group, and roles of its members.

use super::GroupAdmin;
use crate::admin::claims::bound_roles;
use crate::admin::reach::may_affect;
use crate::admin::{AdminError, Conflict, definitions};
use crate::claims::stored_groups;
use crate::definitions::stored;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::permission::Permissions;
use countersign_domain::audit::operator::Operator;
use countersign_domain::claims::groups::EffectiveGroups;
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::tenant::Tenant;
use countersign_ports::Store;

impl<S: Store> GroupAdmin<S> {
    /// Returns the roles of a group, each bound to its resource server.
    pub(super) async fn bound(
        &self,
        tenant: &Tenant,
        before: &Group,
        group: &Group,
    ) -> Result<HeldRoles, AdminError> {
        bound_roles(&*self.store, tenant, &before.roles, &group.roles).await
    }

    /// Checks the parents of a group that differ from those before. The operator must have all permissions
    /// of the parents that are added or removed, because members of the group gain or lose them.
    pub(super) async fn check_nesting(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        before: &Group,
        group: &Group,
    ) -> Result<(), AdminError> {
        if group.parents == before.parents {
            return Ok(());
        }
        for parent in group.parents.difference(&before.parents) {
            definitions::find::<Group>(&*self.store, tenant, parent.as_str()).await?;
        }
        let direct: Vec<_> = group.parents.iter().cloned().collect();
        let above = stored_groups(&*self.store, tenant.id, &direct).await?;
        EffectiveGroups::check_parents(group, &above)?;
        self.may_affect_parents(tenant, operator, before, group)
            .await
    }

    /// Checks that the operator has all permissions of the parents that differ.
    pub(super) async fn may_affect_parents(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        before: &Group,
        group: &Group,
    ) -> Result<(), AdminError> {
        for parent in group.parents.symmetric_difference(&before.parents) {
            let holder = Holder::Group(parent.clone());
            may_affect(&*self.store, tenant, operator, &holder, Permissions::NONE).await?;
        }
        Ok(())
    }

    /// Checks that no group names this one as a parent.
    pub(super) async fn is_no_parent(
        &self,
        tenant: &Tenant,
        name: &GroupName,
    ) -> Result<(), AdminError> {
        let groups: Vec<Group> = stored::all(&*self.store, tenant.id).await?;
        if groups.iter().any(|group| group.parents.contains(name)) {
            return Err(Conflict::GroupIsParent.into());
        }
        Ok(())
    }
}
