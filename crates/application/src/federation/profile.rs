//! What a sign-in at a provider changes in an account.

use super::Federation;
use crate::admin::reach::{administrators, roles_of};
use crate::app::App;
use crate::failure::Failure;
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::federation::account::UpstreamUser;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use std::collections::BTreeSet;
use std::sync::Arc;

impl<A: App> Federation<A> {
    /// Sets profile, groups and application roles of a user to what the provider says. Returns the user.
    pub(crate) async fn update(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        upstream: &UpstreamUser,
        before: User,
    ) -> Result<User, Failure> {
        let mut after = before.clone();
        upstream.put_profile(&mut after);
        self.put_groups_and_roles(tenant, provider, upstream, &mut after)
            .await?;
        let change = |user: &mut User| {
            user.name.clone_from(&after.name);
            user.profile.clone_from(&after.profile);
            user.groups.clone_from(&after.groups);
            user.roles.clone_from(&after.roles);
        };
        self.users
            .update_upstream(tenant, provider, before, change)
            .await
    }

    /// Sets groups and application roles of a user. Groups that do not exist or give admin roles, and roles that are not
    /// defined, are left out.
    pub(super) async fn put_groups_and_roles(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        upstream: &UpstreamUser,
        user: &mut User,
    ) -> Result<(), Failure> {
        if let Some(table) = &provider.groups {
            let all = administrators(&*self.store, tenant).await?;
            let mut changeable = BTreeSet::new();
            for group in table.all() {
                if self.may_give(tenant, &all, group).await? {
                    changeable.insert(group.clone());
                }
            }
            let may_change = |group: &GroupName| changeable.contains(group);
            user.groups = provider.groups_after(upstream, &user.groups, may_change);
        }
        if provider.roles.is_some() {
            user.roles = self.roles(tenant, provider, upstream, &user.roles).await?;
        }
        Ok(())
    }

    /// Returns whether a provider may give a group: it exists, and neither it nor a group above it holds admin roles.
    async fn may_give(
        &self,
        tenant: &Tenant,
        all: &Administrators,
        group: &GroupName,
    ) -> Result<bool, Failure> {
        let found: Option<Arc<Group>> = self.definitions.find(tenant.id, group.as_str()).await?;
        if found.is_none() {
            return Ok(false);
        }
        let holder = Holder::Group(group.clone());
        Ok(roles_of(&*self.store, tenant, all, &holder)
            .await?
            .is_empty())
    }

    async fn roles(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        upstream: &UpstreamUser,
        present: &HeldRoles,
    ) -> Result<HeldRoles, Failure> {
        let mut present = present.clone();
        let mut servers = Vec::new();
        for at in &upstream.roles {
            let found: Option<Arc<ResourceServer>> =
                self.definitions.find(tenant.id, &at.audience).await?;
            if let Some(server) = found {
                present.drop_earlier(&at.audience, server.id);
                servers.push(server);
            }
        }
        let mut upstream = upstream.clone();
        upstream.roles.retain(|at| {
            let mut own = servers.iter();
            own.any(|server| server.audience == at.audience && server.defines(&at.role))
        });
        let mut after = provider.roles_after(&upstream, &present);
        for server in servers {
            after.bind(&server.audience, server.id);
        }
        Ok(after)
    }
}
