use super::Accounts;
use crate::failure::Failure;
use crate::password::{self, Presented};
use crate::sessions::Sessions;
use countersign_domain::identifier::DeviceId;
use countersign_domain::login::password::may_be_chosen;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::{PasswordHasher, Race, Signer, Store};
use std::net::IpAddr;

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    /// Changes the password of a user who knows the present one, or has none. Everybody else who is signed in as this
    /// user is signed out: the other sessions end, every grant is revoked, and devices are forgotten but for `devices`,
    /// which this browser says it is.
    pub async fn change_password<G: Signer>(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<S, G>,
        (user, session): (&User, &Session),
        (present, new): (&Secret, &Secret),
        devices: &[DeviceId],
        address: Option<IpAddr>,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let replaced = if user.password_hash.is_some() {
            let presented = Presented {
                email: user.email.as_str(),
                password: present,
                address,
            };
            let adapters = (&*self.store, &*self.passwords);
            let checked = password::check(adapters, tenant.id, presented, now).await?;
            checked.password_hash
        } else {
            self.fresh(session)?;
            None
        };
        may_be_chosen(new.expose_secret(), &user.email)?;
        let hash = self.passwords.hash(new).await?;
        let replaced = replaced.as_deref();
        let race = self
            .store
            .replace_password_hash(tenant.id, user.id, replaced, &hash);
        if race.await? == Race::Lost {
            // The password that was given is not theirs any more, or they were disabled.
            return Err(Refusal::LoginFailed.into());
        }
        // From here on the old password is wrong, so the user cannot ask for the rest again: a part that fails keeps none
        // of the others from being done.
        let ended = sessions.end_all(tenant, user.id, Some(session.id)).await;
        let subject = user.id.into();
        let revoked = self.store.revoke_all(tenant.id, &subject, None, now).await;
        for device in self.devices(tenant, user.id).await? {
            if !devices.contains(&device.id) {
                self.forget_device(tenant, user.id, device.id).await?;
            }
        }
        ended?;
        revoked?;
        Ok(())
    }
}
