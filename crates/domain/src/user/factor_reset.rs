//! Delayed reset of the second factors of a user who has lost them.

use crate::identifier::UserId;
use crate::later::LaterMembers;
use crate::login::authentication::Methods;
use crate::login::interaction::PendingLogin;
use crate::login::methods::{Method, Worth};
use crate::time::Timestamp;
use crate::user::User;
use core::time::Duration;

/// Reset of the second factors that a user has requested with the password alone. A security notice announces it, so that
/// the user can cancel the request of an intruder before it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorReset {
    /// User.
    pub user: UserId,
    /// Time of the request.
    pub created_at: Timestamp,
    /// Time from which the user can remove the factors.
    pub due_at: Timestamp,
    /// Version of the stored document: 0 before it is stored.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

/// State of a requested reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetStage {
    /// The delay has not passed.
    Waiting,
    /// The user can remove the factors.
    Due,
    /// The user did not remove the factors in time.
    Expired,
}

impl FactorReset {
    /// Time for which the user can remove the factors.
    pub const WINDOW: Duration = Duration::from_secs(7 * 86_400);

    /// Requests the reset of the factors of a user after a delay.
    #[must_use]
    pub fn after(delay: Duration, user: UserId, now: Timestamp) -> Self {
        Self {
            user,
            created_at: now,
            due_at: now.plus(delay),
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns the time from which the request has no effect.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.due_at.plus(Self::WINDOW)
    }

    /// Returns the state at a time.
    #[must_use]
    pub const fn stage(&self, now: Timestamp) -> ResetStage {
        if self.expires_at().has_passed(now) {
            ResetStage::Expired
        } else if self.due_at.has_passed(now) {
            ResetStage::Due
        } else {
            ResetStage::Waiting
        }
    }

    /// Returns whether a sign-in that waits for a second factor may request and use a reset. It must have begun with the
    /// password: an emailed code and the notice need the same mailbox. A step-up has none, because its password may be old.
    /// The notice needs a verified address. A holder of admin roles is never offered a reset.
    #[must_use]
    pub const fn is_open_to(login: &PendingLogin, user: &User, has_admin_role: bool) -> bool {
        login.methods.contain(Method::PASSWORD)
            && login.session.is_none()
            && user.email_verified
            && !has_admin_role
    }

    /// Returns whether these methods prove that the user still has a second factor here. One at an upstream provider
    /// does not: a reset leaves it as it is.
    #[must_use]
    pub fn is_refuted_by(methods: Methods) -> bool {
        let mut all = Method::ALL
            .iter()
            .filter(|method| methods.contain(**method) && **method != Method::UPSTREAM_TWO_FACTORS);
        all.any(|method| {
            matches!(
                method.worth(),
                Worth::SecondFactor | Worth::PhishingResistant
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::{LoginId, SessionId};
    use crate::test_facts::{NOW, user};

    const DAY: Duration = Duration::from_secs(86_400);

    fn login(user: &User, method: Method) -> PendingLogin {
        PendingLogin {
            login: LoginId::from_bytes([1; 16]),
            user: user.id,
            methods: Methods::NONE.with(method),
            password: user.password_mark(),
            session: None,
            expires_at: NOW.plus(DAY),
        }
    }

    #[test]
    fn reset_is_due_after_delay_for_seven_days() {
        let reset = FactorReset::after(DAY, user().id, NOW);
        let second = Duration::from_secs(1);
        for (after, stage) in [
            (Duration::ZERO, ResetStage::Waiting),
            (DAY.saturating_sub(second), ResetStage::Waiting),
            (DAY, ResetStage::Due),
            ((8 * DAY).saturating_sub(second), ResetStage::Due),
            (8 * DAY, ResetStage::Expired),
        ] {
            assert_eq!(reset.stage(NOW.plus(after)), stage, "{after:?}");
        }
    }

    #[test]
    fn reset_needs_password_verified_address_and_no_admin_role() {
        let user = User {
            email_verified: true,
            ..user()
        };
        let by_password = login(&user, Method::PASSWORD);
        assert!(FactorReset::is_open_to(&by_password, &user, false));
        assert!(!FactorReset::is_open_to(&by_password, &user, true));
        let by_mail = login(&user, Method::EMAIL_CODE);
        assert!(!FactorReset::is_open_to(&by_mail, &user, false));
        let step_up = PendingLogin {
            session: Some(SessionId::from_bytes([1; 16])),
            ..by_password.clone()
        };
        assert!(!FactorReset::is_open_to(&step_up, &user, false));
        let unverified = User {
            email_verified: false,
            ..user
        };
        assert!(!FactorReset::is_open_to(&by_password, &unverified, false));
    }

    #[test]
    fn second_factor_refutes_its_loss_and_others_do_not() {
        for (method, is_refuted) in [
            (Method::PASSWORD, false),
            (Method::EMAIL_CODE, false),
            (Method::REMEMBERED_DEVICE, false),
            (Method::UPSTREAM_TWO_FACTORS, false),
            (Method::TIME_CODE, true),
            (Method::RECOVERY_CODE, true),
            (Method::PASSKEY, true),
        ] {
            let methods = Methods::NONE.with(Method::PASSWORD).with(method);
            assert_eq!(
                FactorReset::is_refuted_by(methods),
                is_refuted,
                "{method:?}"
            );
        }
    }
}
