//! The steps of a login: password, one-time code, consent, each handing a sealed step on to the next.

pub mod attempts;
pub mod authentication;
pub mod credential;
pub mod mfa_policy;
pub mod password;
pub mod recovery_code;
pub mod session;

use crate::authorize::RequestedGrant;
use crate::grant::authorization::Authorization;
use crate::grant::authorization_code::AuthorizationCode;
use crate::identifier::{GrantId, LoginId, UserId};
use crate::login::authentication::{Authentication, Method};
use crate::refusal::Refusal;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::user::PasswordMark;
use core::time::Duration;

/// What a login waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoginStage {
    /// The one-time code of RFC 6238.
    SecondFactor,
    /// The resource owner's word that the client may have what it asks for.
    Consent,
}

impl LoginStage {
    /// How many stages lie behind a login that has passed this one. It only grows, which is what makes
    /// each step single-use.
    #[must_use]
    pub const fn position(self) -> u8 {
        match self {
            Self::SecondFactor => 1,
            Self::Consent => 2,
        }
    }
}

/// One-time codes that may be tried in a login; the attempt after that ends it.
pub const MOST_ATTEMPTS: u32 = 5;

/// One-time codes that may be tried for a user in [`WINDOW`], over all logins. Only who knows the password
/// comes this far; at this rate a guess takes months.
pub const MOST_ATTEMPTS_OF_USER: u32 = 20;

/// What [`MOST_ATTEMPTS_OF_USER`] counts in.
pub const WINDOW: Duration = Duration::from_secs(600);

/// A step of a login, bound to client, user and challenge. It travels sealed; a store keeps only how
/// far the login is and how often a one-time code was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginStep {
    /// Which login.
    pub login: LoginId,
    /// What it waits for.
    pub stage: LoginStage,
    /// Whose password was right.
    pub user: UserId,
    /// What the client asked for.
    pub requested: RequestedGrant,
    /// When and how the user has proved who they are so far.
    pub authentication: Authentication,
    /// The password that was right.
    pub password: PasswordMark,
    /// When the login ends.
    pub expires_at: Timestamp,
}

impl LoginStep {
    /// Whether this is a step of the given stage that can still be taken. That it was not taken before
    /// is for the store to say.
    pub fn may_be_taken(&self, stage: LoginStage, now: Timestamp) -> Result<(), Refusal> {
        if self.stage != stage {
            return Err(Refusal::LoginStepUnknown);
        }
        if self.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired);
        }
        Ok(())
    }

    /// The step after the second factor.
    #[must_use]
    pub fn to_consent(&self) -> Self {
        let methods = self.authentication.methods.with(Method::TimeCode);
        Self {
            stage: LoginStage::Consent,
            authentication: Authentication::new(self.authentication.time, methods),
            ..self.clone()
        }
    }

    /// The code that the resource owner's consent yields.
    #[must_use]
    pub fn to_code(
        &self,
        grant: GrantId,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> AuthorizationCode {
        AuthorizationCode {
            grant,
            authorization: Authorization {
                access: self.requested.access.clone(),
                subject: self.user.into(),
                authentication: self.authentication,
                session: None,
                bound_to_verifier: self.requested.binding.challenge.is_some(),
            },
            binding: self.requested.binding.clone(),
            password: Some(self.password),
            expires_at: now.plus(lifetimes.authorization_code),
        }
    }
}

/// Under which name the attempts of a user are counted at `now`, beside those of each login, and until when:
/// one name for each window of time.
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

/// Whether a user for whom `attempts` one-time codes were tried in this window, this one included, may go on.
pub const fn may_be_tried_for_user(attempts: u32) -> Result<(), Refusal> {
    if attempts <= MOST_ATTEMPTS_OF_USER {
        Ok(())
    } else {
        Err(Refusal::OneTimeCodesExhausted)
    }
}

/// Whether a login that has now been tried `attempts` times, this time included, may go on.
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
        let code = code_for(&confidential_client());
        RequestedGrant {
            access: code.authorization.access,
            binding: code.binding,
        }
    }

    fn step() -> LoginStep {
        LoginStep {
            login: LoginId::from_bytes([7; 16]),
            stage: LoginStage::SecondFactor,
            user: UserId::from_bytes([8; 16]),
            requested: requested(),
            authentication: login(),
            password: PasswordMark::from_bytes([5; 8]),
            expires_at: NOW.plus(Lifetimes::DEFAULT.login),
        }
    }

    #[test]
    fn aries_16_a_step_is_for_its_stage_and_its_time() {
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
    fn aries_18_a_code_lives_ten_minutes_from_consent() {
        let later = NOW.plus(Duration::from_secs(60));
        let code = step().to_code(GrantId::from_bytes([9; 16]), &Lifetimes::DEFAULT, later);
        assert_eq!(code.expires_at.since(later), Duration::from_secs(600));
        assert_eq!(code.authorization.authentication.time, NOW);
        assert_eq!(code.authorization.access, requested().access);
        assert_eq!(code.binding, requested().binding);
        assert_eq!(code.password, Some(step().password));
    }

    #[test]
    fn a_code_is_bound_to_a_verifier_if_the_request_was() {
        let mut step = step();
        let code =
            |step: &LoginStep| step.to_code(GrantId::from_bytes([9; 16]), &Lifetimes::DEFAULT, NOW);
        assert!(code(&step).authorization.bound_to_verifier);
        step.requested.binding.challenge = None;
        assert!(!code(&step).authorization.bound_to_verifier);
    }

    #[test]
    fn the_second_factor_raises_what_the_sign_in_is_worth() {
        let step = step();
        assert_eq!(step.authentication.acr, Acr::ONE_FACTOR);
        let after = step.to_consent().authentication;
        assert_eq!(after.acr, Acr::TWO_FACTORS);
        assert_eq!(after.time, step.authentication.time);
    }

    #[test]
    fn the_attempts_of_a_user_are_counted_anew_in_each_window() {
        let user = UserId::from_bytes([8; 16]);
        let (name, ends) = attempts_of(user, NOW);
        assert_eq!(
            attempts_of(
                user,
                Timestamp::from_unix_seconds(ends.as_unix_seconds() - 1)
            )
            .0,
            name
        );
        assert_ne!(attempts_of(user, ends).0, name);
        assert_ne!(attempts_of(UserId::from_bytes([9; 16]), NOW).0, name);
        assert_eq!(may_be_tried_for_user(20), Ok(()));
        assert_eq!(
            may_be_tried_for_user(21),
            Err(Refusal::OneTimeCodesExhausted)
        );
    }

    #[test]
    fn the_sixth_attempt_ends_the_login() {
        assert_eq!(may_be_tried(5), Ok(()));
        assert_eq!(may_be_tried(6), Err(Refusal::LoginEnded));
    }
}
