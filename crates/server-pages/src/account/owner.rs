//! The user on an account page, and the common part of all responses.

use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Entered, Fields, Opened};
use crate::interaction::{in_query, judged};
use crate::pages::keep_opener;
use crate::paths::{ACCOUNT, LOGIN};
use crate::services::Services;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use countersign_application::{App, Failure, LiveSession};
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::parameters::given;
use std::sync::Arc;

/// A signed-in user. Without a session, the request redirects to the sign-in and then back to the page.
pub(super) struct Owner<A: App> {
    pub(super) browser: Browser<A>,
    /// Session of the interaction, or else the current session.
    pub(super) live: LiveSession,
    /// Interaction of the request, or a new one.
    pub(super) interaction: Interaction,
    /// Problem with the previous submission.
    problem: Option<FormProblem>,
    /// Email address of the previous submission.
    pub(super) typed: Option<String>,
    /// Other fields of the previous submission.
    pub(super) entered: Entered,
    /// Names of attributes in the submitted form, with the texts of their fields.
    pub(super) attributes: Entered,
}

/// A form of this server that a signed-in user submitted, in the session that the form was rendered for.
pub(super) struct Sent<A: App> {
    pub(super) by: Owner<A>,
    pub(super) fields: Fields,
}

impl<A: App> FromRequestParts<Arc<Services<A>>> for Owner<A> {
    type Rejection = Response;

    async fn from_request_parts(
        head: &mut Parts,
        services: &Arc<Services<A>>,
    ) -> Result<Self, Response> {
        let browser = Browser::from_request_parts(head, services).await?;
        match in_query(head.uri.query()) {
            Ok(sealed) => Self::of(browser, sealed, head.uri.path()).await,
            Err(malformed) => Err(browser.finish(ACCOUNT, Err(malformed.into()))),
        }
    }
}

impl<A: App> FromRequest<Arc<Services<A>>> for Sent<A> {
    type Rejection = Response;

    async fn from_request(request: Request, services: &Arc<Services<A>>) -> Result<Self, Response> {
        let (mut head, body) = request.into_parts();
        let browser = Browser::from_request_parts(&mut head, services).await?;
        match browser.sent(Request::from_parts(head, body)).await {
            Ok(sent) => {
                let (mut fields, attributes) = (sent.fields, sent.attributes);
                let sealed = given(fields.interaction.take());
                let by = Owner {
                    attributes,
                    ..Owner::of(browser, sealed, ACCOUNT).await?
                };
                let csrf = given(fields.csrf.take()).unwrap_or_default();
                if by.browser.seals.is_csrf_of(&csrf, by.live.session.id) {
                    Ok(Self { by, fields })
                } else {
                    let other = Malformed::FormOfAnotherSession.into();
                    Err(by.finish(ACCOUNT, Err(other)))
                }
            }
            Err(request_error) => Err(browser.finish(ACCOUNT, Err(request_error))),
        }
    }
}

impl<A: App> Owner<A> {
    async fn of(
        mut browser: Browser<A>,
        sealed: Option<String>,
        path: &str,
    ) -> Result<Self, Response> {
        let opened = sealed.map(|sealed| browser.open(Some(&sealed)));
        let opened = match opened.transpose() {
            Ok(opened) => opened.unwrap_or_else(|| Opened::new(visiting(&browser, ACCOUNT))),
            Err(error) => return Err(browser.finish(ACCOUNT, Err(error))),
        };
        let typed = opened.email().map(str::to_owned);
        let interaction = opened.interaction;
        match judged(&mut browser, &interaction).await {
            Ok(Ok(_)) => {}
            Ok(Err(response)) => return Err(browser.finish(ACCOUNT, Ok(response))),
            Err(error) => return Err(browser.finish(ACCOUNT, Err(error))),
        }
        let session = interaction.session;
        let live = session.and_then(|session| browser.sessions.find(session));
        let current = browser.sessions.current().filter(|_| session.is_none());
        let live = live.or(current);
        let Some(live) = live.cloned() else {
            let login = sign_in_first(&browser, path);
            return Err(browser.finish(ACCOUNT, Ok(login)));
        };
        Ok(Self {
            browser,
            live,
            interaction,
            problem: opened.problem,
            typed,
            entered: opened.entered,
            attributes: Vec::new(),
        })
    }

    /// Returns the field `csrf` of a form, which is valid only in this session. Otherwise a form that one user left open
    /// could change the account of another user who signs in later.
    pub(super) fn csrf(&self) -> String {
        self.browser.seals.csrf_of(self.live.session.id)
    }

    /// Takes the problem with the previous submission.
    pub(super) const fn take_problem(&mut self) -> Option<FormProblem> {
        self.problem.take()
    }

    /// Returns the response. If the sign-in is too old, redirects to a new sign-in and then back to `path`.
    pub(super) fn finish(
        self,
        path: &'static str,
        answer: Result<Response, RequestError>,
    ) -> Response {
        let answer = match answer {
            Err(RequestError::Failure(Failure::Refused(Refusal::AuthenticationStale))) => {
                Ok(sign_in_first(&self.browser, path))
            }
            other => other,
        };
        let is_asked = matches!(self.interaction.purpose, Purpose::Authorize(_));
        let response = self.browser.finish(path, answer);
        if is_asked {
            keep_opener(response)
        } else {
            response
        }
    }

    /// Returns the response to a form at `path`. If the user can correct the problem, redirects back to the form.
    pub(super) fn finish_form(
        self,
        path: &'static str,
        answer: Result<Response, RequestError>,
    ) -> Response {
        let (browser, interaction) = (&self.browser, &self.interaction);
        let answer = answer.or_else(|error| browser.reject(path, interaction, error, Vec::new()));
        self.finish(path, answer)
    }
}

fn visiting<A: App>(browser: &Browser<A>, path: &str) -> Interaction {
    Interaction::new(Purpose::Visit(path.to_owned()), browser.now())
}

fn sign_in_first<A: App>(browser: &Browser<A>, path: &str) -> Response {
    browser.lead_to(LOGIN, &visiting(browser, path))
}
