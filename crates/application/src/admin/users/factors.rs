//! Passwords and authenticator apps, set by an operator.

use super::{UserAdmin, check_password};
use crate::admin::events::Done;
use crate::admin::fields::redacted;
use crate::admin::{AdminError, Missing, may, random_secret};
use crate::app::App;
use crate::one_time_code::totp_context;
use crate::sessions::Sessions;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::identifier::UserId;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{After, EventRecord, Race};

/// Result of setting a password.
#[derive(Debug)]
pub struct PasswordSet {
    /// The user.
    pub user: User,
    /// Password, if it was generated. It is shown only once.
    pub password: Option<Secret>,
    /// Number of revoked grants.
    pub revoked: u64,
}

/// Result of setting up an authenticator app.
pub struct TotpEnrollment {
    /// The user.
    pub user: User,
    /// Secret of the app. It is shown only once.
    pub secret: [u8; 20],
    /// `otpauth` URI for the QR code.
    pub uri: String,
}

impl std::fmt::Debug for TotpEnrollment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpEnrollment(..)")
    }
}

impl<A: App> UserAdmin<A> {
    /// Sets a user's password, or generates one. Ends the user's sessions, removes their trusted devices and revokes
    /// their grants.
    pub async fn set_password(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        sessions: &Sessions<A>,
        id: UserId,
        password: Option<Secret>,
    ) -> Result<PasswordSet, AdminError> {
        may(operator, Permission::UsersResetFactors)?;
        let (password, generated) = self.password_or_new(password);
        check_password(&password)?;
        let mut user = self.target(tenant, operator, id).await?;
        let hash = self.passwords.hash(&password).await?;
        let change = redacted("password", user.password_hash.is_some(), true);
        let event = self.factor_event(tenant, operator, (Action::USER_PASSWORD_SET, id), change);
        let set = self.store.set_password_hash(tenant.id, id, &hash, &event);
        if set.await? == Race::Lost {
            return Err(AdminError::NotFound(Missing::User));
        }
        user.password_hash = Some(hash);
        let revoked = sessions.shut_out(tenant, id).await?;
        Ok(PasswordSet {
            user: self.shown(tenant, user).await?,
            password: generated.then_some(password),
            revoked,
        })
    }

    /// Sets up an authenticator app for a user, replacing any earlier one. Removes recovery codes and trusted devices,
    /// which belong to the earlier one.
    pub async fn enable_totp(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
    ) -> Result<TotpEnrollment, AdminError> {
        may(operator, Permission::UsersResetFactors)?;
        let mut secret = [0; 20];
        self.entropy.fill(&mut secret);
        let sealed = self.vault.seal(tenant.id, &totp_context(id), &secret);
        let user = self.set_totp(tenant, operator, id, Some(sealed)).await?;
        let (name, email) = (&tenant.settings.name, user.email.as_str());
        let uri = self.one_time_codes.enrollment_uri(&secret, name, email);
        Ok(TotpEnrollment { user, secret, uri })
    }

    /// Removes a user's second factors: authenticator app, passkeys, recovery codes and trusted devices. Ends the
    /// user's sessions and revokes their grants, because a lost device may hold them. Returns the number of revoked
    /// grants.
    pub async fn reset_factors(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        sessions: &Sessions<A>,
        id: UserId,
    ) -> Result<(User, u64), AdminError> {
        may(operator, Permission::UsersResetFactors)?;
        self.remove_own_factors(tenant, operator, sessions, id)
            .await
    }

    /// Does the same for a user who may remove them, without a check of permissions.
    pub(crate) async fn remove_own_factors(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        sessions: &Sessions<A>,
        id: UserId,
    ) -> Result<(User, u64), AdminError> {
        let user = self.set_totp(tenant, operator, id, None).await?;
        let revoked = sessions.shut_out(tenant, id).await?;
        // The holder of a lost device may have enrolled a factor before the session ended.
        let passkeys = self.store.list_passkeys(tenant.id, id, After::start());
        let passkeys = passkeys.await?;
        let has_totp = self
            .target(tenant, operator, id)
            .await?
            .sealed_totp_secret
            .is_some();
        if has_totp || !passkeys.items.is_empty() {
            self.set_totp(tenant, operator, id, None).await?;
        }
        let more = sessions.shut_out(tenant, id).await?;
        Ok((user, revoked + more))
    }

    async fn set_totp(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        sealed: Option<Vec<u8>>,
    ) -> Result<User, AdminError> {
        let mut user = self.target(tenant, operator, id).await?;
        let was_set = user.sealed_totp_secret.is_some();
        let change = redacted("totp_secret", was_set, sealed.is_some());
        let action = match &sealed {
            Some(_) => Action::USER_TOTP_SET,
            None => Action::USER_FACTORS_RESET,
        };
        let event = self.factor_event(tenant, operator, (action, id), change);
        let set = self
            .store
            .reset_factors(tenant.id, id, sealed.as_deref(), &event);
        match set.await? {
            Race::Won => {
                user.sealed_totp_secret = sealed;
                self.shown(tenant, user).await
            }
            Race::Lost => Err(AdminError::NotFound(Missing::User)),
        }
    }

    /// Returns the given password or generates one, and whether it was generated.
    pub(super) fn password_or_new(&self, password: Option<Secret>) -> (Secret, bool) {
        let generated = password.is_none();
        let password = password.unwrap_or_else(|| random_secret(&*self.entropy));
        (password, generated)
    }

    fn factor_event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, id): (Action, UserId),
        change: FieldChange,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("user", id.to_string()),
            changes: vec![change],
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}
