use super::Accounts;
use crate::attempts::bounded;
use crate::ephemera::attempts_for_user;
use crate::failure::Failure;
use crate::one_time_code::{Verifier, totp_context};
use countersign_domain::login::may_be_tried_for_user;
use countersign_domain::login::recovery_code;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::{PasswordHasher, Race, Store};

/// An authenticator app that is being set up. Nothing is stored until a code of it was correct.
pub struct Enrollment {
    /// The secret and the random bytes of the recovery codes. Its browser carries them, sealed.
    pub state: Vec<u8>,
    /// URI that the app reads from a QR code (the `otpauth` scheme).
    pub uri: String,
}

impl std::fmt::Debug for Enrollment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrollment(..)")
    }
}

/// Bytes of a secret (RFC 4226 section 4, R6).
const SECRET: usize = 20;

/// Random bytes of all recovery codes.
const RECOVERY: usize = recovery_code::COUNT * recovery_code::BYTES;

/// Bytes of the state of an enrollment.
const STATE: usize = SECRET + RECOVERY;

impl<S: Store, P: PasswordHasher> Accounts<S, P> {
    /// Begins to set up an authenticator app.
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

    /// The same enrollment again, after a wrong code.
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

    /// Finishes setting up an authenticator app by a code of it. Its recovery codes replace earlier ones.
    pub async fn finish_authenticator(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        state: &[u8],
        code: &str,
    ) -> Result<(), Failure> {
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
        match race.await? {
            Race::Won => Ok(()),
            Race::Lost => Err(Refusal::FactorPresent.into()),
        }
    }

    /// The recovery codes of a finished enrollment; `None` if it is not finished, or the app was removed. However often
    /// the last step was sent, these are the codes that count.
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

    /// Removes the authenticator app, with the recovery codes and the remembered devices. Needs a code of the app or a
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
        let present = user.sealed_totp_secret.as_deref();
        let race = self
            .store
            .replace_totp_secret(tenant.id, user.id, present, None, &[]);
        if race.await? == Race::Lost {
            // The app of the code was removed meanwhile.
            return Err(Refusal::OneTimeCodeWrong.into());
        }
        self.store.remove_devices(tenant.id, user.id).await?;
        Ok(())
    }

    /// Replaces the recovery codes. Needs a code of the app.
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
            return Err(Refusal::FactorPresent.into());
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

    /// Codes tried here and in sign-ins count together.
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

/// The secret and the recovery codes in the state of an enrollment.
fn parts(state: &[u8]) -> Result<(&[u8], Vec<String>), Failure> {
    let parts = state.split_at_checked(SECRET);
    let (secret, random) = parts
        .filter(|_| state.len() == STATE)
        .ok_or(Refusal::LoginStepExpired)?;
    Ok((secret, written(random)))
}

/// Recovery codes as their owner writes them down.
fn written(random: &[u8]) -> Vec<String> {
    let (codes, _) = random.as_chunks();
    codes.iter().copied().map(recovery_code::written).collect()
}
