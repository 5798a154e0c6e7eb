//! Creation of users.

use super::attributes::apply;
use super::claims::check_name;
use super::{ClaimChange, EditUser, UserAdmin, check_password};
use crate::admin::claims::{bound_roles, hide_values};
use crate::admin::events::Done;
use crate::admin::fields::{Fields, redacted};
use crate::admin::replies::with_reply;
use crate::admin::{AdminError, Conflict, may};
use crate::app::App;
use crate::tenants::room;
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::claims::attribute::AttributeParty;
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::identifier::UserId;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::Race;
use countersign_ports::prelude::*;
use std::collections::BTreeMap;

/// User to create.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// Email address for signing in.
    pub email: Email,
    /// Display name.
    pub name: Option<String>,
    /// Claims.
    pub claims: Vec<ClaimChange>,
    /// Attributes.
    pub attributes: BTreeMap<AttributeName, AttributeValue>,
    /// Application roles.
    pub roles: HeldRoles,
    /// Password; `None` generates one.
    pub password: Option<Secret>,
}

impl CreateUser {
    /// Returns the user without a password. Validates name and claims.
    pub fn into_user(self, id: UserId, now: Timestamp) -> Result<User, AdminError> {
        let checked = self.name.as_deref().map_or(Ok(()), check_name);
        checked.map_err(|error| AdminError::Claim(StandardClaim::Name, error))?;
        let mut user = User {
            name: self.name,
            roles: self.roles,
            ..User::new(id, self.email, now)
        };
        let attributes = self.attributes.into_iter();
        let attributes = attributes
            .map(|(name, value)| (name, Some(value)))
            .collect();
        apply(&attributes, &mut user.attributes)?;
        user.roles.check()?;
        if !self.claims.is_empty() {
            EditUser::from(self.claims).put_into(&mut user, now)?;
        }
        Ok(user)
    }
}

impl<A: App> UserAdmin<A> {
    /// Creates a user. Returns the password if it was generated. A verified address needs the permission to reset
    /// factors, as in [`Self::edit`].
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        new: CreateUser,
    ) -> Result<(User, Option<Secret>), AdminError> {
        may(operator, Permission::UsersWrite)?;
        let now = self.clock.now();
        room::for_user(&*self.store, tenant, now).await?;
        let (password, generated) = self.password_or_new(new.password.clone());
        check_password(&password)?;
        let attributes = new.attributes.iter();
        let attributes = attributes.map(|(name, value)| (name.clone(), Some(value.clone())));
        self.check_attributes(tenant, AttributeParty::Admin, &attributes.collect())
            .await?;
        let (nothing, given) = (HeldRoles::default(), &new.roles);
        let roles = bound_roles(&*self.store, tenant, &nothing, given).await?;
        let new = CreateUser { roles, ..new };
        let id = UserId::from_bytes(self.entropy.time_ordered_id());
        let mut user = new.into_user(id, now)?;
        if user.email_verified {
            may(operator, Permission::UsersResetFactors)?;
        }
        user.password_hash = Some(self.passwords.hash(&password).await?);
        let mut changes = Fields::of_user(&user).since(&Fields::default());
        changes = hide_values(&*self.store, tenant, changes).await?;
        changes.push(redacted("password", false, true));
        let done = Done {
            action: Action::USER_CREATED,
            target: Party::new("user", user.id.to_string()),
            changes,
            at: now,
        };
        user.version = 1;
        let shown = self.shown(tenant, user.clone()).await?;
        let created = (shown, generated.then_some(password));
        let event = with_reply(self.events.record(tenant.id, operator, done), &created);
        let inserted = self.store.insert_user(tenant.id, &user, Some(&event));
        match inserted.await? {
            Race::Won => Ok(created),
            Race::Lost => Err(Conflict::Email.into()),
        }
    }
}
