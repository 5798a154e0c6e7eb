use super::Accounts;
use crate::app::App;
use crate::attempts::AttemptSource;
use crate::failure::Failure;
use crate::password::{self, Presented};
use crate::refusals;
use crate::sessions::{BrowserSessions, Sessions};
use crate::slices;
use countersign_domain::audit::event::Action;
use countersign_domain::identifier::DeviceId;
use countersign_domain::login::interaction::Recovered;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

/// Password that replaces another one.
struct Replacement<'a> {
    /// Hash of the replaced password.
    replaced: Option<&'a str>,
    new: &'a Secret,
    action: Action,
    revokes_grants: bool,
    /// Trusted devices that stay.
    devices: &'a [DeviceId],
}

impl<A: App> Accounts<A> {
    /// Changes a user's password. Requires the current password. A user without one must use [`Accounts::reset_password`],
    /// or needs only a recent sign-in if mail is not set up. Ends all other sessions, replaces the secret of this one,
    /// revokes all grants, and removes all trusted devices except `devices`, those of this browser. Returns the user with
    /// the new password.
    pub async fn change_password(
        &self,
        tenant: &Tenant,
        sessions: (&Sessions<A>, &mut BrowserSessions),
        (user, session): (&User, &Session),
        (present, new): (&Secret, &Secret),
        devices: &[DeviceId],
        source: AttemptSource<'_>,
    ) -> Result<User, Failure> {
        let now = self.clock.now();
        let replaced = if user.password_hash.is_some() {
            let presented = Presented {
                email: user.email.as_str(),
                password: present,
                source,
            };
            let adapters = (&*self.store, &*self.passwords);
            let checked = password::check(adapters, tenant, presented, now).await?;
            checked.password_hash
        } else if self.mailer.is_set_up() {
            return Err(refusals::RECOVERY_REQUIRED.into());
        } else {
            self.fresh(session)?;
            None
        };
        let replacement = Replacement {
            replaced: replaced.as_deref(),
            new,
            action: Action::USER_PASSWORD_CHANGED,
            revokes_grants: true,
            devices,
        };
        self.replace_password(tenant, sessions, (user, session), &replacement)
            .await
    }

    /// Sets a user's password without the current one, after a recovery ([`Recovered::may_reset`]). Ends all other
    /// sessions, replaces the secret of this one, and removes all trusted devices. Revokes all grants, unless the tenant
    /// keeps them. Returns the user with the new password.
    pub async fn reset_password(
        &self,
        tenant: &Tenant,
        sessions: (&Sessions<A>, &mut BrowserSessions),
        (user, session): (&User, &Session),
        (recovered, new): (&Recovered, &Secret),
    ) -> Result<User, Failure> {
        let has_passkey = slices::has_passkey(&*self.store, tenant.id, user.id).await?;
        recovered.may_reset(user, session, has_passkey, self.clock.now())?;
        let replacement = Replacement {
            replaced: user.password_hash.as_deref(),
            new,
            action: Action::USER_PASSWORD_RESET,
            revokes_grants: tenant.settings.recovery.revokes_grants,
            devices: &[],
        };
        self.replace_password(tenant, sessions, (user, session), &replacement)
            .await
    }

    async fn replace_password(
        &self,
        tenant: &Tenant,
        (sessions, browser): (&Sessions<A>, &mut BrowserSessions),
        (user, session): (&User, &Session),
        replacement: &Replacement<'_>,
    ) -> Result<User, Failure> {
        let now = self.clock.now();
        let name = user.name.as_deref().unwrap_or_default();
        let about = [user.email.as_str(), name];
        let hash =
            password::hash_new(self.new_passwords(), tenant, replacement.new, &about).await?;
        let replaced = replacement.replaced;
        let race = self
            .store
            .replace_password_hash(tenant.id, user.id, replaced, Some(&hash));
        if race.await? == Race::Lost {
            // The password was changed or the user was disabled in the meantime.
            return Err(Refusal::LoginFailed.into());
        }
        if replaced.is_none() && !self.is_still_live(tenant, session.id).await? {
            let removed = self
                .store
                .replace_password_hash(tenant.id, user.id, Some(&hash), None);
            let _ = removed.await?;
            return Err(Refusal::LoginFailed.into());
        }
        Self::did(replacement.action.clone(), user, session, &[]);
        // The old password no longer works, so the user cannot retry. Attempt all of the following steps even if one
        // fails.
        let secured = sessions.replace_secret(tenant, browser, session).await;
        let ended = sessions.end_all(tenant, user.id, Some(session.id)).await;
        let subject = user.id.into();
        let revoked = if replacement.revokes_grants {
            self.store.revoke_all(tenant.id, &subject, None, now).await
        } else {
            Ok(0)
        };
        let mut forgotten = Ok(());
        for device in self.devices(tenant, user.id).await? {
            if !replacement.devices.contains(&device.id) {
                let forgot = self.forget_device(tenant, user.id, device.id).await;
                forgotten = forgotten.and(forgot.map(drop));
            }
        }
        secured?;
        ended?;
        forgotten?;
        revoked?;
        Ok(User {
            password_hash: Some(hash),
            ..user.clone()
        })
    }
}
