//! Logging a person in, in a browser: each way to prove who one is in a file of its own.

mod devices;
mod email_code;
mod passkey;
mod password;
mod second_factor;

pub use email_code::EmailCodeLogin;
pub use passkey::{PasskeyCeremony, PasskeyPurpose};

use crate::failure::Failure;
use countersign_domain::authentication::{Method, Methods};
use countersign_domain::identifier::{DeviceId, LoginId, SessionId, UserId};
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::login::{attempts_of, may_be_tried, may_be_tried_for_user};
use countersign_domain::mfa_policy::MfaPolicy;
use countersign_domain::refusal::Refusal;
use countersign_domain::session::Session;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{PasswordMark, User};
use countersign_ports::{
    Clock, Entropy, Mailer, OneTimeCodes, Passkeys, PasswordHasher, Store, UserKey, Vault,
};
use std::sync::Arc;

/// A user who has proved who they are, and how.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Who.
    pub user: User,
    /// How.
    pub methods: Methods,
}

/// How a first factor ends.
#[derive(Debug)]
pub enum FirstFactor {
    /// Nothing more is needed.
    LoggedIn(Box<Proof>),
    /// A second factor is.
    HalfDone(HalfDone),
}

/// A login that waits for a second factor. It is for its browser to carry, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfDone {
    /// Names it where attempts are counted.
    pub login: LoginId,
    /// Who has given the first factor.
    pub user: UserId,
    /// Which.
    pub methods: Methods,
    /// The user's password when they gave it: with another one this login ends.
    pub password: PasswordMark,
    /// The session that the first factor was given in, if it was before: with that session this login ends.
    pub session: Option<SessionId>,
    /// When it is too late.
    pub expires_at: Timestamp,
}

/// The ways to log in.
pub struct SignIn<S, P> {
    /// Users and what they log in with live here.
    pub store: Arc<S>,
    /// Checks passwords.
    pub passwords: Arc<P>,
    /// Unseals the secrets of one-time codes.
    pub vault: Arc<dyn Vault>,
    /// Checks one-time codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Checks passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Sends codes.
    pub mailer: Arc<dyn Mailer>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes codes, names logins and devices.
    pub entropy: Arc<dyn Entropy>,
    /// Whether everybody has to have a second factor.
    pub mfa: MfaPolicy,
    /// How long things live.
    pub lifetimes: Lifetimes,
}

impl<S: Store, P: PasswordHasher> SignIn<S, P> {
    /// A login of a user who is logged in and is asked for one more factor.
    #[must_use]
    pub fn step_up(&self, user: &User, session: &Session) -> HalfDone {
        HalfDone {
            session: Some(session.id),
            ..self.half_done(user, session.methods, self.clock.now())
        }
    }

    /// The user of a half-done login, if it can still be finished.
    pub async fn whose(&self, login: &HalfDone) -> Result<User, Failure> {
        let now = self.clock.now();
        if login.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let user = match login.session {
            None => self.enabled_user(login.user).await?,
            Some(session) => {
                let found = self.store.find_session(session).await?;
                let (_, user) = found
                    .filter(|(session, _)| session.user == login.user && session.is_live(now))
                    .ok_or(Refusal::LoginStepExpired)?;
                enabled(Some(user))?
            }
        };
        user.still_has(login.password)?;
        Ok(user)
    }

    /// Whether a user has a passkey.
    pub async fn has_passkey(&self, user: UserId) -> Result<bool, Failure> {
        Ok(!self.store.list_passkeys(user).await?.is_empty())
    }

    fn half_done(&self, user: &User, methods: Methods, now: Timestamp) -> HalfDone {
        HalfDone {
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            user: user.id,
            methods,
            password: user.password_mark(),
            session: None,
            expires_at: now.plus(self.lifetimes.login),
        }
    }

    /// What a first factor leads to. A user with one-time codes gives one, unless this is a device on which that
    /// was done before; a user who has passkeys alone shows one where second factors are demanded.
    async fn after_first_factor(
        &self,
        user: User,
        method: Method,
        devices: &[DeviceId],
        now: Timestamp,
    ) -> Result<FirstFactor, Failure> {
        let methods = Methods::NONE.with(method);
        let has_codes = user.sealed_totp_secret.is_some();
        let owes_more =
            has_codes || self.mfa.demands_every_time() && self.has_passkey(user.id).await?;
        if !owes_more {
            return Ok(FirstFactor::LoggedIn(Box::new(Proof { user, methods })));
        }
        if self.is_remembered(&user, devices, now).await? {
            let methods = methods.with(Method::RememberedDevice);
            return Ok(FirstFactor::LoggedIn(Box::new(Proof { user, methods })));
        }
        Ok(FirstFactor::HalfDone(self.half_done(&user, methods, now)))
    }

    /// Counts an attempt at a second factor before it is looked at, so that guesses made at the same moment
    /// count too.
    async fn count_second_factor(&self, login: &HalfDone, now: Timestamp) -> Result<(), Failure> {
        let attempts = self.store.count_attempt(login.login, login.expires_at);
        may_be_tried(attempts.await?)?;
        let (window, ends) = attempts_of(login.user, now);
        may_be_tried_for_user(self.store.count_attempt(window, ends).await?)?;
        Ok(())
    }

    async fn enabled_user(&self, id: UserId) -> Result<User, Failure> {
        enabled(self.store.find_user(UserKey::Id(id)).await?)
    }
}

fn enabled(user: Option<User>) -> Result<User, Failure> {
    let user = user.filter(|user| user.enabled);
    Ok(user.ok_or(Refusal::LoginFailed)?)
}
