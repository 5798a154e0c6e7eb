use super::{HalfDone, Proof, SignIn};
use crate::failure::Failure;
use countersign_domain::authentication::{Method, Methods};
use countersign_domain::identifier::LoginId;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_ports::{PasskeyRefused, PasswordHasher, Race, Store};

/// What a passkey is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasskeyPurpose {
    /// To log in with nothing else.
    LogIn,
    /// To finish a login.
    SecondFactor(HalfDone),
}

/// A passkey that is waited for. It is for its browser to carry, sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyCeremony {
    /// Lets it be used once.
    pub login: LoginId,
    /// What for.
    pub purpose: PasskeyPurpose,
    /// What finishing it needs.
    pub state: Vec<u8>,
    /// When it is too late.
    pub expires_at: Timestamp,
}

/// The challenge in it is nobody's business.
impl std::fmt::Debug for PasskeyCeremony {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasskeyCeremony")
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

impl<S: Store, P: PasswordHasher> SignIn<S, P> {
    /// Begins to ask for a passkey: any, or one of the user of a half-done login. The options for the browser
    /// come first.
    pub async fn ask_for_passkey(
        &self,
        purpose: PasskeyPurpose,
    ) -> Result<(String, PasskeyCeremony), Failure> {
        let now = self.clock.now();
        let begun = match &purpose {
            PasskeyPurpose::LogIn => self.passkeys.begin_authentication(None),
            PasskeyPurpose::SecondFactor(login) => {
                let user = self.whose(login).await?;
                let passkeys = self.store.list_passkeys(user.id).await?;
                self.passkeys
                    .begin_authentication(Some((user.id, &passkeys)))
            }
        };
        let begun = begun.map_err(|error| refused(&error))?;
        let ceremony = PasskeyCeremony {
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            purpose,
            state: begun.state,
            expires_at: now.plus(self.lifetimes.login),
        };
        Ok((begun.options, ceremony))
    }

    /// Logs in by what the browser answered.
    pub async fn by_passkey(
        &self,
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
        let passkey = self.store.find_passkey(&presented.id).await?;
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
            .finish_authentication(&ceremony.state, answer, &passkey, now)
            .map_err(|error| refused(&error))?;
        let user = match &ceremony.purpose {
            PasskeyPurpose::LogIn => self.enabled_user(passkey.user).await?,
            PasskeyPurpose::SecondFactor(login) => self.whose(login).await?,
        };
        let race = self.store.advance(ceremony.login, 1, ceremony.expires_at);
        if race.await? == Race::Lost {
            return Err(Refusal::LoginStepUsed.into());
        }
        // Lost: its owner has just removed it.
        if self.store.update_passkey(&passkey).await? == Race::Lost {
            return Err(Refusal::LoginFailed.into());
        }
        let methods = before.with(Method::Passkey);
        Ok(Proof { user, methods })
    }
}

fn refused(error: &PasskeyRefused) -> Failure {
    tracing::info!(cause = ?error, "a passkey was refused");
    Refusal::LoginFailed.into()
}
