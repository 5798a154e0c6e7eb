//! JSON login: sign-in without a browser, step by step, up to the authorization code.

use crate::admin::users::FactorResets;
use crate::app::App;
use crate::attempts::{AttemptSource, bounded};
use crate::clients::Clients;
use crate::current_request::CurrentRequest;
use crate::ephemera::{attempts_for_user, attempts_in_login, step_of, take_step};
use crate::failure::{Failure, opened};
use crate::one_time_code::Verifier;
use crate::password::{self, Presented};
use crate::refusals;
use crate::ways_in::may_sign_in_here;
use countersign_domain::authorize::AuthorizationRequest;
use countersign_domain::client::Client;
use countersign_domain::client::authentication::RegisteredClient;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::identifier::{GrantId, LoginId, UserId};
use countersign_domain::login::authentication::{Authentication, Methods};
use countersign_domain::login::interaction::Step;
use countersign_domain::login::methods::Method;
use countersign_domain::login::{LoginStage, LoginStep, may_be_tried, may_be_tried_for_user};
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{
    AuthorizationCodeCodec, Clock, Entropy, Ephemera, LoginStepCodec, OneTimeCodes, Race, UserKey,
    Vault,
};
use std::net::IpAddr;
use std::sync::Arc;

/// First step of a JSON login: the authorization request of a client, and the password of a user.
pub struct LoginRequest<'a> {
    /// `client_id`.
    pub client_id: &'a str,
    /// The rest of the authorization request.
    pub authorization: AuthorizationRequest<'a>,
    /// Email address of the user.
    pub email: &'a str,
    /// Password of the user.
    pub password: &'a Secret,
    /// IP address of the request, if known.
    pub address: Option<IpAddr>,
}

/// JSON login that waits for its next step.
pub struct PendingStep {
    /// Sealed step. The caller sends it with the next request.
    pub id: String,
    /// Next step, which the JSON API renders.
    pub step: Step,
    /// Name of the client.
    pub client_name: String,
    /// Requested scope.
    pub scope: Scope,
}

/// Result of a completed JSON login.
pub struct IssuedCode {
    /// Sealed authorization code.
    pub code: String,
    /// Redirect URI for the code.
    pub redirect_uri: RedirectUri,
}

/// Use cases of the JSON login.
pub struct Logins<A: App> {
    /// Users and used steps.
    pub store: Arc<A::Store>,
    /// Registered clients.
    pub clients: Arc<Clients<A::Store>>,
    /// Requests to reset lost second factors.
    pub resets: FactorResets<A::Store>,
    /// Checks passwords.
    pub passwords: Arc<A::PasswordHasher>,
    /// Seals steps.
    pub steps: Arc<dyn LoginStepCodec>,
    /// Seals codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// Unseals one-time code secrets.
    pub vault: Arc<dyn Vault>,
    /// Checks one-time codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of randomness for login and grant IDs.
    pub entropy: Arc<dyn Entropy>,
}

impl<A: App> Logins<A> {
    /// Validates the authorization request and checks the password.
    ///
    /// An unknown user, a disabled user and a wrong password take the same work and get the same response. If the
    /// tenant requires a second factor, rejects a user without an authenticator app.
    pub async fn begin(
        &self,
        tenant: &Tenant,
        request: &LoginRequest<'_>,
    ) -> Result<PendingStep, Failure> {
        let now = self.clock.now();
        let client = self.clients.registered(tenant, request.client_id).await?;
        let registered = RegisteredClient::from_stored(&client);
        let requested = registered.judge(&request.authorization, tenant.settings.requests)?;
        if !client.may_sign_users_in() {
            return Err(refusals::CONSENT_PAGE_REQUIRED.into());
        }
        may_sign_in_here(tenant, &client.upstream_providers)?;
        let adapters = (&*self.store, &*self.passwords);
        let presented = Presented {
            email: request.email,
            password: request.password,
            // The JSON API has no cookies.
            source: AttemptSource {
                address: request.address,
                device: None,
            },
        };
        let user = password::check(adapters, tenant, presented, now).await?;
        let stage = LoginStage::after_password(&user, tenant.settings.mfa)?;
        let step = LoginStep {
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            stage,
            user: user.id,
            requested,
            authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
            password: user.password_mark(),
            expires_at: now.plus(tenant.settings.lifetimes.login()),
        };
        Ok(self.pending(tenant, &client, &step))
    }

    /// Checks the one-time code. Counts the attempt before the check, so that concurrent guesses count too.
    pub async fn second_factor(
        &self,
        tenant: &Tenant,
        step_id: &str,
        code: &str,
    ) -> Result<PendingStep, Failure> {
        let now = self.clock.now();
        CurrentRequest::note_attempt(Method::TIME_CODE);
        let step = self.step(tenant, step_id, LoginStage::SecondFactor, now)?;
        let user = self.user_of(tenant, &step).await?;
        let login = (step.login, step.expires_at);
        count_attempt(&*self.store, tenant.id, login, step.user, now).await?;
        let verifier = Verifier {
            store: &*self.store,
            vault: &*self.vault,
            one_time_codes: &*self.one_time_codes,
        };
        verifier.use_up(tenant.id, &user, code, now).await?;
        let methods = Methods::NONE.with(Method::TIME_CODE);
        self.resets.refute(tenant, user.id, methods).await?;
        self.take(tenant, &step, now).await?;
        let client = step.requested.access().client.as_str();
        let client = self.clients.registered(tenant, client).await?;
        Ok(self.pending(tenant, &client, &step.to_consent()))
    }

    /// Completes the consent step and returns a sealed code. The server does not store the code until it is redeemed.
    pub async fn confirm(&self, tenant: &Tenant, step_id: &str) -> Result<IssuedCode, Failure> {
        let now = self.clock.now();
        let step = self.step(tenant, step_id, LoginStage::Consent, now)?;
        self.take_with_user(tenant, &step, now).await?;
        CurrentRequest::note_signed_in(step.user, None, step.authentication.methods);
        let grant = GrantId::from_bytes(self.entropy.time_ordered_id());
        let code = step.to_code(grant, &tenant.settings.lifetimes, now);
        Ok(IssuedCode {
            code: self.codes.seal(tenant.id, &code),
            redirect_uri: code.facts().binding.redirect_uri.clone(),
        })
    }

    /// Opens a sealed step and checks its stage and expiry time.
    fn step(
        &self,
        tenant: &Tenant,
        sealed: &str,
        stage: LoginStage,
        now: Timestamp,
    ) -> Result<LoginStep, Failure> {
        let step = opened(
            self.steps.open(tenant.id, sealed),
            Refusal::LoginStepUnknown,
        )?;
        CurrentRequest::note_user(step.user);
        CurrentRequest::note_client(&step.requested.access().client);
        step.may_be_taken(stage, now)?;
        Ok(step)
    }

    /// Marks a step as used.
    async fn take(&self, tenant: &Tenant, step: &LoginStep, now: Timestamp) -> Result<(), Failure> {
        let position = step.stage.position();
        let step = (step.login, position, step.expires_at);
        take_step(&*self.store, tenant.id, step, now).await
    }

    /// Marks a step as used, in the statement that reads its user. Fails like [`Logins::user_of`] and [`Logins::take`].
    async fn take_with_user(
        &self,
        tenant: &Tenant,
        step: &LoginStep,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let key = step_of(step.login, step.stage.position(), step.expires_at);
        let found = self
            .store
            .find_user_and_take_step(tenant.id, step.user, &key, now);
        let (user, race) = found.await?.unzip();
        checked(user, step)?;
        match race {
            Some(Race::Won) => Ok(()),
            _ => Err(Refusal::LoginStepUsed.into()),
        }
    }

    /// Returns the user of a step. Fails if the user has been disabled or has changed the password.
    async fn user_of(&self, tenant: &Tenant, step: &LoginStep) -> Result<User, Failure> {
        let found = self.store.find_user(tenant.id, UserKey::Id(step.user));
        Ok(checked(found.await?, step)?)
    }

    fn pending(&self, tenant: &Tenant, client: &Client, step: &LoginStep) -> PendingStep {
        PendingStep {
            id: self.steps.seal(tenant.id, step),
            step: step.stage.step(),
            client_name: client.name.clone(),
            scope: step.requested.access().scope.clone(),
        }
    }
}

/// Returns the user of a step, unless the user was disabled or the password changed since its sign-in.
fn checked(user: Option<User>, step: &LoginStep) -> Result<User, Refusal> {
    let user = user
        .filter(|user| user.enabled)
        .ok_or(Refusal::LoginFailed)?;
    user.still_has(step.password)?;
    Ok(user)
}

/// Counts a second-factor attempt for its login and for its user, in one statement. Checks the limit of the login
/// first.
pub(crate) async fn count_attempt<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    (login, expires_at): (LoginId, Timestamp),
    user: UserId,
    now: Timestamp,
) -> Result<(), Failure> {
    let keys = [
        attempts_in_login(login, expires_at),
        attempts_for_user(user, now),
    ];
    let totals = store.add(tenant, &keys, 1, now).await?;
    let mut totals = totals.into_iter().map(bounded);
    may_be_tried(totals.next().unwrap_or(u32::MAX))?;
    may_be_tried_for_user(totals.next().unwrap_or(u32::MAX))?;
    Ok(())
}
