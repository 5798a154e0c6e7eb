use super::Accounts;
use crate::app::App;
use crate::attempts::AttemptSource;
use crate::failure::Failure;
use crate::password::{self, Presented};
use crate::sessions::{BrowserSessions, Sessions};
use countersign_domain::audit::event::Action;
use countersign_domain::identifier::DeviceId;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

impl<A: App> Accounts<A> {
    /// Changes a user's password. Requires the current password or, for a user without one, a recent sign-in. Ends all
    /// other sessions, replaces the secret of this one, revokes all grants, and removes all trusted devices except
    /// `devices`, those of this browser. Returns the user with the new password.
    pub async fn change_password(
        &self,
        tenant: &Tenant,
        (sessions, browser): (&Sessions<A>, &mut BrowserSessions),
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
            let checked = password::check(adapters, tenant.id, presented, now).await?;
            checked.password_hash
        } else {
            self.fresh(session)?;
            None
        };
        let name = user.name.as_deref().unwrap_or_default();
        let about = [user.email.as_str(), name];
        let hash = password::hash_new(&*self.passwords, tenant, new, &about).await?;
        let replaced = replaced.as_deref();
        let race = self
            .store
            .replace_password_hash(tenant.id, user.id, replaced, Some(&hash));
        if race.await? == Race::Lost {
            // The password was changed or the user was disabled in the meantime.
            return Err(Refusal::LoginFailed.into());
        }
        if replaced.is_none() && !self.is_still_live(tenant, session).await? {
            let removed = self
                .store
                .replace_password_hash(tenant.id, user.id, Some(&hash), None);
            let _ = removed.await?;
            return Err(Refusal::LoginFailed.into());
        }
        Self::did(Action::USER_PASSWORD_CHANGED, user, session, &[]);
        // The old password no longer works, so the user cannot retry. Attempt all of the following steps even if one
        // fails.
        let secured = sessions.replace_secret(tenant, browser, session).await;
        let ended = sessions.end_all(tenant, user.id, Some(session.id)).await;
        let subject = user.id.into();
        let revoked = self.store.revoke_all(tenant.id, &subject, None, now).await;
        let mut forgotten = Ok(());
        for device in self.devices(tenant, user.id).await? {
            if !devices.contains(&device.id) {
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
