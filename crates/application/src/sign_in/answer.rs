use crate::attempts::AttemptSource;
use crate::failure::Failure;
use crate::federation::UpstreamAnswer;
use crate::mail::Compose;
use countersign_domain::authorize::demands::AcrDemand;
use countersign_domain::identifier::{DeviceId, SessionId};
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::PendingLogin;
use countersign_domain::login::methods::Method;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use std::fmt;

/// Input that a login method requests from the user. A renderer shows it.
#[derive(PartialEq, Eq)]
pub enum Prompt {
    /// Email address and password.
    Password,
    /// Email address to which the server sends a code.
    Address,
    /// Code.
    Code {
        /// Email address that the server sent the code to, if it sent one.
        sent_to: Option<String>,
        /// Whether the code is a six-digit number.
        digits: bool,
    },
    /// Web Authentication response of the browser.
    Passkey {
        /// `PublicKeyCredentialRequestOptionsJSON`.
        options: String,
    },
}

/// Result of [`SignIn::ask`](crate::SignIn::ask).
#[derive(Debug)]
pub enum Prompted {
    /// Show this prompt.
    Prompt(Prompt),
    /// The method can no longer be used. Use this one instead.
    By(Method),
    /// The sign-in is over. Compute the next step of the interaction.
    Over,
}

/// Answer of a user: the fields of a form. Each method reads the fields that it needs.
#[derive(Default)]
pub struct Answer {
    /// Email address.
    pub email: Option<String>,
    /// Password.
    pub password: Option<Secret>,
    /// Code.
    pub code: Option<String>,
    /// Web Authentication response, in JSON.
    pub credential: Option<String>,
    /// Response of an upstream provider.
    pub upstream: Option<UpstreamAnswer>,
    /// Whether the user wants to skip the second factor on this device from now on.
    pub remember: bool,
}

/// Browser that submits an answer.
pub struct Visitor<'a> {
    /// Device IDs from the cookie of the browser.
    pub devices: &'a [DeviceId],
    /// Live sessions of the browser. A step-up completes only in its own session.
    pub sessions: &'a [SessionId],
    /// Network address and known device.
    pub source: AttemptSource<'a>,
    /// Context class that the request demands.
    pub requested: Option<AcrDemand>,
    /// Composes messages.
    pub compose: Compose<'a>,
}

/// Completed authentication of a user.
#[derive(Clone, Debug)]
pub struct Proof {
    /// User.
    pub user: User,
    /// Methods used.
    pub methods: Methods,
    /// Session of the earlier factors, for a step-up.
    pub session: Option<SessionId>,
}

impl Proof {
    /// Returns a proof by these methods, without a session.
    pub(super) const fn by(user: User, methods: Methods) -> Self {
        Self {
            user,
            methods,
            session: None,
        }
    }

    /// Returns the proof that completes a pending sign-in with a second factor.
    pub(super) fn completing(login: &PendingLogin, user: User, method: Method) -> Self {
        Self {
            user,
            methods: login.methods.with(method),
            session: login.session,
        }
    }
}

/// Result of a first factor.
#[derive(Debug)]
pub enum FirstFactor {
    /// No second factor is required.
    Suffices(Box<Proof>),
    /// The user must provide a second factor.
    NeedsSecondFactor(PendingLogin),
}

/// Result of [`SignIn::answer`](crate::SignIn::answer).
#[derive(Debug)]
pub enum Answered {
    /// The user is authenticated.
    Proved {
        /// The user and the methods.
        proof: Box<Proof>,
        /// Whether the user wants to skip the second factor on this device from now on. Remember the device only after
        /// the session has begun.
        remember: bool,
    },
    /// Ask with this method next. The failure says what was wrong with the answer.
    Ask(Method, Option<Failure>),
    /// This field is missing. Ask again.
    Incomplete(&'static str),
    /// The sign-in is over. Compute the next step of the interaction.
    Over,
}

impl Visitor<'_> {
    /// Returns whether the browser may complete this sign-in. A step-up belongs to a session that the browser must have.
    pub(super) fn may_complete(&self, login: &PendingLogin) -> bool {
        let session = login.session.as_ref();
        session.is_none_or(|session| self.sessions.contains(session))
    }
}

/// Omits the answer, which authenticates the user.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(..)")
    }
}

/// Omits the challenge of a passkey.
impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password => "Password",
            Self::Address => "Address",
            Self::Code { .. } => "Code(..)",
            Self::Passkey { .. } => "Passkey(..)",
        })
    }
}
