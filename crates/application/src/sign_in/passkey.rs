use super::{HalfDone, Proof, SignIn};
use crate::app::App;
use crate::ephemera::take_step;
use crate::failure::Failure;
use crate::slices;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::authentication::{Method, Methods};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::prelude::*;
use countersign_ports::{PasskeyRefused, Race};

/// What a passkey is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasskeyPurpose {
    /// To sign in with nothing else.
    LogIn,
    /// To finish a sign-in.
    SecondFactor(HalfDone),
}

/// A sign-in that waits for a passkey. Its browser carries it, sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyCeremony {
    /// Identifier, by which it counts once.
    pub login: LoginId,
    /// Purpose.
    pub purpose: PasskeyPurpose,
    /// State of the ceremony, needed to finish it.
    pub state: Vec<u8>,
    /// When the ceremony expires.
    pub expires_at: Timestamp,
}

/// The challenge in it is not for a log.
impl std::fmt::Debug for PasskeyCeremony {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasskeyCeremony")
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

impl<A: App> SignIn<A> {
    /// Begins to ask for a passkey: any, or one of the user of a sign-in that waits for a second factor. The options for
    /// the browser come first.
    pub async fn ask_for_passkey(
        &self,
        tenant: &Tenant,
        purpose: PasskeyPurpose,
    ) -> Result<(String, PasskeyCeremony), Failure> {
        let now = self.clock.now();
        let begun = match &purpose {
            PasskeyPurpose::LogIn => self.passkeys.begin_authentication(tenant, None),
            PasskeyPurpose::SecondFactor(login) => {
                let user = self.whose(tenant, login).await?;
                let passkeys = slices::passkeys(&*self.store, tenant.id, user.id).await?;
                self.passkeys
                    .begin_authentication(tenant, Some((user.id, &passkeys)))
            }
        };
        let begun = begun.map_err(|error| refused(&error))?;
        let ceremony = PasskeyCeremony {
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            purpose,
            state: begun.state,
            expires_at: now.plus(tenant.settings.lifetimes.login),
        };
        Ok((begun.options, ceremony))
    }

    /// Signs in by what the browser answered.
    pub async fn by_passkey(
        &self,
        tenant: &Tenant,
        ceremony: &PasskeyCeremony,
        answer: &str,
    ) -> Result<Proof, Failure> {
        let now = self.clock.now();
        if ceremony.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let presented = self
            .passkeys
            .presented(answer)
            .ok_or(Refusal::LoginFailed)?;
        let passkey = self.store.find_passkey(tenant.id, &presented.id).await?;
        let passkey = passkey.ok_or(Refusal::LoginFailed)?;
        let (is_right, before) = match &ceremony.purpose {
            // An authenticator that names another user than the owner has mixed two up.
            PasskeyPurpose::LogIn => (
                presented.user.is_none_or(|user| user == passkey.user),
                Methods::NONE,
            ),
            PasskeyPurpose::SecondFactor(login) => (login.user == passkey.user, login.methods),
        };
        if !is_right {
            return Err(Refusal::LoginFailed.into());
        }
        let passkey = self
            .passkeys
            .finish_authentication(tenant, &ceremony.state, answer, &passkey, now)
            .map_err(|error| refused(&error))?;
        let user = match &ceremony.purpose {
            PasskeyPurpose::LogIn => self.enabled_user(tenant, passkey.user).await?,
            PasskeyPurpose::SecondFactor(login) => self.whose(tenant, login).await?,
        };
        let step = (ceremony.login, 1, ceremony.expires_at);
        take_step(&*self.store, tenant.id, step, now).await?;
        // Lost: its owner has just removed it.
        if self.store.update_passkey(tenant.id, &passkey).await? == Race::Lost {
            return Err(Refusal::LoginFailed.into());
        }
        let methods = before.with(Method::Passkey);
        Ok(Proof { user, methods })
    }
}

fn refused(error: &PasskeyRefused) -> Failure {
    tracing::info!(rule = "login_failed", cause = ?error, "a passkey was refused");
    Refusal::LoginFailed.into()
}
