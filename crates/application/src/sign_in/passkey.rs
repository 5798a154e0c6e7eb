use super::answer::{Answer, Answered, Prompt, Prompted, Proof, Visitor};
use super::method::LoginMethod;
use super::use_cases::SignIn;
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::ephemera::take_step;
use crate::failure::Failure;
use crate::refusals;
use crate::slices;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::{Challenge, Interaction, Pending, PendingLogin};
use countersign_domain::login::methods::Method;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{PasskeyRefused, Race};

/// [`Method::PASSKEY`].
pub(super) struct Passkey;

impl<A: App> LoginMethod<A> for Passkey {
    fn is_offered(sign_in: &SignIn<A>, tenant: &Tenant) -> bool {
        sign_in.passkeys.are_possible(tenant)
    }

    async fn is_second_factor_of(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        user: &User,
    ) -> Result<bool, Failure> {
        sign_in.has_passkey(tenant, user.id).await
    }

    async fn ask(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
    ) -> Result<Prompted, Failure> {
        let login = interaction.pending_login().cloned();
        match sign_in.ask_for_passkey(tenant, login).await {
            Ok((options, challenge)) => {
                interaction.pending = Some(Pending::Challenge(challenge));
                Ok(Prompted::Prompt(Prompt::Passkey { options }))
            }
            // The sign-in has expired, or its user has no passkey: start again.
            Err(Failure::Refused(
                Refusal::LoginStepExpired | Refusal::LoginFailed | Refusal::PasswordChanged,
            )) => {
                interaction.pending = None;
                Ok(Prompted::By(Method::PASSWORD))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Without an answer, asks for the passkey. After a wrong answer, asks again with a new challenge.
    async fn judge(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
        answer: Answer,
        visitor: &Visitor<'_>,
    ) -> Result<Answered, Failure> {
        let challenge = match &interaction.pending {
            Some(Pending::Challenge(challenge)) if challenge.method == Method::PASSKEY => {
                challenge.clone()
            }
            _ => return Ok(Answered::Ask(Method::PASSKEY, None)),
        };
        let login = challenge.second_factor_of.as_ref();
        if login.is_some_and(|login| !visitor.may_complete(login)) {
            return Ok(Answered::Over);
        }
        let Some(credential) = answer.credential else {
            return Ok(Answered::Ask(Method::PASSKEY, None));
        };
        match sign_in.by_passkey(tenant, &challenge, &credential).await {
            Ok(proof) => Ok(Answered::Proved {
                proof: Box::new(proof),
                remember: false,
            }),
            Err(failure) => {
                interaction.pending = challenge.second_factor_of.map(Pending::SecondFactor);
                Ok(Answered::Ask(Method::PASSKEY, Some(failure)))
            }
        }
    }
}

impl<A: App> SignIn<A> {
    /// Creates a challenge, and returns it with the options for the browser. For a second factor, the challenge accepts
    /// only passkeys of the user of the pending sign-in. Otherwise it accepts any passkey.
    pub async fn ask_for_passkey(
        &self,
        tenant: &Tenant,
        second_factor_of: Option<PendingLogin>,
    ) -> Result<(String, Challenge), Failure> {
        let now = self.clock.now();
        let begun = match &second_factor_of {
            None => self.passkeys.begin_authentication(tenant, None),
            Some(login) => {
                let user = self.user_of(tenant, login).await?;
                let passkeys = slices::passkeys(&*self.store, tenant.id, user.id).await?;
                self.passkeys
                    .begin_authentication(tenant, Some((user.id, &passkeys)))
            }
        };
        let begun = begun.map_err(|error| refused(&error))?;
        let challenge = Challenge {
            method: Method::PASSKEY,
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            second_factor_of,
            state: begun.state,
            expires_at: now.plus(tenant.settings.lifetimes.login()),
        };
        Ok((begun.options, challenge))
    }

    /// Verifies the answer of the browser to a challenge.
    pub async fn by_passkey(
        &self,
        tenant: &Tenant,
        challenge: &Challenge,
        answer: &str,
    ) -> Result<Proof, Failure> {
        let now = self.clock.now();
        if challenge.expires_at.has_passed(now) {
            return Err(Refusal::LoginStepExpired.into());
        }
        let presented = self
            .passkeys
            .presented(answer)
            .ok_or(Refusal::LoginFailed)?;
        let passkey = self.store.find_passkey(tenant.id, &presented.id).await?;
        let passkey = passkey.ok_or(refusals::PASSKEY_UNKNOWN)?;
        CurrentRequest::note_user(passkey.user);
        let is_right = match &challenge.second_factor_of {
            // Reject a user handle that is not the owner of the passkey.
            None => presented.user.is_none_or(|user| user == passkey.user),
            Some(login) => login.user == passkey.user,
        };
        if !is_right {
            return Err(Refusal::LoginFailed.into());
        }
        let passkey = self
            .passkeys
            .finish_authentication(tenant, &challenge.state, answer, &passkey, now)
            .map_err(|error| refused(&error))?;
        let user = match &challenge.second_factor_of {
            None => self.enabled_user(tenant, passkey.user).await?,
            Some(login) => self.user_of(tenant, login).await?,
        };
        let step = (challenge.login, 1, challenge.expires_at);
        take_step(&*self.store, tenant.id, step, now).await?;
        // Lost: the user has removed the passkey in the meantime.
        if self.store.update_passkey(tenant.id, &passkey).await? == Race::Lost {
            return Err(Refusal::LoginFailed.into());
        }
        Ok(match &challenge.second_factor_of {
            None => Proof::by(user, Methods::NONE.with(Method::PASSKEY)),
            Some(login) => Proof::completing(login, user, Method::PASSKEY),
        })
    }
}

fn refused(error: &PasskeyRefused) -> Failure {
    tracing::debug!(cause = ?error, "passkey rejected");
    Refusal::LoginFailed.into()
}
