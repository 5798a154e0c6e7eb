//! Signing a person in with a browser: each method in a file of its own.

mod devices;
mod email_code;
mod passkey;
mod password;
mod second_factor;

pub use email_code::EmailCodeLogin;
pub use passkey::{PasskeyCeremony, PasskeyPurpose};

use crate::app::App;
use crate::failure::Failure;
use crate::login::count_attempt;
use crate::slices;
use countersign_domain::identifier::{DeviceId, LoginId, SessionId, UserId};
use countersign_domain::login::authentication::{Method, Methods};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{PasswordMark, User};
use countersign_ports::prelude::*;
use countersign_ports::{Clock, Entropy, Mailer, OneTimeCodes, Passkeys, UserKey, Vault};
use std::sync::Arc;

/// A user who has proved who they are.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The user.
    pub user: User,
    /// Methods that were used.
    pub methods: Methods,
}

/// What a first factor leads to.
#[derive(Debug)]
pub enum FirstFactor {
    /// The user is signed in.
    LoggedIn(Box<Proof>),
    /// The user has to give a second factor.
    HalfDone(HalfDone),
}

/// A sign-in that waits for a second factor. Its browser carries it, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfDone {
    /// Identifier, under which attempts are counted.
    pub login: LoginId,
    /// User who has given the first factor.
    pub user: UserId,
    /// Methods that were used so far.
    pub methods: Methods,
    /// Mark of the user's password at that time: a new password ends this sign-in.
    pub password: PasswordMark,
    /// Session that the first factor was given in, if it was given before: the end of the session ends this sign-in.
    pub session: Option<SessionId>,
    /// When the sign-in expires.
    pub expires_at: Timestamp,
}

/// The methods of signing in with a browser.
pub struct SignIn<A: App> {
    /// Users and their factors.
    pub store: Arc<A::Store>,
    /// Checks passwords.
    pub passwords: Arc<A::PasswordHasher>,
    /// Unseals the secrets of one-time codes.
    pub vault: Arc<dyn Vault>,
    /// Checks one-time codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Checks passkeys.
    pub passkeys: Arc<dyn Passkeys>,
    /// Sends codes.
    pub mailer: Arc<dyn Mailer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Codes, and identifiers of sign-ins and devices.
    pub entropy: Arc<dyn Entropy>,
}

impl<A: App> SignIn<A> {
    /// A sign-in of a user who is signed in and has to give one more factor.
    #[must_use]
    pub fn step_up(&self, tenant: &Tenant, user: &User, session: &Session) -> HalfDone {
        let methods = session.authentication.methods;
        HalfDone {
            session: Some(session.id),
            ..self.half_done(tenant, user, methods, self.clock.now())
        }
    }

    /// The user of a sign-in that waits for a second factor, if it can still be finished.
    pub async fn whose(&self, tenant: &Tenant, login: &HalfDone) -> Result<User, Failure> {
        let now = self.clock.now();
        if login.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let user = match login.session {
            None => self.enabled_user(tenant, login.user).await?,
            Some(session) => {
                let found = self.store.find_session(tenant.id, session).await?;
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
    pub async fn has_passkey(&self, tenant: &Tenant, user: UserId) -> Result<bool, Failure> {
        let one = self.store.list_passkeys(tenant.id, user, slices::first());
        Ok(!one.await?.items.is_empty())
    }

    fn half_done(
        &self,
        tenant: &Tenant,
        user: &User,
        methods: Methods,
        now: Timestamp,
    ) -> HalfDone {
        HalfDone {
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            user: user.id,
            methods,
            password: user.password_mark(),
            session: None,
            expires_at: now.plus(tenant.settings.lifetimes.login),
        }
    }

    /// What a first factor leads to. A user with an authenticator app gives a code, unless this device is remembered. A
    /// user who has only passkeys shows one where the tenant requires a second factor.
    async fn after_first_factor(
        &self,
        tenant: &Tenant,
        user: User,
        method: Method,
        devices: &[DeviceId],
        now: Timestamp,
    ) -> Result<FirstFactor, Failure> {
        let methods = Methods::NONE.with(method);
        let has_codes = user.sealed_totp_secret.is_some();
        let owes_more = has_codes
            || tenant.settings.mfa.demands_every_time()
                && self.has_passkey(tenant, user.id).await?;
        if !owes_more {
            return Ok(FirstFactor::LoggedIn(Box::new(Proof { user, methods })));
        }
        if self.is_remembered(tenant, &user, devices, now).await? {
            let methods = methods.with(Method::RememberedDevice);
            return Ok(FirstFactor::LoggedIn(Box::new(Proof { user, methods })));
        }
        let login = self.half_done(tenant, &user, methods, now);
        Ok(FirstFactor::HalfDone(login))
    }

    /// Counts an attempt at a second factor before it is looked at, so that guesses made at the same moment count too.
    async fn count_second_factor(
        &self,
        tenant: &Tenant,
        login: &HalfDone,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let of_login = (login.login, login.expires_at);
        count_attempt(&*self.store, tenant.id, of_login, login.user, now).await
    }

    async fn enabled_user(&self, tenant: &Tenant, id: UserId) -> Result<User, Failure> {
        enabled(self.store.find_user(tenant.id, UserKey::Id(id)).await?)
    }
}

fn enabled(user: Option<User>) -> Result<User, Failure> {
    let user = user.filter(|user| user.enabled);
    Ok(user.ok_or(Refusal::LoginFailed)?)
}
