use crate::identifier::{LoginId, UserId};
use crate::login::authentication::Methods;
use crate::login::methods::Method;
use crate::login::session::Session;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{PasswordMark, User};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Recovery that waits for the code of an email. It looks the same whether or not the user exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryLogin {
    /// Identifier of the mailed link.
    pub link: LoginId,
    /// Email address as typed.
    pub email: String,
    /// Expiry time of the link.
    pub expires_at: Timestamp,
}

/// Sign-up that waits for the code of an email, or for the form of the account. It looks the same whether or not the
/// address has an account.
#[derive(Clone, PartialEq, Eq)]
pub struct SignUpLogin {
    /// Identifier of the mailed link.
    pub link: LoginId,
    /// Email address.
    pub email: String,
    /// Expiry time of the link.
    pub expires_at: Timestamp,
    /// Whether the browser presented the link or its code.
    pub is_proved: bool,
    /// Whether the link is that of an invitation.
    pub is_invited: bool,
    /// State of the registration of a passkey, which the form offers instead of a password.
    pub passkey: Option<Vec<u8>>,
}

/// Omits the address and the state, which contains the challenge.
impl fmt::Debug for SignUpLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUpLogin")
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

/// Proof of access to a mailbox, with which a user may choose a new password without the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// User.
    pub user: UserId,
    /// Time at which the user presented the link or the code.
    pub at: Timestamp,
    /// Mark of the password at that time. A password change ends the recovery.
    pub password: PasswordMark,
}

impl Recovered {
    /// Checks that the user may choose a new password in a session. The proof is at most ten minutes old. The session
    /// began or was renewed after it, with the second factor of the user, if there is one. A trusted device does
    /// not count.
    pub fn may_reset(
        &self,
        user: &User,
        session: &Session,
        has_passkey: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Self {
            user: own,
            at,
            password,
        } = *self;
        let methods = session.authentication.methods;
        let is_same = own == user.id && session.user == own && user.password_mark() == password;
        let is_recent =
            !at.plus(Session::FRESH).has_passed(now) && session.authentication.time >= at;
        if is_same
            && is_recent
            && methods.contain(Method::EMAIL_CODE)
            && completes(methods, user, has_passkey)
        {
            Ok(())
        } else {
            Err(Refusal::LoginStepExpired)
        }
    }
}

/// Returns whether a sign-in used the second factor of the user.
fn completes(methods: Methods, user: &User, has_passkey: bool) -> bool {
    if methods.contain(Method::PASSKEY) {
        return true;
    }
    if user.sealed_totp_secret.is_some() {
        return methods.contain(Method::TIME_CODE) || methods.contain(Method::RECOVERY_CODE);
    }
    !has_passkey
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::authentication::Authentication;
    use crate::test_facts::{NOW, session, user};
    use core::time::Duration;

    struct Case {
        user: User,
        session: Session,
        has_passkey: bool,
        recovered: Recovered,
        seconds: u64,
    }

    impl Case {
        fn new(methods: &[Method]) -> Self {
            let session = session();
            let user = User {
                id: session.user,
                sealed_totp_secret: None,
                ..user()
            };
            let methods = methods
                .iter()
                .fold(Methods::NONE, |all, method| all.with(*method));
            Self {
                recovered: Recovered {
                    user: user.id,
                    at: NOW,
                    password: user.password_mark(),
                },
                session: Session {
                    authentication: Authentication::new(NOW, methods),
                    ..session
                },
                user,
                has_passkey: false,
                seconds: 599,
            }
        }

        fn is_allowed(&self) -> bool {
            let now = NOW.plus(Duration::from_secs(self.seconds));
            let Self {
                user,
                session,
                has_passkey,
                recovered,
                ..
            } = self;
            recovered
                .may_reset(user, session, *has_passkey, now)
                .is_ok()
        }
    }

    #[test]
    fn password_reset_needs_recent_proof_of_same_user_and_password() {
        let by_mail = || Case::new(&[Method::EMAIL_CODE]);
        assert!(by_mail().is_allowed());
        assert!(
            !Case {
                seconds: 600,
                ..by_mail()
            }
            .is_allowed(),
            "too old"
        );
        assert!(!Case::new(&[Method::PASSWORD]).is_allowed(), "no mail");
        let mut earlier = by_mail();
        earlier.recovered.at = NOW.plus(Duration::from_secs(1));
        assert!(!earlier.is_allowed(), "a session from before");
        let mut another = by_mail();
        another.recovered.user = UserId::from_bytes([9; 16]);
        assert!(!another.is_allowed(), "another user");
        let mut changed = by_mail();
        changed.user.password_hash = Some("another".into());
        assert!(!changed.is_allowed(), "the password has changed");
    }

    #[test]
    fn password_reset_needs_enrolled_second_factor() {
        use Method as M;
        for (methods, has_app, has_passkey, is_allowed) in [
            (&[M::EMAIL_CODE][..], true, false, false),
            (&[M::EMAIL_CODE, M::REMEMBERED_DEVICE], true, false, false),
            (&[M::EMAIL_CODE, M::TIME_CODE], true, false, true),
            (&[M::EMAIL_CODE, M::RECOVERY_CODE], true, true, true),
            (&[M::EMAIL_CODE, M::PASSKEY], true, true, true),
            (&[M::EMAIL_CODE], false, true, false),
            (&[M::EMAIL_CODE, M::PASSKEY], false, true, true),
        ] {
            let mut case = Case::new(methods);
            case.user.sealed_totp_secret = has_app.then(|| alloc::vec![1]);
            case.has_passkey = has_passkey;
            assert_eq!(
                case.is_allowed(),
                is_allowed,
                "{methods:?} {has_app} {has_passkey}"
            );
        }
    }
}
