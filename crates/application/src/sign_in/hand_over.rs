use super::use_cases::SignIn;
use crate::app::App;
use crate::failure::Failure;
use crate::slices;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

impl<A: App> SignIn<A> {
    /// Removes everything that lets a registrant into an account: password, second factors, remembered devices,
    /// sessions and grants. Returns the user without them.
    ///
    /// The password goes first, so that no new session begins in between. If a step fails, the address stays unverified,
    /// and the next sign-in by code starts over.
    pub(super) async fn hand_over(&self, tenant: &Tenant, user: User) -> Result<User, Failure> {
        let store = &*self.store;
        if user.password_hash.is_some() {
            let present = user.password_hash.as_deref();
            let removed = store.replace_password_hash(tenant.id, user.id, present, None);
            won(removed.await?)?;
        }
        let present = user.sealed_totp_secret.as_deref();
        let removed = store.replace_totp_secret(tenant.id, user.id, present, None, &[]);
        won(removed.await?)?;
        for passkey in slices::passkeys(store, tenant.id, user.id).await? {
            // Lost: it has just been removed.
            let _ = store
                .remove_passkey(tenant.id, user.id, &passkey.id)
                .await?;
        }
        store.remove_devices(tenant.id, user.id).await?;
        self.sessions.shut_out(tenant, user.id).await?;
        tracing::info!(
            event = "account_handed_over",
            user = %user.id,
            "address verified for the first time: removed password, factors, sessions and grants"
        );
        Ok(User {
            password_hash: None,
            sealed_totp_secret: None,
            ..user
        })
    }
}

/// A lost race means that the user changed in the meantime. The user must start again.
fn won(race: Race) -> Result<(), Failure> {
    match race {
        Race::Won => Ok(()),
        Race::Lost => Err(Refusal::LoginStepExpired.into()),
    }
}
