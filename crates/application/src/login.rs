//! Logging a person in, step by step, up to an authorization code.

use crate::clients::Clients;
use crate::failure::Failure;
use crate::{one_time_code, password};
use countersign_domain::authentication::{Authentication, Method, Methods};
use countersign_domain::authorization_request::AuthorizationRequest;
use countersign_domain::client::Client;
use countersign_domain::identifier::{GrantId, LoginId};
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::login::{
    LoginStage, LoginStep, attempts_of, may_be_tried, may_be_tried_for_user,
};
use countersign_domain::mfa_policy::MfaPolicy;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use countersign_ports::{
    AuthorizationCodeCodec, Clock, Entropy, LoginStepCodec, OneTimeCodes, PasswordHasher, Race,
    Store, UserKey, Vault,
};
use std::net::IpAddr;
use std::sync::Arc;

/// The first step: who asks, and who answers with a password.
pub struct LoginRequest<'a> {
    /// `client_id`.
    pub client_id: &'a str,
    /// The rest of the authorization request.
    pub authorization: AuthorizationRequest<'a>,
    /// The user's e-mail address.
    pub email: &'a str,
    /// The user's password.
    pub password: &'a Secret,
    /// Where the request came from, if that is known.
    pub address: Option<IpAddr>,
}

/// What a login waits for now.
pub struct PendingStep {
    /// The sealed step, to be presented next.
    pub id: String,
    /// What it waits for.
    pub stage: LoginStage,
    /// Who asks.
    pub client_name: String,
    /// What for.
    pub scope: Scope,
}

/// The end of a login.
pub struct IssuedCode {
    /// The sealed code.
    pub code: String,
    /// Where it is to be delivered.
    pub redirect_uri: RedirectUri,
}

/// The use cases of a login.
pub struct Logins<S, P> {
    /// Users and the progress of logins live here.
    pub store: Arc<S>,
    /// Who may ask.
    pub clients: Arc<Clients<S>>,
    /// Checks passwords.
    pub passwords: Arc<P>,
    /// Seals steps.
    pub steps: Arc<dyn LoginStepCodec>,
    /// Seals codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// Unseals the secrets of one-time codes.
    pub vault: Arc<dyn Vault>,
    /// Checks one-time codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Names logins and grants.
    pub entropy: Arc<dyn Entropy>,
    /// Whether everybody has to have a second factor.
    pub mfa: MfaPolicy,
    /// How long things live.
    pub lifetimes: Lifetimes,
}

impl<S: Store, P: PasswordHasher> Logins<S, P> {
    /// Judges the authorization request and checks the password. An unknown user, a disabled one and a
    /// wrong password cost the same work and get the same answer. Where everybody has to have a second factor, a
    /// user without an authenticator app is refused.
    pub async fn begin(&self, request: &LoginRequest<'_>) -> Result<PendingStep, Failure> {
        let now = self.clock.now();
        let client = self.clients.registered(request.client_id).await?;
        let requested = client.judge(&request.authorization)?;
        let user = password::check(
            &*self.store,
            &*self.passwords,
            request.email,
            request.password,
            request.address,
            now,
        )
        .await?;
        let stage = if user.sealed_totp_secret.is_some() {
            LoginStage::SecondFactor
        } else {
            self.mfa.may_do_without()?;
            LoginStage::Consent
        };
        let step = LoginStep {
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            stage,
            user: user.id,
            requested,
            authentication: Authentication {
                time: now,
                methods: Methods::NONE.with(Method::Password),
                session: None,
            },
            password: user.password_mark(),
            expires_at: now.plus(self.lifetimes.login),
        };
        Ok(self.pending(&client, &step))
    }

    /// Checks the one-time code. The attempt is counted before the code is looked at, so that guesses
    /// made at the same moment count too.
    pub async fn second_factor(&self, step_id: &str, code: &str) -> Result<PendingStep, Failure> {
        let now = self.clock.now();
        let step = self.steps.open(step_id).ok_or(Refusal::LoginStepUnknown)?;
        step.may_be_taken(LoginStage::SecondFactor, now)?;
        may_be_tried(
            self.store
                .count_attempt(step.login, step.expires_at)
                .await?,
        )?;
        let (user_window, ends) = attempts_of(step.user, now);
        may_be_tried_for_user(self.store.count_attempt(user_window, ends).await?)?;
        let user = self.user_of(&step).await?;
        one_time_code::use_up(
            &*self.store,
            &*self.vault,
            &*self.one_time_codes,
            &user,
            code,
            now,
        )
        .await?;
        self.take(&step).await?;
        let client = self
            .clients
            .registered(step.requested.client.as_str())
            .await?;
        Ok(self.pending(&client, &step.to_consent()))
    }

    /// Takes the resource owner's consent and seals a code. Nothing of it is stored until it is redeemed.
    pub async fn confirm(&self, step_id: &str) -> Result<IssuedCode, Failure> {
        let now = self.clock.now();
        let step = self.steps.open(step_id).ok_or(Refusal::LoginStepUnknown)?;
        step.may_be_taken(LoginStage::Consent, now)?;
        self.user_of(&step).await?;
        self.take(&step).await?;
        let grant = GrantId::from_bytes(self.entropy.time_ordered_id());
        let code = step.to_code(grant, &self.lifetimes, now);
        Ok(IssuedCode {
            code: self.codes.seal(&code),
            redirect_uri: code.requested.redirect_uri,
        })
    }

    /// Uses a step up.
    async fn take(&self, step: &LoginStep) -> Result<(), Failure> {
        match self
            .store
            .advance(step.login, step.stage.position(), step.expires_at)
            .await?
        {
            Race::Won => Ok(()),
            Race::Lost => Err(Refusal::LoginStepUsed.into()),
        }
    }

    /// The user of a step, who may go on with it.
    async fn user_of(&self, step: &LoginStep) -> Result<User, Failure> {
        let user = self.store.find_user(UserKey::Id(step.user)).await?;
        let user = user.filter(|user| user.enabled);
        let user = user.ok_or(Refusal::LoginFailed)?;
        user.still_has(step.password)?;
        Ok(user)
    }

    fn pending(&self, client: &Client, step: &LoginStep) -> PendingStep {
        PendingStep {
            id: self.steps.seal(step),
            stage: step.stage,
            client_name: client.name.clone(),
            scope: step.requested.scope.clone(),
        }
    }
}
