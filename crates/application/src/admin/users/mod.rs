//! User administration.

mod access;
mod attributes;
mod claims;
mod create;
mod delete;
mod edit;
mod factors;
mod invalid_attribute;
mod invalid_claim;
mod lists;
mod live;
mod membership;
mod own;
mod requests;

pub use attributes::AttributeChanges;
pub use claims::{ClaimChange, EditUser, GivenClaim};
pub use create::CreateUser;
pub use factors::{PasswordSet, TotpEnrollment};
pub use invalid_attribute::InvalidUserAttribute;
pub use invalid_claim::InvalidUserClaim;
pub use requests::FactorResets;

use super::claims::{hide_values, show_all};
use super::events::{Done, EventSource};
use super::fields::Fields;
use super::reach::{administrators, may_affect};
use super::{AdminError, Conflict, Missing, TRIES, may};
use crate::app::App;
use crate::sessions::Sessions;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::{Operator, Permission, Permissions};
use countersign_domain::identifier::UserId;
use countersign_domain::login::password;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{After, Clock, Entropy, OneTimeCodes, Race, Slice, UserKey, Vault};
use std::sync::Arc;

/// User administration commands.
pub struct UserAdmin<A: App> {
    /// Users, sessions, devices, factors and grants.
    pub store: Arc<A::Store>,
    /// Hashes passwords.
    pub passwords: Arc<A::PasswordHasher>,
    /// Seals the secrets of authenticator apps.
    pub vault: Arc<dyn Vault>,
    /// Creates `otpauth` URIs.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers and secrets.
    pub entropy: Arc<dyn Entropy>,
}

impl<A: App> UserAdmin<A> {
    /// Returns a slice of all users, ordered by identifier.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<UserId>,
    ) -> Result<Slice<User>, AdminError> {
        may(operator, Permission::UsersRead)?;
        let mut slice = self.store.list_users(tenant.id, after).await?;
        show_all(&*self.store, tenant, &mut slice.items).await?;
        Ok(slice)
    }

    /// Finds a user by identifier or email address, as typed.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: &str,
    ) -> Result<User, AdminError> {
        may(operator, Permission::UsersRead)?;
        let found = match (user.parse(), Email::parse(user)) {
            (Ok(id), _) => self.store.find_user(tenant.id, UserKey::Id(id)).await?,
            (_, Ok(email)) => {
                let key = UserKey::Email(&email);
                self.store.find_user(tenant.id, key).await?
            }
            _ => None,
        };
        self.shown(tenant, found.ok_or(AdminError::NotFound(Missing::User))?)
            .await
    }

    /// Enables a user, so they can sign in again.
    pub async fn enable(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
    ) -> Result<User, AdminError> {
        self.change(tenant, operator, id, |user| {
            user.enabled = true;
            Ok(())
        })
        .await
    }

    /// Disables a user: ends their sessions and notifies clients, removes their trusted devices and revokes their
    /// grants. Returns the number of revoked grants. Safe to retry after a failure.
    pub async fn disable(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        sessions: &Sessions<A>,
        id: UserId,
    ) -> Result<(User, u64), AdminError> {
        may(operator, Permission::UsersWrite)?;
        let all = administrators(&*self.store, tenant).await?;
        if all.holds(&Holder::User(id), AdminRole::OWNER) {
            return Err(Conflict::IsOwner.into());
        }
        let disabled = self.change(tenant, operator, id, |user| {
            user.enabled = false;
            Ok(())
        });
        let user = disabled.await?;
        let revoked = sessions.shut_out(tenant, id).await?;
        Ok((user, revoked))
    }

    /// Reads a user, applies a change, writes the result and returns it as operators see it. Retries if another command
    /// changed the user in the meantime. Writes nothing if no field changed.
    async fn change(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        change: impl Fn(&mut User) -> Result<(), AdminError> + Send + Sync,
    ) -> Result<User, AdminError> {
        may(operator, Permission::UsersWrite)?;
        for _ in 0..TRIES {
            let before = self.target(tenant, operator, id).await?;
            if let Some(user) = self.try_change(tenant, operator, before, &change).await? {
                return self.shown(tenant, user).await;
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Applies a change to a user and writes the result. Checks no permission. Returns `None` if another command changed
    /// the user in the meantime. Writes nothing if no field changed.
    async fn try_change(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        before: User,
        change: impl Fn(&mut User) -> Result<(), AdminError> + Send + Sync,
    ) -> Result<Option<User>, AdminError> {
        let mut user = before.clone();
        change(&mut user)?;
        let changes = Fields::of_user(&user).since(&Fields::of_user(&before));
        if changes.is_empty() {
            return Ok(Some(before));
        }
        let changes = hide_values(&*self.store, tenant, changes).await?;
        let done = Done {
            action: Action::USER_UPDATED,
            target: Party::new("user", user.id.to_string()),
            changes,
            at: self.clock.now(),
        };
        let event = self.events.record(tenant.id, operator, done);
        if self.store.update_user(tenant.id, &user, &event).await? == Race::Won {
            user.version += 1;
            return Ok(Some(user));
        }
        self.check_email(tenant, &user).await?;
        Ok(None)
    }

    /// Finds the user of a command. The operator must have all permissions of the user's admin roles,
    /// because an operator who controls a user's email address or a factor can sign in as this user.
    async fn target(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
    ) -> Result<User, AdminError> {
        let user = self.stored(tenant, id).await?;
        let holder = Holder::User(id);
        may_affect(&*self.store, tenant, operator, &holder, Permissions::NONE).await?;
        Ok(user)
    }

    async fn stored(&self, tenant: &Tenant, id: UserId) -> Result<User, AdminError> {
        let found = self.store.find_user(tenant.id, UserKey::Id(id)).await?;
        found.ok_or(AdminError::NotFound(Missing::User))
    }
}

fn check_password(password: &Secret) -> Result<(), AdminError> {
    if (1..=password::MOST).contains(&password.expose_secret().len()) {
        Ok(())
    } else {
        Err(AdminError::Password)
    }
}
