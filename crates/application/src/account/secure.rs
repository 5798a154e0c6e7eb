//! "This wasn't me": a user keeps an intruder out of the account.

use super::Accounts;
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::mail::FoundLink;
use crate::one_time_code::totp_context;
use crate::sessions::Sessions;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::UserId;
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::login::mailed_link::LinkPurpose;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;

impl<A: App> Accounts<A> {
    /// Returns the link "This wasn't me" of a token. Changes nothing.
    pub async fn secure_link(&self, tenant: &Tenant, token: &Secret) -> Result<FoundLink, Failure> {
        self.links.find(tenant, LinkPurpose::SECURE, token).await
    }

    /// Signs the user out everywhere, removes the factor that the notice was about, and cancels a requested deletion and a
    /// requested reset of the second factors, because the user did not make the change. Uses up the link.
    ///
    /// A link to a former address removes no factor. It stays valid, and removes the factor after that address is restored.
    pub async fn secure(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        found: &FoundLink,
    ) -> Result<(), Failure> {
        CurrentRequest::note_user(found.user.id);
        if !found.is_to_present_address() {
            return self.lock_out(tenant, sessions, found.user.id).await;
        }
        self.links.take(tenant, found).await?;
        // Attempt both, even if one fails: the link works only once.
        let locked = self.lock_out(tenant, sessions, found.user.id).await;
        let added = AddedFactor::from_bytes(&found.link.data);
        self.remove_added(tenant, &found.user, &added).await?;
        locked
    }

    /// Signs a user out everywhere, and cancels a requested deletion and a requested reset of the second factors.
    pub(super) async fn lock_out(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        user: UserId,
    ) -> Result<(), Failure> {
        CurrentRequest::note_event(Action::USER_SECURED, user, None, &[]);
        // Attempt all, even if one fails.
        let ended = sessions.shut_out(tenant, user).await;
        let (owner, resets) = (Operator::owner(user, None), self.users.factor_resets());
        let canceled = resets.cancel(tenant, &owner, user).await;
        self.cancel_deletion(tenant, user, None).await?;
        canceled?;
        ended.map(drop)
    }

    async fn remove_added(
        &self,
        tenant: &Tenant,
        user: &User,
        added: &AddedFactor,
    ) -> Result<(), Failure> {
        match (added, &user.sealed_totp_secret) {
            (AddedFactor::Passkey(id), _) => {
                self.drop_passkey(tenant, user.id, None, id).await?;
            }
            (AddedFactor::Identity(id), _) => {
                self.drop_identity(tenant, user.id, None, *id).await?;
            }
            (AddedFactor::Authenticator(_), Some(sealed)) => {
                let secret = self.vault.unseal(tenant.id, &totp_context(user.id), sealed);
                let present = AddedFactor::authenticator(&secret.ok_or(Failure::Unsealing)?);
                if *added == present {
                    self.drop_authenticator(tenant, user, None).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
