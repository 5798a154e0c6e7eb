use super::recovery::{RecoveryLogin, SignUpLogin};
use super::upstream::UpstreamLogin;
use crate::identifier::{LoginId, SessionId, UserId};
use crate::login::authentication::Methods;
use crate::login::methods::Method;
use crate::secret::SecretDigest;
use crate::time::Timestamp;
use crate::user::PasswordMark;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Input that an interaction waits for.
#[derive(Clone, Debug)]
pub enum Pending {
    /// A second factor. The user chooses the method.
    SecondFactor(PendingLogin),
    /// A code from an email.
    EmailCode(EmailCodeLogin),
    /// The answer to a challenge of a login method.
    Challenge(Challenge),
    /// The first proof of a new factor.
    Enrollment(Enrollment),
    /// The response of an upstream provider.
    Upstream(UpstreamLogin),
    /// A code from an email, to recover an account.
    Recovery(RecoveryLogin),
    /// A code from an email, or the form of a new account.
    SignUp(SignUpLogin),
}

/// Sign-in that waits for a second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLogin {
    /// Identifier that counts attempts.
    pub login: LoginId,
    /// User who provided the first factor.
    pub user: UserId,
    /// Methods used so far.
    pub methods: Methods,
    /// Mark of the user's password at the first factor. A password change ends the sign-in.
    pub password: PasswordMark,
    /// Session of the earlier factors, for a step-up. The sign-in ends with the session.
    pub session: Option<SessionId>,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// Sign-in that waits for a code from an email. It looks the same whether or not the user exists.
#[derive(Clone, Debug)]
pub struct EmailCodeLogin {
    /// Identifier that counts attempts.
    pub login: LoginId,
    /// Email address as typed.
    pub email: String,
    /// Enabled user with this address, if one exists.
    pub user: Option<UserId>,
    /// Digest of identifier and code. It must stay sealed, because a six-digit code can be guessed from it.
    pub code: SecretDigest,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// Challenge of a stateful login method, such as a passkey.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Method that created the challenge.
    pub method: Method,
    /// Identifier that makes the answer single-use.
    pub login: LoginId,
    /// Sign-in that the answer completes. `None` if the method is the only factor.
    pub second_factor_of: Option<PendingLogin>,
    /// State of the method, needed to verify the answer.
    pub state: Vec<u8>,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// Omits the state, which contains the challenge.
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge")
            .field("method", &self.method)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

/// Setup of a new factor that waits for its first proof.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrollment {
    /// User of the factor.
    pub user: UserId,
    /// State of the factor, needed to finish the setup.
    pub state: Vec<u8>,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// Omits the state, which contains the new secret.
impl fmt::Debug for Enrollment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrollment")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
