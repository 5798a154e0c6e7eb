//! The way of an interaction: judged from the start at each step, and sent on to where it goes next.

use super::parameters::AuthorizeParameters;
use super::response::{ResponseMode, WayBack, see_other};
use crate::account::MFA_SETUP;
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::{accounts, authorize, consent, sign_in};
use axum::response::Response;
use countersign_application::{App, Failure, Next, Page, ValidRequest};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::Unserved;

/// An authorization request that has been judged, or an answer that ends it.
pub(crate) enum Judged {
    Valid(Box<Asked>),
    Ended(Response),
}

/// An authorization request that can be served.
pub(crate) struct Asked {
    /// What is asked for.
    pub(crate) request: ValidRequest,
    /// Where the answer goes.
    pub(crate) back: WayBack,
    /// `login_hint`.
    pub(crate) login_hint: Option<String>,
}

impl<A: App> Visit<A> {
    /// Judges an authorization request. What is wrong before the redirect URI is known to be the client's gets a page,
    /// and all else goes to the client.
    pub(crate) async fn judge(&mut self, query: &str) -> Result<Judged, Unserved> {
        let parameters = AuthorizeParameters::parse(query)?;
        self.ui_locales = parameters.ui_locales().map(str::to_owned);
        let (client_id, redirect_uri) = parameters.asker()?;
        self.client_id = Some(client_id.to_owned());
        let services = self.services.clone();
        let asker = services
            .app
            .authorizations
            .asker(&self.tenant, client_id, redirect_uri)
            .await?;
        let mode = parameters.response_mode();
        let back = WayBack {
            asker,
            mode: *mode.as_ref().unwrap_or(&ResponseMode::Query),
            state: parameters.state().map(str::to_owned),
        };
        if let Some(fault) = parameters.fault() {
            return Ok(Judged::Ended(self.refused(&back, &fault.into())));
        }
        let judged = mode.and_then(|_| {
            let claims = parameters.claims()?;
            let resources = parameters.resources();
            let acr: Vec<&str> = claims.essential_acr.iter().map(String::as_str).collect();
            services.app.authorizations.judge(
                &self.tenant,
                &back.asker,
                &parameters.request(&claims, &resources),
                &parameters.demands(&claims, Some(&acr)),
                parameters.id_token_hint(),
            )
        });
        Ok(match judged {
            Ok(request) => Judged::Valid(Box::new(Asked {
                request,
                back,
                login_hint: parameters.login_hint().map(str::to_owned),
            })),
            Err(refusal) if refusal.may_be_redirected() => {
                Judged::Ended(self.refused(&back, &Failure::Refused(refusal).into()))
            }
            Err(refusal) => return Err(Failure::Refused(refusal).into()),
        })
    }

    /// What comes next for a request.
    pub(crate) async fn next(
        &self,
        asked: &Asked,
        interaction: &Interaction,
    ) -> Result<Next, Unserved> {
        let progress = interaction.progress();
        Ok(self
            .services
            .app
            .authorizations
            .next(&self.tenant, &asked.request, &progress, &self.sessions)
            .await?)
    }

    /// Sends the browser on to where an interaction goes next.
    pub(crate) async fn go_on(&mut self, interaction: Interaction) -> Result<Response, Unserved> {
        match &interaction.errand {
            Errand::Visit(path) => {
                let here = interaction.progress().session;
                let is_in = match here {
                    Some(session) => self.sessions.find(session).is_some(),
                    None => !self.sessions.live.is_empty(),
                };
                Ok(if is_in {
                    see_other(path)
                } else {
                    self.lead_to(sign_in::LOGIN, &interaction)
                })
            }
            Errand::Authorize(query) => {
                let query = query.clone();
                match self.judge(&query).await? {
                    Judged::Ended(response) => Ok(response),
                    Judged::Valid(asked) => {
                        let next = self.next(&asked, &interaction).await?;
                        self.follow(&asked, next, interaction).await
                    }
                }
            }
        }
    }

    /// Carries out what comes next.
    pub(crate) async fn follow(
        &self,
        asked: &Asked,
        next: Next,
        mut interaction: Interaction,
    ) -> Result<Response, Unserved> {
        if matches!(next, Next::Code(_) | Next::Page(Page::Consent(_)))
            && let Some(response) = self.enrollment(asked, &mut interaction).await?
        {
            return Ok(response);
        }
        let page = match next {
            Next::Code(code) => return Ok(asked.back.code(self, &code)),
            Next::Refused(refusal) => {
                return Ok(self.refused(&asked.back, &Failure::Refused(refusal).into()));
            }
            Next::Page(page) => page,
        };
        Ok(match page {
            Page::LogIn => self.lead_to(sign_in::LOGIN, &interaction),
            Page::SelectAccount => self.lead_to(accounts::ACCOUNTS, &interaction),
            Page::Consent(session) => {
                interaction.in_session(session);
                self.lead_to(consent::CONSENT, &interaction)
            }
            Page::StepUp(session) => {
                interaction.in_session(session);
                let live = self.sessions.find(session).ok_or(Refusal::LoginFailed);
                let live = live.map_err(Failure::from)?;
                let sign_in = &self.services.app.sign_in;
                let login = sign_in.step_up(&self.tenant, &live.user, &live.session);
                interaction.wait_for_second_factor(&login);
                let wanted = asked.request.demands.acr;
                let page = self.second_factor_of(&live.user, wanted).await?;
                self.lead_to(page, &interaction)
            }
        })
    }

    /// The way to a second factor for a user who has to have one and has none.
    async fn enrollment(
        &self,
        asked: &Asked,
        interaction: &mut Interaction,
    ) -> Result<Option<Response>, Unserved> {
        let (request, progress) = (&asked.request, interaction.progress());
        let authorizations = &self.services.app.authorizations;
        let live = authorizations.session_of(request, &progress, &self.sessions);
        let Some(live) = live else { return Ok(None) };
        if !self
            .services
            .app
            .accounts
            .has_to_enroll(&self.tenant, &live.user)
            .await?
        {
            return Ok(None);
        }
        if request.demands.prompt.none {
            let refused = Failure::Refused(Refusal::LoginRequired).into();
            return Ok(Some(self.refused(&asked.back, &refused)));
        }
        interaction.in_session(live.session.id);
        // A login that is too long ago is no good for enrolling, and comes back here when it is done.
        let page = match live.session.is_fresh(self.now()) {
            Ok(()) => MFA_SETUP,
            Err(_) => sign_in::LOGIN,
        };
        Ok(Some(self.lead_to(page, interaction)))
    }

    /// A redirect to one of our pages, with the interaction.
    pub(crate) fn lead_to(&self, path: &str, interaction: &Interaction) -> Response {
        see_other(&self.link(path, interaction))
    }

    /// The address of one of our pages, with the interaction.
    pub(crate) fn link(&self, path: &str, interaction: &Interaction) -> String {
        format!("{path}?interaction={}", self.seal(interaction))
    }

    /// An error for the client.
    pub(crate) fn refused(&self, back: &WayBack, unserved: &Unserved) -> Response {
        let answer = unserved.answer(
            authorize::AUTHORIZE,
            Some(back.asker.client.id.as_str()),
            false,
        );
        back.error(self, answer.error, &answer.description)
    }
}
