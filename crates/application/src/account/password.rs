use super::Accounts;
use crate::failure::Failure;
use crate::password;
use crate::sessions::Sessions;
use countersign_domain::identifier::DeviceId;
use countersign_domain::password::may_be_chosen;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::session::Session;
use countersign_domain::user::User;
use countersign_ports::{PasswordHasher, Race, Signer, Store};
use std::net::IpAddr;

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    /// Changes the password of a user who knows the present one, or has none. Whoever else is logged in as this
    /// user is out: the other sessions end, and every grant, and devices are forgotten but for `devices`, which this
    /// browser says it is.
    pub async fn change_password<G: Signer>(
        &self,
        sessions: &Sessions<S, G>,
        (user, session): (&User, &Session),
        (present, new): (&Secret, &Secret),
        devices: &[DeviceId],
        address: Option<IpAddr>,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let replaced = if user.password_hash.is_some() {
            let (store, passwords) = (&*self.store, &*self.passwords);
            let email = user.email.as_str();
            let checked = password::check(store, passwords, email, present, address, now).await?;
            checked.password_hash
        } else {
            self.fresh(session)?;
            None
        };
        may_be_chosen(new.expose_secret(), &user.email)?;
        let hash = self.passwords.hash(new).await?;
        let replaced = replaced.as_deref();
        let race = self.store.replace_password_hash(user.id, replaced, &hash);
        if race.await? == Race::Lost {
            // The password that was given is not theirs any more, or they may no longer log in.
            return Err(Refusal::LoginFailed.into());
        }
        // The old password is of no use from here on, so nobody could ask for the rest again: a part that fails keeps
        // none of the others from being done.
        let ended = sessions.end_all(user.id, Some(session.id)).await;
        let revoked = self.store.revoke_all(&user.id.into(), None, now).await;
        for device in self.store.list_devices(user.id).await? {
            if !devices.contains(&device.id) {
                self.forget_device(user.id, device.id).await?;
            }
        }
        ended?;
        revoked?;
        Ok(())
    }
}
