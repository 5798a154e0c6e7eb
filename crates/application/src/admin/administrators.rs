//! Assignment of admin roles.

use super::definitions;
use super::events::{Done, EventSource};
use super::reach::{administrators, permissions_of, permissions_of_role};
use super::{AdminError, Conflict, Missing, TRIES, may};
use countersign_domain::administration::administrators::{
    Administrators, Assignment, InvalidAssignment,
};
use countersign_domain::administration::group::Group;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::RoleName;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission, Permissions};
use countersign_domain::client::ClientType;
use countersign_domain::tenant::Tenant;
use countersign_ports::{Clock, Definition, Race, Store, UserKey};
use std::borrow::Cow;
use std::sync::Arc;

/// Commands that grant and revoke admin roles.
pub struct AdministratorAdmin<S> {
    /// Holders of admin roles.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> AdministratorAdmin<S> {
    /// Returns all holders of admin roles.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
    ) -> Result<Administrators, AdminError> {
        may(operator, Permission::RolesRead)?;
        Ok(administrators(&*self.store, tenant).await?)
    }

    /// Grants an admin role to a user, a confidential client or a group. The operator must have all permissions of the role and
    /// of the holder. `without_second_factor` lets a client run sensitive commands, and replaces the value of an
    /// earlier grant.
    pub async fn grant(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        holder: &Holder,
        role: &RoleName,
        without_second_factor: bool,
    ) -> Result<Assignment, AdminError> {
        may(operator, Permission::RolesWrite)?;
        self.exists(tenant, holder).await?;
        let granted = permissions_of_role(&*self.store, tenant, role).await?;
        let granted = granted.ok_or(AdminError::NotFound(Missing::Role))?;
        let action = Action::ADMIN_ROLE_GRANTED;
        let changed = self.change(tenant, operator, (action, holder), granted, |all| {
            all.grant(holder, role.clone(), without_second_factor)
        });
        let assignment = changed.await?;
        // A concurrent command may have deleted or disabled the holder before the role was stored. A deletion after
        // that finds the role.
        let exists = self.exists(tenant, holder).await;
        if let Err(AdminError::NotFound(_) | AdminError::Conflict(_)) = exists {
            self.revoke(tenant, operator, holder, Some(role)).await?;
        }
        exists.map(|()| assignment)
    }

    /// Revokes an admin role, or all admin roles of the holder. The operator must have all permissions of the holder.
    /// Fails if it would remove the last owner.
    pub async fn revoke(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        holder: &Holder,
        role: Option<&RoleName>,
    ) -> Result<Assignment, AdminError> {
        may(operator, Permission::RolesWrite)?;
        let action = Action::ADMIN_ROLE_REVOKED;
        self.change(
            tenant,
            operator,
            (action, holder),
            Permissions::NONE,
            |all| all.revoke(holder, role),
        )
        .await
    }

    async fn change(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, holder): (Action, &Holder),
        granted: Permissions,
        change: impl Fn(&mut Administrators) -> Result<(), InvalidAssignment> + Send + Sync,
    ) -> Result<Assignment, AdminError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let mut all = administrators(&*self.store, tenant).await?;
            let own = permissions_of(&*self.store, tenant, &all, holder).await?;
            operator.may_affect(own.and(granted))?;
            let before = all.holders.get(holder).cloned().unwrap_or_default();
            change(&mut all)?;
            let after = all.holders.get(holder).cloned().unwrap_or_default();
            if before == after {
                return Ok(after);
            }
            let done = Done {
                action: action.clone(),
                target: party(holder),
                changes: changes(&before, &after),
                at: now,
            };
            let event = self.events.record(tenant.id, operator, done);
            let is_first = all.version == 0;
            if is_first {
                all.created_at = now;
            }
            let all = Definition::Administrators(all);
            let written = if is_first {
                self.store
                    .insert_definition(tenant.id, &all, &event)
                    .await?
            } else {
                self.store
                    .update_definition(tenant.id, &all, &event)
                    .await?
            };
            if written == Race::Won {
                return Ok(after);
            }
        }
        Err(Conflict::Changed.into())
    }

    async fn exists(&self, tenant: &Tenant, holder: &Holder) -> Result<(), AdminError> {
        match holder {
            Holder::User(id) => {
                let found = self.store.find_user(tenant.id, UserKey::Id(*id)).await?;
                match found {
                    Some(user) if user.enabled => Ok(()),
                    Some(_) => Err(Conflict::UserDisabled.into()),
                    None => Err(AdminError::NotFound(Missing::User)),
                }
            }
            Holder::Client(id) => match self.store.find_client(tenant.id, id).await? {
                Some(client) if client.client_type == ClientType::Confidential => Ok(()),
                Some(_) => Err(Conflict::PublicClient.into()),
                None => Err(AdminError::NotFound(Missing::Client)),
            },
            Holder::Group(name) => {
                let found = definitions::find::<Group>(&*self.store, tenant, name.as_str());
                found.await.map(drop)
            }
        }
    }
}

/// Converts a holder to the operator or the target of an event.
pub(crate) fn party(holder: &Holder) -> Party {
    match holder {
        Holder::User(id) => Party::new("user", id.to_string()),
        Holder::Client(id) => Party::new("client", id.as_str()),
        Holder::Group(name) => Party::new("group", name.as_str()),
    }
}

/// Returns the changed fields of an assignment.
pub(super) fn changes(before: &Assignment, after: &Assignment) -> Vec<FieldChange> {
    let roles = |own: &Assignment| {
        let names: Vec<_> = own.roles.iter().map(RoleName::as_str).collect();
        names.join(" ")
    };
    let exempt = |own: &Assignment| own.without_second_factor.to_string();
    let pairs = [
        ("admin_roles", roles(before), roles(after)),
        ("without_second_factor", exempt(before), exempt(after)),
    ];
    let changed = pairs
        .into_iter()
        .filter(|(_, before, after)| before != after);
    changed
        .map(|(field, before, after)| FieldChange {
            field: Cow::Borrowed(field),
            before: Some(before).filter(|text| !text.is_empty()),
            after: Some(after).filter(|text| !text.is_empty()),
        })
        .collect()
}
