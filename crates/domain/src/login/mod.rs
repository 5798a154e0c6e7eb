//! Sign-in: login methods, interactions of browsers, sessions, and the steps of a JSON login.

pub mod added_factor;
pub mod attempts;
pub mod authentication;
pub mod before_change;
pub mod credential;
pub mod interaction;
pub mod known_device;
pub mod mailed_link;
pub mod methods;
pub mod mfa_policy;
pub mod password;
pub mod recovery_code;
pub mod session;
pub mod weakness;

use crate::authorize::{RequestedGrant, ResourceOwner};
use crate::grant::authorization_code::AuthorizationCode;
use crate::identifier::{GrantId, LoginId, UserId};
use crate::login::authentication::Authentication;
use crate::login::interaction::{Page, Step};
use crate::login::methods::Method;
use crate::login::mfa_policy::MfaPolicy;
use crate::refusal::Refusal;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::user::{PasswordMark, User};
use core::time::Duration;

/// Stage of a JSON login: the input that it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoginStage {
    /// One-time code (RFC 6238).
    SecondFactor,
    /// Consent of the resource owner.
    Consent,
}

impl LoginStage {
    /// Returns the stage after the password. A JSON login has no page on which a user could set up a factor or use a
    /// passkey.
    pub fn after_password(user: &User, policy: MfaPolicy) -> Result<Self, Refusal> {
        if user.sealed_totp_secret.is_some() {
            return Ok(Self::SecondFactor);
        }
        policy.may_do_without()?;
        Ok(Self::Consent)
    }

    /// Returns the interaction step that corresponds to this stage.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::SecondFactor => Step::Ask(Method::TIME_CODE),
            Self::Consent => Step::Show(Page::Consent),
        }
    }

    /// Returns the position of this stage in a login. A login never moves backward, so each step is single-use.
    #[must_use]
    pub const fn position(self) -> u8 {
        match self {
            Self::SecondFactor => 1,
            Self::Consent => 2,
        }
    }
}

/// Maximum number of one-time codes per login. The next attempt ends it.
pub const MOST_ATTEMPTS: u32 = 5;

/// Maximum number of one-time codes per user in [`WINDOW`], over all logins. Only someone who knows the password gets
/// this far. At this rate, guessing a code takes months.
pub const MOST_ATTEMPTS_OF_USER: u32 = 20;

/// Length of the window of [`MOST_ATTEMPTS_OF_USER`].
pub const WINDOW: Duration = Duration::from_secs(600);

/// Step of a JSON login, bound to client, user and code challenge. The caller holds it as a sealed value. The store
/// keeps only the position of the login and the number of attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginStep {
    /// Identifier of the login.
    pub login: LoginId,
    /// Stage that the login waits for.
    pub stage: LoginStage,
    /// User who entered the password.
    pub user: UserId,
    /// Request of the client.
    pub requested: RequestedGrant,
    /// Time and methods of the authentication so far.
    pub authentication: Authentication,
    /// Mark of the password that the user entered.
    pub password: PasswordMark,
    /// Expiry time.
    pub expires_at: Timestamp,
}

impl LoginStep {
    /// Checks that the step has this stage and has not expired. The store checks that it has not been used.
    pub fn may_be_taken(&self, stage: LoginStage, now: Timestamp) -> Result<(), Refusal> {
        if self.stage != stage {
            return Err(Refusal::LoginStepUnknown);
        }
        if self.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired);
        }
        Ok(())
    }

    /// Returns the step after the second factor.
    #[must_use]
    pub fn to_consent(&self) -> Self {
        let methods = self.authentication.methods.with(Method::TIME_CODE);
        Self {
            stage: LoginStage::Consent,
            authentication: Authentication::new(self.authentication.time, methods),
            ..self.clone()
        }
    }

    /// Returns the authorization code after consent.
    #[must_use]
    pub fn to_code(
        &self,
        grant: GrantId,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> AuthorizationCode {
        let owner = ResourceOwner {
            subject: self.user.into(),
            authentication: self.authentication,
            session: None,
            password: Some(self.password),
        };
        self.requested.code(grant, owner, lifetimes, now)
    }
}

/// Returns the key that counts the attempts of a user at `now`, and its expiry time. Each window has its own key. Known
/// devices share it: an attacker who gets this far knows the password, and could make any number of devices known.
#[must_use]
pub fn attempts_of(user: UserId, now: Timestamp) -> (LoginId, Timestamp) {
    let window = now.as_unix_seconds() / WINDOW.as_secs();
    let mut name = *user.as_bytes();
    for (byte, other) in name.iter_mut().zip(window.to_be_bytes()) {
        *byte ^= other;
    }
    let ends = Timestamp::from_unix_seconds((window + 1) * WINDOW.as_secs());
    (LoginId::from_bytes(name), ends)
}

/// Checks the number of attempts of a user in this window, including the current one.
pub const fn may_be_tried_for_user(attempts: u32) -> Result<(), Refusal> {
    if attempts <= MOST_ATTEMPTS_OF_USER {
        Ok(())
    } else {
        Err(Refusal::OneTimeCodesExhausted)
    }
}

/// Checks the number of attempts in a login, including the current one.
pub const fn may_be_tried(attempts: u32) -> Result<(), Refusal> {
    if attempts <= MOST_ATTEMPTS {
        Ok(())
    } else {
        Err(Refusal::LoginEnded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::authentication::Acr;
    use crate::test_facts::{NOW, code_for, confidential_client, login};

    fn requested() -> RequestedGrant {
        let facts = code_for(&confidential_client());
        RequestedGrant::from_sealed(facts.authorization.access, facts.binding)
    }

    fn step() -> LoginStep {
        LoginStep {
            login: LoginId::from_bytes([7; 16]),
            stage: LoginStage::SecondFactor,
            user: UserId::from_bytes([8; 16]),
            requested: requested(),
            authentication: login(),
            password: PasswordMark::from_bytes([5; 8]),
            expires_at: NOW.plus(Lifetimes::DEFAULT.login()),
        }
    }

    #[test]
    fn aries_16_step_requires_its_stage_and_expires() {
        let step = step();
        assert_eq!(step.may_be_taken(LoginStage::SecondFactor, NOW), Ok(()));
        assert_eq!(
            step.may_be_taken(LoginStage::Consent, NOW),
            Err(Refusal::LoginStepUnknown)
        );
        assert_eq!(
            step.may_be_taken(LoginStage::SecondFactor, step.expires_at),
            Err(Refusal::LoginStepExpired)
        );
        assert_eq!(
            step.to_consent().may_be_taken(LoginStage::Consent, NOW),
            Ok(())
        );
    }

    #[test]
    fn aries_18_code_expires_ten_minutes_after_consent() {
        let later = NOW.plus(Duration::from_secs(60));
        let code = step().to_code(GrantId::from_bytes([9; 16]), &Lifetimes::DEFAULT, later);
        let facts = code.facts();
        assert_eq!(facts.expires_at.since(later), Duration::from_secs(600));
        assert_eq!(facts.authorization.authentication.time, NOW);
        assert_eq!(facts.authorization.access, *requested().access());
        assert_eq!(facts.binding, *requested().binding());
        assert_eq!(facts.password, Some(step().password));
    }

    #[test]
    fn code_requires_verifier_if_request_had_challenge() {
        let mut step = step();
        let code =
            |step: &LoginStep| step.to_code(GrantId::from_bytes([9; 16]), &Lifetimes::DEFAULT, NOW);
        assert!(code(&step).authorization().bound_to_verifier);
        let mut facts = code_for(&confidential_client());
        facts.binding.challenge = None;
        step.requested = RequestedGrant::from_sealed(facts.authorization.access, facts.binding);
        assert!(!code(&step).authorization().bound_to_verifier);
    }

    #[test]
    fn second_factor_raises_acr() {
        let step = step();
        assert_eq!(step.authentication.acr, Acr::ONE_FACTOR);
        let after = step.to_consent().authentication;
        assert_eq!(after.acr, Acr::TWO_FACTORS);
        assert_eq!(after.time, step.authentication.time);
    }

    #[test]
    fn attempts_of_user_restart_in_each_window() {
        let (jane, joe) = (UserId::from_bytes([8; 16]), UserId::from_bytes([9; 16]));
        let (name, ends) = attempts_of(jane, NOW);
        let last = Timestamp::from_unix_seconds(ends.as_unix_seconds() - 1);
        assert_eq!(attempts_of(jane, last).0, name);
        assert_ne!(attempts_of(jane, ends).0, name);
        assert_ne!(attempts_of(joe, NOW).0, name);
        assert_eq!(may_be_tried_for_user(20), Ok(()));
        assert_eq!(
            may_be_tried_for_user(21),
            Err(Refusal::OneTimeCodesExhausted)
        );
    }

    #[test]
    fn sixth_attempt_ends_login() {
        assert_eq!(may_be_tried(5), Ok(()));
        assert_eq!(may_be_tried(6), Err(Refusal::LoginEnded));
    }
}
