//! Groups above a group, and roles of its members.

use super::GroupAdmin;
use crate::admin::claims::bound_roles;
use crate::admin::reach::{group as find, may_affect};
use crate::admin::{AdminError, Conflict};
use crate::claims::stored_groups;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::permission::Permissions;
use countersign_domain::audit::operator::Operator;
use countersign_domain::claims::groups::EffectiveGroups;
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Definition, DefinitionKind, Store};

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
            find(&*self.store, tenant, parent).await?;
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
        let mut after = After::start();
        loop {
            let kind = DefinitionKind::Group;
            let groups = self.store.list_definitions(tenant.id, kind, after).await?;
            let mut last = None;
            for definition in groups.items {
                if let Definition::Group(group) = definition {
                    if group.parents.contains(name) {
                        return Err(Conflict::GroupIsParent.into());
                    }
                    last = Some(group.name.as_str().to_owned());
                }
            }
            match last {
                Some(last) if groups.has_more => after = After::key(last),
                _ => return Ok(()),
            }
        }
    }
}
