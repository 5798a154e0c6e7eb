//! Administration of groups. [`UserAdmin`](super::users::UserAdmin) adds and removes members.

mod nesting;

use super::claims::{drop_earlier_roles, show_all};
use super::definitions;
use super::events::{Done, EventSource};
use super::fields::Fields;
use super::reach::{administrators, may_affect};
use super::replies::with_reply;
use super::{AdminError, Conflict, TRIES, check_version, may};
use crate::definitions::stored;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::administration::permission::Permissions;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::{After, Clock, Definition, EventRecord, Race, Slice, Store};
use std::collections::BTreeSet;
use std::sync::Arc;

/// New values of a group. `None` keeps the current value.
#[derive(Clone, Debug, Default)]
pub struct GroupChange {
    /// Description.
    pub description: Option<String>,
    /// Parents.
    pub parents: Option<BTreeSet<GroupName>>,
    /// Application roles of the members.
    pub roles: Option<HeldRoles>,
    /// Set of files that declares the group, or none.
    pub managed_by: Option<Option<ManagedBy>>,
}

impl GroupChange {
    /// Applies the change to a group.
    pub fn apply(&self, group: &mut Group) {
        if let Some(description) = &self.description {
            group.description.clone_from(description);
        }
        if let Some(parents) = &self.parents {
            group.parents.clone_from(parents);
        }
        if let Some(roles) = &self.roles {
            group.roles.clone_from(roles);
        }
        if let Some(managed_by) = &self.managed_by {
            group.managed_by.clone_from(managed_by);
        }
    }
}

/// Commands for groups.
pub struct GroupAdmin<S> {
    /// Groups and their members.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> GroupAdmin<S> {
    /// Returns a slice of the groups, ordered by name.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<Group>, AdminError> {
        may(operator, Permission::GroupsRead)?;
        let mut slice: Slice<Group> = stored::list(&*self.store, tenant.id, after).await?;
        let roles = slice.items.iter_mut().map(|group| &mut group.roles);
        drop_earlier_roles(&*self.store, tenant, roles.collect()).await?;
        Ok(slice)
    }

    /// Finds a group by its name.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &GroupName,
    ) -> Result<Group, AdminError> {
        may(operator, Permission::GroupsRead)?;
        let mut found: Group = definitions::find(&*self.store, tenant, name.as_str()).await?;
        drop_earlier_roles(&*self.store, tenant, vec![&mut found.roles]).await?;
        Ok(found)
    }

    /// Returns a slice of the members of a group, ordered by ID.
    pub async fn members(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &GroupName,
        after: After<UserId>,
    ) -> Result<Slice<User>, AdminError> {
        may(operator, Permission::GroupsRead)?;
        may(operator, Permission::UsersRead)?;
        definitions::find::<Group>(&*self.store, tenant, name.as_str()).await?;
        let mut slice = self.store.list_members(tenant.id, name, after).await?;
        show_all(&*self.store, tenant, &mut slice.items).await?;
        Ok(slice)
    }

    /// Creates a group without members. Fails if a deleted group with this name still holds admin roles, or is a parent
    /// of another group.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: GroupName,
        change: &GroupChange,
    ) -> Result<Group, AdminError> {
        may(operator, Permission::GroupsWrite)?;
        let mut group = Group::new(name, self.clock.now());
        let nothing = group.clone();
        change.apply(&mut group);
        group.check()?;
        group.roles = self.bound(tenant, &nothing, &group).await?;
        self.holds_no_roles(tenant, &group.name).await?;
        self.is_no_parent(tenant, &group.name).await?;
        self.check_nesting(tenant, operator, &nothing, &group)
            .await?;
        let changes = Fields::of_group(&group).since(&Fields::default());
        let event = self.event(tenant, operator, (Action::GROUP_CREATED, &group), changes);
        group.version = 1;
        let event = with_reply(event, &group);
        let definition = Definition::Group(group.clone());
        let inserted = self.store.insert_definition(tenant.id, &definition, &event);
        match inserted.await? {
            Race::Won => Ok(group),
            Race::Lost => Err(Conflict::GroupName.into()),
        }
    }

    /// Changes a group. The operator must have all permissions of its admin roles. With `expected`,
    /// fails if the group has another version. Writes nothing if no field changes.
    pub async fn update(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &GroupName,
        expected: Option<u64>,
        change: &GroupChange,
    ) -> Result<Group, AdminError> {
        may(operator, Permission::GroupsWrite)?;
        for _ in 0..TRIES {
            let before = self.target(tenant, operator, name, expected).await?;
            let mut group = before.clone();
            change.apply(&mut group);
            if change.roles.is_some() {
                group.roles = self.bound(tenant, &before, &group).await?;
            }
            let changes = Fields::of_group(&group).since(&Fields::of_group(&before));
            if changes.is_empty() {
                return Ok(before);
            }
            group.check()?;
            self.check_nesting(tenant, operator, &before, &group)
                .await?;
            if self.replace(tenant, operator, (&before, &group)).await? == Race::Lost {
                continue;
            }
            group.version += 1;
            // A role may have been granted to a parent between the check and the change.
            let checked = self
                .may_affect_parents(tenant, operator, &before, &group)
                .await;
            if matches!(checked, Err(AdminError::Refused(_))) {
                let parents = before.parents.clone();
                let restored = Group {
                    parents,
                    ..group.clone()
                };
                let _ = self.replace(tenant, operator, (&group, &restored)).await?;
            }
            return checked.map(|()| group);
        }
        Err(Conflict::Changed.into())
    }

    /// Replaces a stored group.
    async fn replace(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (before, group): (&Group, &Group),
    ) -> Result<Race, AdminError> {
        let changes = Fields::of_group(group).since(&Fields::of_group(before));
        let event = self.event(tenant, operator, (Action::GROUP_UPDATED, group), changes);
        let definition = Definition::Group(group.clone());
        Ok(self
            .store
            .update_definition(tenant.id, &definition, &event)
            .await?)
    }

    /// Deletes a group. Fails if it has members, holds admin roles or is a parent of another group. With `expected`, fails if it has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &GroupName,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may(operator, Permission::GroupsWrite)?;
        for _ in 0..TRIES {
            let group = self.target(tenant, operator, name, expected).await?;
            self.holds_no_roles(tenant, name).await?;
            self.is_no_parent(tenant, name).await?;
            let first = After {
                key: None,
                limit: 1,
            };
            let members = self.store.list_members(tenant.id, name, first).await?;
            if !members.items.is_empty() {
                return Err(Conflict::GroupHasMembers.into());
            }
            let changes = Fields::default().since(&Fields::of_group(&group));
            let event = self.event(tenant, operator, (Action::GROUP_DELETED, &group), changes);
            if definitions::delete(&*self.store, tenant, &group, &event).await? == Race::Won {
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    async fn target(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &GroupName,
        expected: Option<u64>,
    ) -> Result<Group, AdminError> {
        let group: Group = definitions::find(&*self.store, tenant, name.as_str()).await?;
        let holder = Holder::Group(name.clone());
        may_affect(&*self.store, tenant, operator, &holder, Permissions::NONE).await?;
        check_version(expected, group.version)?;
        Ok(group)
    }

    async fn holds_no_roles(&self, tenant: &Tenant, name: &GroupName) -> Result<(), AdminError> {
        let all = administrators(&*self.store, tenant).await?;
        if all.holders.contains_key(&Holder::Group(name.clone())) {
            return Err(Conflict::GroupHoldsRoles.into());
        }
        Ok(())
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, group): (Action, &Group),
        changes: Vec<FieldChange>,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("group", group.name.as_str()),
            changes,
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}
