//! Signing a person in without a browser, step by step, up to an authorization code.

use crate::app::App;
use crate::attempts::bounded;
use crate::clients::Clients;
use crate::ephemera::{attempts_for_user, attempts_in_login, take_step};
use crate::failure::{Failure, opened};
use crate::one_time_code::Verifier;
use crate::password::{self, Presented};
use countersign_domain::authorize::AuthorizationRequest;
use countersign_domain::client::Client;
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
    AuthorizationCodeCodec, Clock, Entropy, Ephemera, LoginStepCodec, OneTimeCodes, UserKey, Vault,
};
use std::net::IpAddr;
use std::sync::Arc;

/// The first step: the authorization request of a client, and the password of a user.
pub struct LoginRequest<'a> {
    /// `client_id`.
    pub client_id: &'a str,
    /// The rest of the authorization request.
    pub authorization: AuthorizationRequest<'a>,
    /// E-mail address of the user.
    pub email: &'a str,
    /// Password of the user.
    pub password: &'a Secret,
    /// Network address that the request came from, if known.
    pub address: Option<IpAddr>,
}

/// A sign-in that waits for its next step.
pub struct PendingStep {
    /// The sealed step, to be presented next.
    pub id: String,
    /// What it waits for: a step of an interaction, which the JSON dialect renders.
    pub step: Step,
    /// Name of the client that asks.
    pub client_name: String,
    /// Scope that it asks for.
    pub scope: Scope,
}

/// The end of a sign-in.
pub struct IssuedCode {
    /// The sealed code.
    pub code: String,
    /// Where it is to be delivered.
    pub redirect_uri: RedirectUri,
}

/// The use cases of a sign-in without a browser.
pub struct Logins<A: App> {
    /// Users, and steps that were taken.
    pub store: Arc<A::Store>,
    /// Registered clients.
    pub clients: Arc<Clients<A::Store>>,
    /// Checks passwords.
    pub passwords: Arc<A::PasswordHasher>,
    /// Seals steps.
    pub steps: Arc<dyn LoginStepCodec>,
    /// Seals codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// Unseals the secrets of one-time codes.
    pub vault: Arc<dyn Vault>,
    /// Checks one-time codes.
    pub one_time_codes: Arc<dyn OneTimeCodes>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers of sign-ins and grants.
    pub entropy: Arc<dyn Entropy>,
}

impl<A: App> Logins<A> {
    /// Judges the authorization request and checks the password. An unknown user, a disabled one and a wrong password
    /// cost the same work and get the same answer. Where the tenant requires a second factor, a user without an
    /// authenticator app is refused.
    pub async fn begin(
        &self,
        tenant: &Tenant,
        request: &LoginRequest<'_>,
    ) -> Result<PendingStep, Failure> {
        let now = self.clock.now();
        let client = self.clients.registered(tenant, request.client_id).await?;
        let requested = client.judge(&request.authorization)?;
        let adapters = (&*self.store, &*self.passwords);
        let presented = Presented {
            email: request.email,
            password: request.password,
            address: request.address,
        };
        let user = password::check(adapters, tenant.id, presented, now).await?;
        let stage = LoginStage::after_password(&user, tenant.settings.mfa)?;
        let step = LoginStep {
            login: LoginId::from_bytes(self.entropy.time_ordered_id()),
            stage,
            user: user.id,
            requested,
            authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
            password: user.password_mark(),
            expires_at: now.plus(tenant.settings.lifetimes.login),
        };
        Ok(self.pending(tenant, &client, &step))
    }

    /// Checks the one-time code. The attempt is counted before the code is looked at, so that guesses made at the same
    /// moment count too.
    pub async fn second_factor(
        &self,
        tenant: &Tenant,
        step_id: &str,
        code: &str,
    ) -> Result<PendingStep, Failure> {
        let now = self.clock.now();
        let step = self.step(tenant, step_id, LoginStage::SecondFactor, now)?;
        let login = (step.login, step.expires_at);
        count_attempt(&*self.store, tenant.id, login, step.user, now).await?;
        let user = self.user_of(tenant, &step).await?;
        let verifier = Verifier {
            store: &*self.store,
            vault: &*self.vault,
            one_time_codes: &*self.one_time_codes,
        };
        verifier.use_up(tenant.id, &user, code, now).await?;
        self.take(tenant, &step, now).await?;
        let client = step.requested.access.client.as_str();
        let client = self.clients.registered(tenant, client).await?;
        Ok(self.pending(tenant, &client, &step.to_consent()))
    }

    /// Takes the resource owner's consent and seals a code. The code is stored nowhere until it is redeemed.
    pub async fn confirm(&self, tenant: &Tenant, step_id: &str) -> Result<IssuedCode, Failure> {
        let now = self.clock.now();
        let step = self.step(tenant, step_id, LoginStage::Consent, now)?;
        self.user_of(tenant, &step).await?;
        self.take(tenant, &step, now).await?;
        let grant = GrantId::from_bytes(self.entropy.time_ordered_id());
        let code = step.to_code(grant, &tenant.settings.lifetimes, now);
        Ok(IssuedCode {
            code: self.codes.seal(tenant.id, &code),
            redirect_uri: code.binding.redirect_uri,
        })
    }

    /// The step of a sealed text, which may be taken as far as the text itself says.
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
        step.may_be_taken(stage, now)?;
        Ok(step)
    }

    /// Uses a step up.
    async fn take(&self, tenant: &Tenant, step: &LoginStep, now: Timestamp) -> Result<(), Failure> {
        let position = step.stage.position();
        let step = (step.login, position, step.expires_at);
        take_step(&*self.store, tenant.id, step, now).await
    }

    /// The user of a step, who may go on with it.
    async fn user_of(&self, tenant: &Tenant, step: &LoginStep) -> Result<User, Failure> {
        let found = self.store.find_user(tenant.id, UserKey::Id(step.user));
        let user = found.await?.filter(|user| user.enabled);
        let user = user.ok_or(Refusal::LoginFailed)?;
        user.still_has(step.password)?;
        Ok(user)
    }

    fn pending(&self, tenant: &Tenant, client: &Client, step: &LoginStep) -> PendingStep {
        PendingStep {
            id: self.steps.seal(tenant.id, step),
            step: step.stage.step(),
            client_name: client.name.clone(),
            scope: step.requested.access.scope.clone(),
        }
    }
}

/// Counts an attempt at a second factor, for its sign-in and for its user, by one statement. The sign-in is judged
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
