use super::Accounts;
use crate::failure::Failure;
use crate::one_time_code::{self, totp_context};
use countersign_domain::login::{attempts_of, may_be_tried_for_user};
use countersign_domain::recovery_code;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::SecretDigest;
use countersign_domain::session::Session;
use countersign_domain::user::User;
use countersign_ports::{PasswordHasher, Race, Store};

/// An authenticator app that is being set up. Nothing is stored until a code of it was right.
pub struct Enrollment {
    /// The secret, and what the recovery codes are made of: for its browser to carry, sealed.
    pub state: Vec<u8>,
    /// What the app reads from a picture (the `otpauth` scheme).
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
    /// Begins to set an authenticator app up.
    pub fn begin_authenticator(
        &self,
        user: &User,
        session: &Session,
    ) -> Result<Enrollment, Failure> {
        self.may_enroll_authenticator(user, session)?;
        let mut state = vec![0; STATE];
        self.entropy.fill(&mut state);
        self.enrollment(user, state)
    }

    /// The same enrollment once more, for a code that was not right.
    pub fn enrollment(&self, user: &User, state: Vec<u8>) -> Result<Enrollment, Failure> {
        let (secret, _) = parts(&state)?;
        let email = user.email.as_str();
        let uri = self
            .one_time_codes
            .enrollment_uri(secret, &self.settings.name, email);
        Ok(Enrollment { state, uri })
    }

    /// Finishes it by a code of the app. Its recovery codes take the place of earlier ones.
    pub async fn finish_authenticator(
        &self,
        user: &User,
        session: &Session,
        state: &[u8],
        code: &str,
    ) -> Result<(), Failure> {
        self.may_enroll_authenticator(user, session)?;
        let (secret, recovery_codes) = parts(state)?;
        self.count_attempt(user).await?;
        let sealed = self.vault.seal(&totp_context(user.id), secret);
        let enrolled = User {
            sealed_totp_secret: Some(sealed.clone()),
            ..user.clone()
        };
        self.use_up(&enrolled, code).await?;
        let digests = digests(&recovery_codes);
        let race = self
            .store
            .replace_totp_secret(user.id, None, Some(&sealed), &digests);
        match race.await? {
            Race::Won => Ok(()),
            Race::Lost => Err(Refusal::FactorPresent.into()),
        }
    }

    /// The recovery codes of an enrollment that is finished; `None` if it is not, or of an app that is there no more.
    /// However often its last step was sent, it is these that count.
    pub fn recovery_codes(
        &self,
        user: &User,
        state: &[u8],
    ) -> Result<Option<Vec<String>>, Failure> {
        let (secret, recovery_codes) = parts(state)?;
        let Some(sealed) = &user.sealed_totp_secret else {
            return Ok(None);
        };
        let present = self.vault.unseal(&totp_context(user.id), sealed);
        let present = present.ok_or(Failure::Unsealing)?;
        Ok((present == secret).then_some(recovery_codes))
    }

    /// Takes the authenticator app away, with the recovery codes and the remembered devices. A code of the app
    /// or a recovery code says that it is its owner who asks.
    pub async fn remove_authenticator(
        &self,
        user: &User,
        session: &Session,
        code: &str,
    ) -> Result<(), Failure> {
        self.fresh(session)?;
        self.may_remove_factor(user).await?;
        self.count_attempt(user).await?;
        match self.use_up(user, code).await {
            Err(Failure::Refused(Refusal::OneTimeCodeWrong)) => {
                let digest = recovery_code::digest(code);
                if self.store.use_recovery_code(user.id, &digest).await? == Race::Lost {
                    return Err(Refusal::OneTimeCodeWrong.into());
                }
            }
            other => other?,
        }
        let present = user.sealed_totp_secret.as_deref();
        let race = self.store.replace_totp_secret(user.id, present, None, &[]);
        if race.await? == Race::Lost {
            // The code was of an app that is there no more.
            return Err(Refusal::OneTimeCodeWrong.into());
        }
        self.store.remove_devices(user.id).await?;
        Ok(())
    }

    /// New recovery codes for a code of the app, in the place of the earlier ones.
    pub async fn renew_recovery_codes(
        &self,
        user: &User,
        session: &Session,
        code: &str,
    ) -> Result<Vec<String>, Failure> {
        self.fresh(session)?;
        self.count_attempt(user).await?;
        self.use_up(user, code).await?;
        let mut random = [0; RECOVERY];
        self.entropy.fill(&mut random);
        let codes = written(&random);
        let digests = digests(&codes);
        self.store.replace_recovery_codes(user.id, &digests).await?;
        Ok(codes)
    }

    fn may_enroll_authenticator(&self, user: &User, session: &Session) -> Result<(), Failure> {
        self.settings.mfa.may_enroll()?;
        self.fresh(session)?;
        if user.sealed_totp_secret.is_some() {
            return Err(Refusal::FactorPresent.into());
        }
        Ok(())
    }

    async fn use_up(&self, user: &User, code: &str) -> Result<(), Failure> {
        let (vault, codes) = (&*self.vault, &*self.one_time_codes);
        let now = self.clock.now();
        one_time_code::use_up(&*self.store, vault, codes, user, code.trim(), now).await
    }

    /// Codes tried here and in logins count together.
    async fn count_attempt(&self, user: &User) -> Result<(), Failure> {
        let (window, ends) = attempts_of(user.id, self.clock.now());
        let attempts = self.store.count_attempt(window, ends).await?;
        Ok(may_be_tried_for_user(attempts)?)
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
