//! Admin role administration.

use super::definitions;
use super::events::{Done, EventSource};
use super::fields::Fields;
use super::reach::administrators;
use super::replies::with_reply;
use super::{AdminError, Conflict, Missing, TRIES, check_version, may};
use crate::definitions::stored;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::administration::role::{AdminRole, InvalidRole, RoleName, SHIPPED};
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission, Permissions};
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, Clock, Definition, EventRecord, Race, Slice, Store};
use std::sync::Arc;

/// Admin role administration commands.
pub struct RoleAdmin<S> {
    /// Admin roles.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

/// New values of an admin role. `None` keeps the current value.
#[derive(Clone, Debug, Default)]
pub struct RoleChange {
    /// Description.
    pub description: Option<String>,
    /// Permissions.
    pub permissions: Option<Permissions>,
    /// Set of files that declares the role, or none.
    pub managed_by: Option<Option<ManagedBy>>,
}

impl RoleChange {
    /// Applies the change to an admin role.
    pub fn apply(&self, role: &mut AdminRole) {
        if let Some(description) = &self.description {
            role.description.clone_from(description);
        }
        if let Some(permissions) = self.permissions {
            role.permissions = permissions;
        }
        if let Some(managed_by) = &self.managed_by {
            role.managed_by.clone_from(managed_by);
        }
    }
}

/// Returns a shipped role. Its creation time and version are 0.
fn shipped(name: &str) -> Option<AdminRole> {
    let role = AdminRole::shipped(name)?;
    let name = RoleName::parse(role.name).ok()?;
    Some(AdminRole {
        description: role.description.to_owned(),
        permissions: role.permissions,
        ..AdminRole::new(name, Timestamp::from_unix_seconds(0))
    })
}

impl<S: Store> RoleAdmin<S> {
    /// Returns a slice of all admin roles, shipped and custom, ordered by name.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<AdminRole>, AdminError> {
        may(operator, Permission::RolesRead)?;
        let (key, limit) = (after.key.clone(), after.limit);
        let custom: Slice<AdminRole> = stored::list(&*self.store, tenant.id, after).await?;
        let mut items = custom.items;
        let last = items.last().filter(|_| custom.has_more);
        let last = last.map(|role| role.name.as_str().to_owned());
        let follows = |name: &str| {
            key.as_deref().is_none_or(|key| name > key)
                && last.as_deref().is_none_or(|last| name < last)
        };
        let own = SHIPPED.iter().filter(|role| follows(role.name));
        items.extend(own.filter_map(|role| shipped(role.name)));
        items.sort_by(|one, other| one.name.cmp(&other.name));
        let mut slice = Slice::of(items, limit);
        slice.has_more |= custom.has_more;
        Ok(slice)
    }

    /// Finds an admin role by its name.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &str,
    ) -> Result<AdminRole, AdminError> {
        may(operator, Permission::RolesRead)?;
        self.stored(tenant, name).await
    }

    /// Creates an admin role. The operator must have all its permissions.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: RoleName,
        change: &RoleChange,
    ) -> Result<AdminRole, AdminError> {
        may(operator, Permission::RolesWrite)?;
        let now = self.clock.now();
        let mut role = AdminRole::new(name, now);
        change.apply(&mut role);
        role.check()?;
        operator.may_affect(role.permissions)?;
        // An earlier role with this name may have been granted while it was deleted.
        let all = administrators(&*self.store, tenant).await?;
        if all.is_held(role.name.as_str()) {
            return Err(Conflict::RoleHeld.into());
        }
        let changes = Fields::of_admin_role(&role).since(&Fields::default());
        let event = self.event(
            tenant,
            operator,
            (Action::ADMIN_ROLE_CREATED, &role),
            changes,
        );
        role.version = 1;
        let event = with_reply(event, &role);
        let definition = Definition::AdminRole(role.clone());
        let inserted = self.store.insert_definition(tenant.id, &definition, &event);
        match inserted.await? {
            Race::Won => Ok(role),
            Race::Lost => Err(Conflict::RoleName.into()),
        }
    }

    /// Changes an admin role. The operator must have all its permissions, before and after. With `expected`, fails if
    /// the role has another version. Writes nothing if no field changes.
    pub async fn update(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &str,
        expected: Option<u64>,
        change: &RoleChange,
    ) -> Result<AdminRole, AdminError> {
        may(operator, Permission::RolesWrite)?;
        for _ in 0..TRIES {
            let before = self.changeable(tenant, name, expected).await?;
            let mut role = before.clone();
            change.apply(&mut role);
            operator.may_affect(before.permissions.and(role.permissions))?;
            let changes = Fields::of_admin_role(&role).since(&Fields::of_admin_role(&before));
            if changes.is_empty() {
                return Ok(before);
            }
            role.check()?;
            let event = self.event(
                tenant,
                operator,
                (Action::ADMIN_ROLE_UPDATED, &role),
                changes,
            );
            let definition = Definition::AdminRole(role.clone());
            let updated = self.store.update_definition(tenant.id, &definition, &event);
            if updated.await? == Race::Won {
                role.version += 1;
                return Ok(role);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Deletes an admin role. Fails if a user or client holds it. With `expected`, fails if the role has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &str,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may(operator, Permission::RolesWrite)?;
        for _ in 0..TRIES {
            let role = self.changeable(tenant, name, expected).await?;
            operator.may_affect(role.permissions)?;
            let all = administrators(&*self.store, tenant).await?;
            if all.is_held(name) {
                return Err(Conflict::RoleHeld.into());
            }
            let changes = Fields::default().since(&Fields::of_admin_role(&role));
            let action = Action::ADMIN_ROLE_DELETED;
            let event = self.event(tenant, operator, (action, &role), changes);
            if definitions::delete(&*self.store, tenant, &role, &event).await? == Race::Won {
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    async fn stored(&self, tenant: &Tenant, name: &str) -> Result<AdminRole, AdminError> {
        if let Some(role) = shipped(name) {
            return Ok(role);
        }
        match RoleName::parse(name) {
            Ok(name) => definitions::find(&*self.store, tenant, name.as_str()).await,
            Err(_) => Err(AdminError::NotFound(Missing::Role)),
        }
    }

    async fn changeable(
        &self,
        tenant: &Tenant,
        name: &str,
        expected: Option<u64>,
    ) -> Result<AdminRole, AdminError> {
        if AdminRole::shipped(name).is_some() {
            return Err(InvalidRole::Shipped.into());
        }
        let role = self.stored(tenant, name).await?;
        check_version(expected, role.version)?;
        Ok(role)
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, role): (Action, &AdminRole),
        changes: Vec<FieldChange>,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("admin_role", role.name.as_str()),
            changes,
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}
