use super::answer::{Answer, Answered, Prompt, Prompted, Proof, Visitor};
use super::use_cases::SignIn;
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::login::count_attempt;
use crate::slices;
use countersign_domain::identifier::{LoginId, UserId};
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::{Interaction, PendingLogin};
use countersign_domain::login::methods::Method;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::UserKey;
use countersign_ports::prelude::*;

impl<A: App> SignIn<A> {
    /// Starts a step-up: a signed-in user must provide another factor.
    #[must_use]
    pub fn step_up(&self, tenant: &Tenant, user: &User, session: &Session) -> PendingLogin {
        let methods = session.authentication.methods;
        PendingLogin {
            session: Some(session.id),
            ..self.pending_login(tenant, user, methods, self.clock.now())
        }
    }

    /// Returns the user of a sign-in that waits for a second factor. Fails if the user may no longer complete it.
    pub async fn user_of(&self, tenant: &Tenant, login: &PendingLogin) -> Result<User, Failure> {
        CurrentRequest::note_user(login.user);
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

    /// Returns the pending sign-in of the interaction, with its user. Returns `None` if the interaction has none, or if
    /// the user may no longer complete it.
    pub(super) async fn live_pending(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
    ) -> Result<Option<(PendingLogin, User)>, Failure> {
        let Some(login) = interaction.pending_login() else {
            return Ok(None);
        };
        match self.user_of(tenant, login).await {
            Ok(user) => Ok(Some((login.clone(), user))),
            Err(Failure::Refused(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Returns whether a user has a passkey.
    pub async fn has_passkey(&self, tenant: &Tenant, user: UserId) -> Result<bool, Failure> {
        Ok(slices::has_passkey(&*self.store, tenant.id, user).await?)
    }

    pub(super) fn pending_login(
        &self,
        tenant: &Tenant,
        user: &User,
        methods: Methods,
        now: Timestamp,
    ) -> PendingLogin {
        PendingLogin {
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            user: user.id,
            methods,
            password: user.password_mark(),
            session: None,
            expires_at: now.plus(tenant.settings.lifetimes.login()),
        }
    }

    /// Asks for a code if a sign-in waits for a second factor.
    pub(super) async fn ask_for_code(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        digits: bool,
    ) -> Result<Prompted, Failure> {
        let pending = self.live_pending(tenant, interaction).await?;
        let prompt = Prompt::Code {
            sent_to: None,
            digits,
        };
        Ok(pending.map_or(Prompted::Over, |_| Prompted::Prompt(prompt)))
    }

    /// Returns the sign-in that a code completes, and the code. `Err` if there is no such sign-in, if this browser may not
    /// complete it, or if the code is missing.
    pub(super) async fn second_factor(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        answer: &Answer,
        visitor: &Visitor<'_>,
    ) -> Result<Result<(PendingLogin, String), Answered>, Failure> {
        let pending = self.live_pending(tenant, interaction).await?;
        let login = pending.map(|(login, _)| login);
        let Some(login) = login.filter(|login| visitor.may_complete(login)) else {
            return Ok(Err(Answered::Over));
        };
        let code = answer.code.clone();
        Ok(code
            .map(|code| (login, code))
            .ok_or(Answered::Incomplete("code")))
    }

    /// Converts the result of a code check.
    pub(super) fn after_code(
        interaction: &mut Interaction,
        (method, proved): (Method, Result<Proof, Failure>),
        remember: bool,
    ) -> Answered {
        match proved {
            Ok(proof) => Answered::Proved {
                proof: Box::new(proof),
                remember,
            },
            // This sign-in is over. The user must start again with the first factor.
            Err(Failure::Refused(Refusal::LoginEnded | Refusal::LoginStepUsed)) => {
                interaction.pending = None;
                Answered::Ask(Method::PASSWORD, None)
            }
            Err(failure) => Answered::Ask(method, Some(failure)),
        }
    }

    /// Counts a second-factor attempt. Call this before the check, so that concurrent guesses count too.
    pub(super) async fn count_second_factor(
        &self,
        tenant: &Tenant,
        login: &PendingLogin,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let of_login = (login.login, login.expires_at);
        count_attempt(&*self.store, tenant.id, of_login, login.user, now).await
    }

    pub(super) async fn enabled_user(&self, tenant: &Tenant, id: UserId) -> Result<User, Failure> {
        enabled(self.store.find_user(tenant.id, UserKey::Id(id)).await?)
    }
}

fn enabled(user: Option<User>) -> Result<User, Failure> {
    let user = user.filter(|user| user.enabled);
    Ok(user.ok_or(Refusal::LoginFailed)?)
}
