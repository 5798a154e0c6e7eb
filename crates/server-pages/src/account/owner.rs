//! The user on an account page, and the common part of all responses.

use crate::browser::problem::{FormProblem, problem};
use crate::browser::{Browser, Fields};
use crate::interaction::in_query;
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
    pub(super) entered: Vec<(String, String)>,
    /// Names of attributes in the submitted form, with the texts of their fields.
    pub(super) attributes: Vec<(String, String)>,
}

/// A form of this server that a signed-in user submitted.
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
            Ok(sealed) => Self::of(browser, sealed, head.uri.path()),
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
                    ..Owner::of(browser, sealed, ACCOUNT)?
                };
                Ok(Self { by, fields })
            }
            Err(request_error) => Err(browser.finish(ACCOUNT, Err(request_error))),
        }
    }
}

impl<A: App> Owner<A> {
    fn of(browser: Browser<A>, sealed: Option<String>, path: &str) -> Result<Self, Response> {
        let opened = sealed.map(|sealed| browser.open(Some(&sealed)));
        let (interaction, problem, typed, entered) = match opened.transpose() {
            Ok(Some(opened)) => (
                opened.interaction,
                opened.problem,
                opened.typed,
                opened.entered,
            ),
            Ok(None) => (visiting(&browser, ACCOUNT), None, None, Vec::new()),
            Err(error) => return Err(browser.finish(ACCOUNT, Err(error))),
        };
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
            problem,
            typed,
            entered,
            attributes: Vec::new(),
        })
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
        let answer = answer.or_else(|error| {
            let problem = problem(error, path, self.browser.client_id.as_deref())?;
            Ok(self
                .browser
                .lead_back(path, &self.interaction, problem, None))
        });
        self.finish(path, answer)
    }
}

fn visiting<A: App>(browser: &Browser<A>, path: &str) -> Interaction {
    Interaction::new(Purpose::Visit(path.to_owned()), browser.now())
}

fn sign_in_first<A: App>(browser: &Browser<A>, path: &str) -> Response {
    browser.lead_to(LOGIN, &visiting(browser, path))
}
