use super::Accounts;
use crate::app::App;
use crate::attempts::bounded;
use crate::current_request::CurrentRequest;
use crate::ephemera::attempts_for_user;
use crate::failure::Failure;
use crate::one_time_code::{Verifier, totp_context};
use crate::refusals;
use countersign_domain::audit::event::Action;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::login::may_be_tried_for_user;
use countersign_domain::login::recovery_code;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

/// Pending setup of an authenticator app. Nothing is stored until the user enters a correct code.
pub struct Enrollment {
    /// Secret and random bytes of the recovery codes. The caller seals them and the browser keeps them.
    pub state: Vec<u8>,
    /// `otpauth` URI for the QR code.
    pub uri: String,
}

impl std::fmt::Debug for Enrollment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrollment(..)")
    }
}

/// Length of a secret in bytes (RFC 4226 section 4, R6).
const SECRET: usize = 20;

/// Number of random bytes in all recovery codes.
const RECOVERY: usize = recovery_code::COUNT * recovery_code::BYTES;

/// Length of [`Enrollment::state`] in bytes.
const STATE: usize = SECRET + RECOVERY;

impl<A: App> Accounts<A> {
    /// Starts the setup of an authenticator app.
    pub fn begin_authenticator(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
    ) -> Result<Enrollment, Failure> {
        self.may_enroll_authenticator(tenant, user, session)?;
        let mut state = vec![0; STATE];
        self.entropy.fill(&mut state);
        self.enrollment(tenant, user, state)
    }

    /// Restores an enrollment from its state, to show it again after a wrong code.
    pub fn enrollment(
        &self,
        tenant: &Tenant,
        user: &User,
        state: Vec<u8>,
    ) -> Result<Enrollment, Failure> {
        let (secret, _) = parts(&state)?;
        let (name, email) = (&tenant.settings.name, user.email.as_str());
        let uri = self.one_time_codes.enrollment_uri(secret, name, email);
        Ok(Enrollment { state, uri })
    }

    /// Finishes the setup of an authenticator app with one of its codes. Replaces the user's recovery codes.
    /// Returns the app.
    pub async fn finish_authenticator(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        state: &[u8],
        code: &str,
    ) -> Result<AddedFactor, Failure> {
        self.may_enroll_authenticator(tenant, user, session)?;
        let (secret, recovery_codes) = parts(state)?;
        self.count_attempt(tenant, user).await?;
        let sealed = self.vault.seal(tenant.id, &totp_context(user.id), secret);
        let enrolled = User {
            sealed_totp_secret: Some(sealed.clone()),
            ..user.clone()
        };
        self.use_up(tenant, &enrolled, code).await?;
        let digests = digests(&recovery_codes);
        let race =
            self.store
                .replace_totp_secret(tenant.id, user.id, None, Some(&sealed), &digests);
        if race.await? == Race::Lost {
            return Err(refusals::FACTOR_PRESENT.into());
        }
        if !self.is_still_live(tenant, session.id).await? {
            let removed =
                self.store
                    .replace_totp_secret(tenant.id, user.id, Some(&sealed), None, &[]);
            let _ = removed.await?;
            return Err(Refusal::LoginStepExpired.into());
        }
        Self::did(Action::USER_TOTP_ADDED, user, session, &[]);
        Ok(AddedFactor::authenticator(secret))
    }

    /// Returns the recovery codes of a finished enrollment; `None` if it is not finished or the app was removed. The
    /// codes come from `state`, so resending the last step returns the same ones.
    pub fn recovery_codes(
        &self,
        tenant: &Tenant,
        user: &User,
        state: &[u8],
    ) -> Result<Option<Vec<String>>, Failure> {
        let (secret, recovery_codes) = parts(state)?;
        let Some(sealed) = &user.sealed_totp_secret else {
            return Ok(None);
        };
        let context = totp_context(user.id);
        let present = self.vault.unseal(tenant.id, &context, sealed);
        let present = present.ok_or(Failure::Unsealing)?;
        Ok((present == secret).then_some(recovery_codes))
    }

    /// Removes the authenticator app, the recovery codes and the trusted devices. Requires a code of the app or a
    /// recovery code.
    pub async fn remove_authenticator(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        code: &str,
    ) -> Result<(), Failure> {
        self.fresh(session)?;
        self.may_remove_factor(tenant, user).await?;
        self.count_attempt(tenant, user).await?;
        match self.use_up(tenant, user, code).await {
            Err(Failure::Refused(Refusal::OneTimeCodeWrong)) => {
                let digest = recovery_code::digest(code);
                let race = self.store.use_recovery_code(tenant.id, user.id, &digest);
                if race.await? == Race::Lost {
                    return Err(Refusal::OneTimeCodeWrong.into());
                }
            }
            other => other?,
        }
        let session = Some(session.id);
        if !self.drop_authenticator(tenant, user, session).await? {
            return Err(Refusal::OneTimeCodeWrong.into());
        }
        self.store.remove_devices(tenant.id, user.id).await?;
        Ok(())
    }

    /// Removes the authenticator app and the recovery codes. Returns `false` if the app was removed or replaced, or the
    /// user was disabled, in the meantime.
    pub(super) async fn drop_authenticator(
        &self,
        tenant: &Tenant,
        user: &User,
        session: Option<SessionId>,
    ) -> Result<bool, Failure> {
        let present = user.sealed_totp_secret.as_deref();
        let race = self
            .store
            .replace_totp_secret(tenant.id, user.id, present, None, &[]);
        let is_removed = race.await? == Race::Won;
        if is_removed {
            CurrentRequest::note_event(Action::USER_TOTP_REMOVED, user.id, session, &[]);
        }
        Ok(is_removed)
    }

    /// Replaces the recovery codes. Requires a code of the app.
    pub async fn renew_recovery_codes(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        code: &str,
    ) -> Result<Vec<String>, Failure> {
        self.fresh(session)?;
        self.count_attempt(tenant, user).await?;
        self.use_up(tenant, user, code).await?;
        let mut random = [0; RECOVERY];
        self.entropy.fill(&mut random);
        let codes = written(&random);
        let digests = digests(&codes);
        self.store
            .replace_recovery_codes(tenant.id, user.id, &digests)
            .await?;
        Self::did(Action::USER_RECOVERY_CODES_REPLACED, user, session, &[]);
        Ok(codes)
    }

    fn may_enroll_authenticator(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
    ) -> Result<(), Failure> {
        tenant.settings.mfa.may_enroll()?;
        self.fresh(session)?;
        if user.sealed_totp_secret.is_some() {
            return Err(refusals::FACTOR_PRESENT.into());
        }
        Ok(())
    }

    async fn use_up(&self, tenant: &Tenant, user: &User, code: &str) -> Result<(), Failure> {
        let verifier = Verifier {
            store: &*self.store,
            vault: &*self.vault,
            one_time_codes: &*self.one_time_codes,
        };
        let now = self.clock.now();
        verifier.use_up(tenant.id, user, code.trim(), now).await
    }

    /// Counts an attempt. Attempts here and in sign-ins share one rate limit.
    async fn count_attempt(&self, tenant: &Tenant, user: &User) -> Result<(), Failure> {
        let now = self.clock.now();
        let keys = [attempts_for_user(user.id, now)];
        let totals = self.store.add(tenant.id, &keys, 1, now).await?;
        let total = totals.first().copied().map_or(u32::MAX, bounded);
        Ok(may_be_tried_for_user(total)?)
    }
}

fn digests(codes: &[String]) -> Vec<SecretDigest> {
    let codes = codes.iter();
    codes.map(|code| recovery_code::digest(code)).collect()
}

/// Returns the secret and the recovery codes in the state of an enrollment.
fn parts(state: &[u8]) -> Result<(&[u8], Vec<String>), Failure> {
    let parts = state.split_at_checked(SECRET);
    let (secret, random) = parts
        .filter(|_| state.len() == STATE)
        .ok_or(Refusal::LoginStepExpired)?;
    Ok((secret, written(random)))
}

/// Formats recovery codes for the user.
fn written(random: &[u8]) -> Vec<String> {
    let (codes, _) = random.as_chunks();
    codes.iter().copied().map(recovery_code::written).collect()
}
