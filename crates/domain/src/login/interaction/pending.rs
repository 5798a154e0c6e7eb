use crate::identifier::{LoginId, SessionId, UserId};
use crate::login::authentication::Methods;
use crate::login::methods::Method;
use crate::secret::SecretDigest;
use crate::time::Timestamp;
use crate::user::PasswordMark;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What an interaction waits for.
#[derive(Clone, Debug)]
pub enum Pending {
    /// A second factor, by a method of the user's choice.
    SecondFactor(PendingLogin),
    /// A code that was sent by email.
    EmailCode(EmailCodeLogin),
    /// The answer to a challenge of a login method.
    Challenge(Challenge),
    /// A new factor of a user.
    Enrollment(Enrollment),
}

/// Sign-in that waits for a second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLogin {
    /// Identifier, under which attempts are counted.
    pub login: LoginId,
    /// User who gave the first factor.
    pub user: UserId,
    /// Methods used so far.
    pub methods: Methods,
    /// Mark of the user's password at the first factor. A password change ends the sign-in.
    pub password: PasswordMark,
    /// Session that the first factor was given in, for a step-up. The end of the session ends the sign-in.
    pub session: Option<SessionId>,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// Sign-in that waits for the code that was sent by email. It looks the same whether the user exists or not.
#[derive(Clone, Debug)]
pub struct EmailCodeLogin {
    /// Identifier, under which attempts are counted.
    pub login: LoginId,
    /// Address that was typed.
    pub email: String,
    /// Enabled user with this address, if one exists.
    pub user: Option<UserId>,
    /// Digest of the code with the identifier. The sealed value hides it, because the code has only six digits.
    pub code: SecretDigest,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// Challenge of a login method that has a state between question and answer, such as a passkey.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Method that asked.
    pub method: Method,
    /// Identifier, by which the answer counts once.
    pub login: LoginId,
    /// Sign-in that the answer completes. `None` if the method is the only factor.
    pub second_factor_of: Option<PendingLogin>,
    /// State of the method, needed to check the answer.
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
