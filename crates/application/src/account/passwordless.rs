//! Accounts with passkeys instead of a password.

use super::{Accounts, Factors};
use crate::app::App;
use crate::failure::Failure;
use crate::refusals;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::audit::event::Action;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

impl<A: App> Accounts<A> {
    /// Returns whether to offer a passkey to a user who has just signed in. A user who must enroll a factor is asked
    /// anyway.
    pub async fn may_offer_passkey(&self, tenant: &Tenant, user: &User) -> Result<bool, Failure> {
        if tenant.settings.mfa != MfaPolicy::Optional || !self.passkeys.are_possible(tenant) {
            return Ok(false);
        }
        let factors = self.factors(tenant, user.id).await?;
        Ok(factors.passkeys.is_empty())
    }

    /// Returns whether a user can remove the password: they have a passkey, and a way to sign in without it.
    #[must_use]
    pub fn may_remove_password(&self, user: &User, factors: &Factors) -> bool {
        user.password_hash.is_some()
            && match factors.passkeys.len() {
                0 => false,
                1 => self.can_mail(user),
                _ => true,
            }
    }

    /// Removes the password of a user. Requires a recent sign-in, a passkey, and a second way to sign in. Sign-ins that
    /// wait for a second factor end, because they began with the password.
    pub async fn remove_password(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
    ) -> Result<(), Failure> {
        self.fresh(session)?;
        let factors = self.factors(tenant, user.id).await?;
        if !self.may_remove_password(user, &factors) {
            return Err(refusals::SIGN_IN_WAY_MISSING.into());
        }
        let present = user.password_hash.as_deref();
        let removed = self
            .store
            .replace_password_hash(tenant.id, user.id, present, None);
        if removed.await? == Race::Lost {
            return Err(Refusal::PasswordChanged.into());
        }
        Self::did(Action::USER_PASSWORD_REMOVED, user, session, &[]);
        Ok(())
    }

    /// Renames a passkey of a user. Returns `false` if the user has no such passkey.
    pub async fn rename_passkey(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        (id, name): (&[u8], &str),
    ) -> Result<bool, Failure> {
        let renamed = self.store.rename_passkey(tenant.id, user.id, id, name);
        let renamed = renamed.await? == Race::Won;
        if renamed {
            let id = Base64UrlUnpadded::encode_string(id);
            let facts = [("id", &*id), ("name", name)];
            Self::did(Action::USER_PASSKEY_RENAMED, user, session, &facts);
        }
        Ok(renamed)
    }

    /// Checks that a user who removes a passkey can still sign in.
    pub(super) fn may_remove_passkey(&self, user: &User, factors: &Factors) -> Result<(), Failure> {
        let has_other = user.password_hash.is_some() || factors.passkeys.len() > 1;
        if has_other || self.can_mail(user) {
            Ok(())
        } else {
            Err(refusals::SIGN_IN_WAY_MISSING.into())
        }
    }

    /// Returns whether a user can sign in with a code by email.
    pub(super) fn can_mail(&self, user: &User) -> bool {
        user.email_verified && self.mailer.is_set_up()
    }
}
