//! The pages of a login: one file for each way to prove who one is.

pub(crate) mod email_code;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod second_factor;

use crate::account::ACCOUNT;
use crate::authorize::{CONTINUE, Judged, carried};
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::{Trouble, trouble};
use axum::response::Response;
use countersign_application::{App, Failure, FirstFactor, HalfDone, Proof};
use countersign_domain::authorize::demands::AcrDemand;
use countersign_domain::login::authentication::Acr;
use countersign_domain::user::User;
use countersign_server_http::wire::error::Unserved;

pub(crate) const LOGIN: &str = "/login";
pub(crate) const SECOND_FACTOR: &str = "/login/second-factor";
pub(crate) const RECOVERY_CODE: &str = "/login/recovery-code";
pub(crate) const EMAIL_CODE: &str = "/login/email-code";
pub(crate) const PASSKEY: &str = "/login/passkey";

/// Who asks for a login, and whom for.
#[derive(Default)]
struct Purpose {
    client: Option<String>,
    login_hint: Option<String>,
    /// What the login has to be worth.
    acr: Option<AcrDemand>,
}

impl<A: App> Visit<A> {
    /// The interaction in the address of a page; a new one for whoever came by themselves.
    pub(crate) fn interaction(&self, query: Option<&str>) -> Result<Interaction, Unserved> {
        if query.unwrap_or_default().is_empty() {
            Ok(Interaction::new(
                Errand::Visit(ACCOUNT.to_owned()),
                self.now(),
            ))
        } else {
            carried(self, query)
        }
    }

    /// Who asks for a login, judged anew: a client may have been disabled since.
    async fn purpose(
        &mut self,
        interaction: &Interaction,
    ) -> Result<Result<Purpose, Response>, Unserved> {
        let Errand::Authorize(query) = &interaction.errand else {
            return Ok(Ok(Purpose::default()));
        };
        Ok(match self.judge(query).await? {
            Judged::Valid(asked) => Ok(Purpose {
                client: Some(asked.request.client.name.clone()),
                login_hint: asked.login_hint,
                acr: asked.request.demands.acr,
            }),
            Judged::Ended(response) => Err(response),
        })
    }

    /// The login that waits for a second factor. One that is too old, or whose user may no longer log in, does not
    /// wait any more.
    async fn half_done(&self, interaction: &Interaction) -> Result<Option<HalfDone>, Unserved> {
        let Some(login) = interaction.second_factor() else {
            return Ok(None);
        };
        match self.services.app.sign_in.whose(&self.tenant, &login).await {
            Ok(_) => Ok(Some(login)),
            Err(Failure::Refused(_)) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Where a user gives the second factor: by the app, unless they have a passkey and nothing less is worth what is
    /// wanted.
    pub(crate) async fn second_factor_of(
        &self,
        user: &User,
        wanted: Option<AcrDemand>,
    ) -> Result<&'static str, Unserved> {
        let wants_passkey = wanted.is_some_and(|wanted| wanted.least > Acr::TWO_FACTORS);
        let has_app = user.sealed_totp_secret.is_some();
        Ok(match (has_app, wants_passkey) {
            (true, true)
                if self
                    .services
                    .app
                    .sign_in
                    .has_passkey(&self.tenant, user.id)
                    .await? =>
            {
                PASSKEY
            }
            (true, _) => SECOND_FACTOR,
            (false, _) => PASSKEY,
        })
    }

    /// Leads back to the page of a form, which says why the form did not lead on.
    pub(crate) fn lead_back(
        &self,
        path: &str,
        mut interaction: Interaction,
        trouble: Trouble,
        email: Option<String>,
    ) -> Response {
        interaction.tell(trouble, email, self.now());
        self.lead_to(path, &interaction)
    }

    /// Goes on from a first factor.
    async fn after_first_factor(
        &mut self,
        mut interaction: Interaction,
        outcome: FirstFactor,
    ) -> Result<Response, Unserved> {
        match outcome {
            FirstFactor::LoggedIn(proof) => self.logged_in(interaction, *proof).await,
            FirstFactor::HalfDone(login) => {
                interaction.wait_for_second_factor(&login);
                let acr = match self.purpose(&interaction).await? {
                    Ok(purpose) => purpose.acr,
                    Err(response) => return Ok(response),
                };
                let user = self
                    .services
                    .app
                    .sign_in
                    .whose(&self.tenant, &login)
                    .await?;
                let page = self.second_factor_of(&user, acr).await?;
                Ok(self.lead_to(page, &interaction))
            }
        }
    }

    /// Begins the session of a user who has proved who they are, and goes on. Who was shut out meanwhile has to log in
    /// again.
    async fn logged_in(
        &mut self,
        mut interaction: Interaction,
        proof: Proof,
    ) -> Result<Response, Unserved> {
        let Proof { user, methods } = proof;
        let sessions = &self.services.app.sessions;
        let begun = sessions.begin(&self.tenant, user, methods, &self.sessions, self.origin());
        let live = match begun.await {
            Ok(live) => live,
            Err(failure) => {
                interaction.pending = None;
                let trouble = trouble(failure.into(), LOGIN)?;
                return Ok(self.lead_back(LOGIN, interaction, trouble, None));
            }
        };
        metrics::counter!("countersign_logins_total").increment(1);
        tracing::info!(user = %live.user.id, session = %live.session.id, "logged in");
        interaction.logged_in(live.session.id);
        self.sessions.put_first(live);
        Ok(self.lead_to(CONTINUE, &interaction))
    }
}
