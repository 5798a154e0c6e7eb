use super::Accounts;
use crate::failure::Failure;
use countersign_domain::refusal::Refusal;
use countersign_domain::session::Session;
use countersign_domain::user::User;
use countersign_ports::{Ceremony, PasskeyRefused, PasswordHasher, Race, Store};

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    /// Whether a user has to enroll a second factor before they go on.
    pub async fn has_to_enroll(&self, user: &User) -> Result<bool, Failure> {
        // Asked at every login: without the policy, nothing is read.
        Ok(self.settings.mfa.demands_enrollment(0)
            && self
                .settings
                .mfa
                .demands_enrollment(self.factors(user).await?))
    }

    /// Begins to enroll a passkey.
    pub async fn begin_passkey(&self, user: &User, session: &Session) -> Result<Ceremony, Failure> {
        self.settings.mfa.may_enroll()?;
        self.fresh(session)?;
        let enrolled = self.store.list_passkeys(user.id).await?;
        let begun = self.passkeys.begin_registration(user, &enrolled);
        begun.map_err(|error| refused(&error))
    }

    /// Finishes it with what the browser answered.
    pub async fn finish_passkey(
        &self,
        user: &User,
        session: &Session,
        state: &[u8],
        answer: &str,
        name: &str,
    ) -> Result<(), Failure> {
        self.settings.mfa.may_enroll()?;
        self.fresh(session)?;
        let now = self.clock.now();
        let passkey = self
            .passkeys
            .finish_registration(state, answer, name, now)
            .map_err(|error| refused(&error))?;
        if passkey.user != user.id || self.store.insert_passkey(&passkey).await? == Race::Lost {
            return Err(Refusal::PasskeyRefused.into());
        }
        Ok(())
    }

    /// Removes a passkey of a user. Whether there was one.
    pub async fn remove_passkey(
        &self,
        user: &User,
        session: &Session,
        id: &[u8],
    ) -> Result<bool, Failure> {
        self.fresh(session)?;
        self.may_remove_factor(user).await?;
        Ok(self.store.remove_passkey(user.id, id).await? == Race::Won)
    }

    pub(super) async fn may_remove_factor(&self, user: &User) -> Result<(), Failure> {
        let factors = self.factors(user).await?;
        Ok(self.settings.mfa.may_remove(factors)?)
    }

    async fn factors(&self, user: &User) -> Result<usize, Failure> {
        let passkeys = self.store.list_passkeys(user.id).await?;
        Ok(passkeys.len() + usize::from(user.sealed_totp_secret.is_some()))
    }
}

fn refused(error: &PasskeyRefused) -> Failure {
    tracing::info!(cause = ?error, "a passkey was refused");
    Refusal::PasskeyRefused.into()
}
