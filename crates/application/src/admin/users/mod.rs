//! Users: created, edited, disabled.

mod claims;
mod factors;

pub use claims::{ClaimChange, GivenClaim, InvalidUserClaim};
pub use factors::{PasswordSet, TotpEnrollment};

use super::events::{Done, EventSource};
use super::fields::{Fields, redacted};
use super::{AdminError, Conflict, Missing, TRIES, may};
use crate::sessions::Sessions;
use claims::{check_name, put_into};
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::identifier::UserId;
use countersign_domain::later::LaterMembers;
use countersign_domain::login::password;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::profile::Profile;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, Clock, Entropy, OneTimeCodes, PasswordHasher, Race, Signer, Slice, Store, UserKey, Vault,
};
use std::sync::Arc;

/// A user who is to be created.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// E-mail address to sign in with.
    pub email: Email,
    /// Display name.
    pub name: Option<String>,
    /// Claims.
    pub claims: Vec<ClaimChange>,
    /// Password; with `None`, the server makes one.
    pub password: Option<Secret>,
}

/// The commands about users.
pub struct UserAdmin<S, P> {
    /// Users and everything that belongs to them.
    pub store: Arc<S>,
    /// Hashes passwords.
    pub passwords: Arc<P>,
    /// Seals the secrets of authenticator apps.
    pub vault: Arc<dyn Vault>,
    /// Makes the URIs of authenticator apps.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Events of the commands.
    pub events: Arc<EventSource>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers and secrets.
    pub entropy: Arc<dyn Entropy>,
}

impl<S: Store, P: PasswordHasher> UserAdmin<S, P> {
    /// A slice of all users, in the order of their ids.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<UserId>,
    ) -> Result<Slice<User>, AdminError> {
        may(operator, Permission::UsersRead)?;
        Ok(self.store.list_users(tenant.id, after).await?)
    }

    /// The user of an id or an e-mail address as it was typed.
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
        found.ok_or(AdminError::NotFound(Missing::User))
    }

    /// Creates a user. The password is returned if the server made it.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        new: CreateUser,
    ) -> Result<(User, Option<Secret>), AdminError> {
        may(operator, Permission::UsersWrite)?;
        let CreateUser {
            email,
            name,
            claims,
            password,
        } = new;
        let now = self.clock.now();
        let (password, generated) = self.password_or_new(password);
        check_password(&password)?;
        let checked = name.as_deref().map_or(Ok(()), check_name);
        checked.map_err(|error| AdminError::Claim(StandardClaim::Name, error))?;
        let mut user = User {
            id: UserId::from_bytes(self.entropy.time_ordered_id()),
            email,
            email_verified: false,
            name,
            profile: Profile::default(),
            enabled: true,
            password_hash: None,
            sealed_totp_secret: None,
            created_at: now,
            version: 0,
            later: LaterMembers::default(),
        };
        if !claims.is_empty() {
            put_into(&mut user, &claims)?;
            user.profile.updated_at = Some(now);
        }
        user.password_hash = Some(self.passwords.hash(&password).await?);
        let mut changes = Fields::of_user(&user).since(&Fields::default());
        changes.push(redacted("password", false, true));
        let done = Done {
            action: Action::USER_CREATED,
            target: Party::new("user", user.id.to_string()),
            changes,
            at: now,
        };
        let event = self.events.record(tenant.id, operator, done);
        if self
            .store
            .insert_user(tenant.id, &user, Some(&event))
            .await?
            == Race::Lost
        {
            return Err(Conflict::Email.into());
        }
        user.version = 1;
        Ok((user, generated.then_some(password)))
    }

    /// Enables a user: they may sign in again.
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

    /// Disables a user: ends their sessions, with notifications to clients, forgets their devices and revokes their
    /// grants. Returns the number of grants. It may be run again if a part of it failed.
    pub async fn disable<G: Signer>(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        sessions: &Sessions<S, G>,
        id: UserId,
    ) -> Result<(User, u64), AdminError> {
        let disabled = self.change(tenant, operator, id, |user| {
            user.enabled = false;
            Ok(())
        });
        let user = disabled.await?;
        let revoked = self.shut_out(tenant, sessions, id).await?;
        Ok((user, revoked))
    }

    /// Sets claims of a user.
    pub async fn set_claims(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        claims: &[ClaimChange],
    ) -> Result<User, AdminError> {
        let now = self.clock.now();
        self.change(tenant, operator, id, |user| {
            put_into(user, claims)?;
            user.profile.updated_at = Some(now);
            Ok(())
        })
        .await
    }

    /// Reads a user, changes them and writes them back; again if another command was faster. A change of nothing is not
    /// written.
    async fn change(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        change: impl Fn(&mut User) -> Result<(), AdminError> + Send + Sync,
    ) -> Result<User, AdminError> {
        may(operator, Permission::UsersWrite)?;
        let now = self.clock.now();
        for _ in 0..TRIES {
            let before = self.stored(tenant, id).await?;
            let mut user = before.clone();
            change(&mut user)?;
            let changes = Fields::of_user(&user).since(&Fields::of_user(&before));
            if changes.is_empty() {
                return Ok(before);
            }
            let done = Done {
                action: Action::USER_UPDATED,
                target: Party::new("user", id.to_string()),
                changes,
                at: now,
            };
            let event = self.events.record(tenant.id, operator, done);
            if self.store.update_user(tenant.id, &user, &event).await? == Race::Won {
                user.version += 1;
                return Ok(user);
            }
        }
        Err(Conflict::Changed.into())
    }

    async fn stored(&self, tenant: &Tenant, id: UserId) -> Result<User, AdminError> {
        let found = self.store.find_user(tenant.id, UserKey::Id(id)).await?;
        found.ok_or(AdminError::NotFound(Missing::User))
    }

    /// Signs a user out everywhere. It comes after the change of the user's row, so that nothing new can follow. No part
    /// that fails keeps another from being done.
    async fn shut_out<G: Signer>(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<S, G>,
        id: UserId,
    ) -> Result<u64, AdminError> {
        let devices = self.store.remove_devices(tenant.id, id).await;
        let revoked = sessions.shut_out(tenant, id).await?;
        devices?;
        Ok(revoked)
    }
}

fn check_password(password: &Secret) -> Result<(), AdminError> {
    if (1..=password::MOST).contains(&password.expose_secret().len()) {
        Ok(())
    } else {
        Err(AdminError::Password)
    }
}
