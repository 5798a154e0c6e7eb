use super::Accounts;
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::refusals;
use crate::slices;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::audit::event::Action;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{Ceremony, PasskeyRefused, Race};

/// Passkeys and recovery codes of a user.
#[derive(Clone, Debug)]
pub struct Factors {
    /// Passkeys.
    pub passkeys: Vec<Passkey>,
    /// Number of unused recovery codes.
    pub recovery_codes: u32,
}

impl<A: App> Accounts<A> {
    /// Returns the passkeys and the number of recovery codes of a user.
    pub async fn factors(&self, tenant: &Tenant, user: UserId) -> Result<Factors, Failure> {
        Ok(Factors {
            passkeys: slices::passkeys(&*self.store, tenant.id, user).await?,
            recovery_codes: self.store.count_recovery_codes(tenant.id, user).await?,
        })
    }

    /// Starts the registration of a passkey.
    pub async fn begin_passkey(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
    ) -> Result<Ceremony, Failure> {
        tenant.settings.mfa.may_enroll()?;
        self.fresh(session)?;
        let enrolled = slices::passkeys(&*self.store, tenant.id, user.id).await?;
        let begun = self.passkeys.begin_registration(tenant, user, &enrolled);
        begun.map_err(|error| refused(&error))
    }

    /// Finishes the registration of a passkey with the browser's response, and names it. Returns the passkey.
    pub async fn finish_passkey(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        state: &[u8],
        answer: &str,
        name: &str,
    ) -> Result<AddedFactor, Failure> {
        tenant.settings.mfa.may_enroll()?;
        self.fresh(session)?;
        let now = self.clock.now();
        let passkey = self
            .passkeys
            .finish_registration(tenant, state, answer, name, now)
            .map_err(|error| refused(&error))?;
        if passkey.user != user.id
            || self.store.insert_passkey(tenant.id, &passkey).await? == Race::Lost
        {
            return Err(refusals::PASSKEY_REFUSED.into());
        }
        if !self.is_still_live(tenant, session.id).await? {
            let removed = self.store.remove_passkey(tenant.id, user.id, &passkey.id);
            let _ = removed.await?;
            return Err(refusals::PASSKEY_REFUSED.into());
        }
        let id = Base64UrlUnpadded::encode_string(&passkey.id);
        let facts = [("id", &*id), ("name", name)];
        Self::did(Action::USER_PASSKEY_ADDED, user, session, &facts);
        Ok(AddedFactor::Passkey(passkey.id))
    }

    /// Removes a user's passkey. Returns `false` if it does not exist.
    pub async fn remove_passkey(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        id: &[u8],
    ) -> Result<bool, Failure> {
        self.fresh(session)?;
        self.may_remove_factor(tenant, user).await?;
        let factors = self.factors(tenant, user.id).await?;
        self.may_remove_passkey(user, &factors)?;
        self.drop_passkey(tenant, user.id, Some(session.id), id)
            .await
    }

    /// Removes a user's passkey. Returns `false` if it does not exist.
    pub(super) async fn drop_passkey(
        &self,
        tenant: &Tenant,
        user: UserId,
        session: Option<SessionId>,
        id: &[u8],
    ) -> Result<bool, Failure> {
        let removed = self.store.remove_passkey(tenant.id, user, id);
        let is_removed = removed.await? == Race::Won;
        if is_removed {
            let facts = [("id", &*Base64UrlUnpadded::encode_string(id))];
            CurrentRequest::note_event(Action::USER_PASSKEY_REMOVED, user, session, &facts);
        }
        Ok(is_removed)
    }

    pub(super) async fn may_remove_factor(
        &self,
        tenant: &Tenant,
        user: &User,
    ) -> Result<(), Failure> {
        let passkeys = slices::passkeys(&*self.store, tenant.id, user.id).await?;
        let factors = passkeys.len() + usize::from(user.sealed_totp_secret.is_some());
        Ok(tenant.settings.mfa.may_remove(factors)?)
    }
}

pub(super) fn refused(error: &PasskeyRefused) -> Failure {
    tracing::debug!(cause = ?error, "passkey rejected");
    refusals::PASSKEY_REFUSED.into()
}
