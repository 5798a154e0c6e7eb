//! Membership of users in groups.

use super::UserAdmin;
use crate::admin::reach::may_affect;
use crate::admin::{AdminError, Conflict, Missing, TRIES, definitions, may};
use crate::app::App;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::permission::Permissions;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use std::sync::atomic::{AtomicBool, Ordering};

impl<A: App> UserAdmin<A> {
    /// Adds a user to a group. The operator must have all permissions of the user and of the group's admin roles.
    pub async fn add_to_group(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        name: &GroupName,
    ) -> Result<User, AdminError> {
        let has_joined = AtomicBool::new(false);
        let add = |user: &mut User| {
            let is_member = user.groups.contains(name);
            has_joined.store(!is_member, Ordering::Relaxed);
            if is_member {
                return Ok(());
            }
            if user.groups.len() >= User::MAX_GROUPS {
                return Err(Conflict::TooManyGroups.into());
            }
            user.groups.push(name.clone());
            Ok(())
        };
        let user = self.change_groups(tenant, operator, (id, name), add);
        let user = user.await?;
        // A role may have been granted to the group between the check and the change.
        let holder = Holder::Group(name.clone());
        let checked = may_affect(&*self.store, tenant, operator, &holder, Permissions::NONE).await;
        // Only the membership that this command has added is taken back.
        if has_joined.into_inner() && matches!(checked, Err(AdminError::Refused(_))) {
            let leave = |user: &mut User| {
                user.groups.retain(|own| own != name);
                Ok(())
            };
            self.change_unchecked(tenant, operator, id, leave).await?;
        }
        checked.map(|()| user)
    }

    /// Removes a user from a group. The operator must have all permissions of the user and of the group's admin roles.
    pub async fn remove_from_group(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        name: &GroupName,
    ) -> Result<User, AdminError> {
        let remove = |user: &mut User| {
            if !user.groups.contains(name) {
                return Err(AdminError::NotFound(Missing::Member));
            }
            user.groups.retain(|own| own != name);
            Ok(())
        };
        self.change_groups(tenant, operator, (id, name), remove)
            .await
    }

    async fn change_groups(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (id, name): (UserId, &GroupName),
        change: impl Fn(&mut User) -> Result<(), AdminError> + Send + Sync,
    ) -> Result<User, AdminError> {
        may(operator, Permission::GroupsWrite)?;
        let holder = Holder::Group(name.clone());
        for _ in 0..TRIES {
            let before = self.target(tenant, operator, id).await?;
            definitions::find::<Group>(&*self.store, tenant, name.as_str()).await?;
            may_affect(&*self.store, tenant, operator, &holder, Permissions::NONE).await?;
            if let Some(user) = self.try_change(tenant, operator, before, &change).await? {
                return self.shown(tenant, user).await;
            }
        }
        Err(Conflict::Changed.into())
    }
}
