use crate::failure::Failure;
use countersign_domain::authorize::demands::AcrDemand;
use countersign_domain::identifier::{DeviceId, SessionId};
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::PendingLogin;
use countersign_domain::login::methods::Method;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use std::net::IpAddr;

/// What a login method asks the user for. A renderer shows it.
#[derive(Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Email address and password.
    Password,
    /// Address to which a code is sent.
    Address,
    /// Code.
    Code {
        /// Address that it was sent to, if the server sent one.
        sent_to: Option<String>,
        /// Whether it is a number of six digits.
        digits: bool,
    },
    /// Answer of a browser to a Web Authentication request.
    Passkey {
        /// `PublicKeyCredentialRequestOptionsJSON`.
        options: String,
    },
}

/// Result of [`SignIn::ask`](crate::SignIn::ask).
#[derive(Debug)]
pub enum Asked {
    /// Show this.
    Prompt(Prompt),
    /// The method cannot be used any more. Ask by this one instead.
    By(Method),
    /// The sign-in is over. Compute the next step of the interaction.
    Over,
}

/// Answer of a user: the fields of a form. Each method reads its own.
#[derive(Debug, Default)]
pub struct Answer {
    /// Email address.
    pub email: Option<String>,
    /// Password.
    pub password: Option<Secret>,
    /// Code.
    pub code: Option<String>,
    /// Web Authentication response, in JSON.
    pub credential: Option<String>,
    /// Whether the user wants to skip the second factor on this device from now on.
    pub remember: bool,
}

/// What the server knows about the browser that answers.
pub struct Visitor<'a> {
    /// Devices that the browser claims to be, from its cookie.
    pub devices: &'a [DeviceId],
    /// Name for a device that is remembered.
    pub device_name: &'a str,
    /// Network address.
    pub address: Option<IpAddr>,
    /// Context class that the request wants.
    pub requested: Option<AcrDemand>,
    /// Writes subject and text of a message around a code.
    pub compose: &'a (dyn Fn(&str) -> (String, String) + Send + Sync),
}

/// User who proved who they are.
#[derive(Clone, Debug)]
pub struct Proof {
    /// User.
    pub user: User,
    /// Methods used.
    pub methods: Methods,
    /// Session in which the last factor was given, if the others were given before.
    pub session: Option<SessionId>,
}

impl Proof {
    /// Proof by these methods, without a session.
    pub(super) const fn by(user: User, methods: Methods) -> Self {
        Self {
            user,
            methods,
            session: None,
        }
    }

    /// Proof by the second factor of a pending sign-in.
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
    /// It suffices.
    Suffices(Box<Proof>),
    /// The user has to give a second factor.
    NeedsSecondFactor(PendingLogin),
}

/// Result of [`SignIn::answer`](crate::SignIn::answer).
#[derive(Debug)]
pub enum Answered {
    /// The user proved who they are.
    Proved {
        /// The user and the methods.
        proof: Box<Proof>,
        /// Device that is remembered from now on.
        remembered: Option<DeviceId>,
    },
    /// Ask by this method next. The failure says what was wrong with the answer.
    Ask(Method, Option<Failure>),
    /// A field is missing. Ask again.
    Incomplete(&'static str),
    /// The sign-in is over. Compute the next step of the interaction.
    Over,
}
