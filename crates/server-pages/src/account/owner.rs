//! The user on an account page, and the common part of all responses.

use super::ACCOUNT;
use crate::Services;
use crate::authorize;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::{Trouble, trouble};
use crate::browser::{Fields, Visit};
use crate::pages::keep_opener;
use crate::sign_in::LOGIN;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use countersign_application::{App, Failure, LiveSession};
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::parameters::given;
use std::sync::Arc;

/// A signed-in user. Without a session, the request redirects to the sign-in and then back to the page.
pub(super) struct Owner<A: App> {
    pub(super) visit: Visit<A>,
    /// Session of the interaction, or else the current session.
    pub(super) live: LiveSession,
    /// Interaction of the request, or a new one.
    pub(super) interaction: Interaction,
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
        let visit = Visit::from_request_parts(head, services).await?;
        match authorize::in_query(head.uri.query()) {
            Ok(sealed) => Self::of(visit, sealed, head.uri.path()),
            Err(malformed) => Err(visit.finish(ACCOUNT, Err(malformed.into()))),
        }
    }
}

impl<A: App> FromRequest<Arc<Services<A>>> for Sent<A> {
    type Rejection = Response;

    async fn from_request(request: Request, services: &Arc<Services<A>>) -> Result<Self, Response> {
        let (mut head, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut head, services).await?;
        match visit.fields(Request::from_parts(head, body)).await {
            Ok(mut fields) => {
                let sealed = given(fields.interaction.take());
                let by = Owner::of(visit, sealed, ACCOUNT)?;
                Ok(Self { by, fields })
            }
            Err(unserved) => Err(visit.finish(ACCOUNT, Err(unserved))),
        }
    }
}

impl<A: App> Owner<A> {
    fn of(visit: Visit<A>, sealed: Option<String>, path: &str) -> Result<Self, Response> {
        let interaction = match sealed {
            Some(sealed) => visit.open(Some(&sealed)),
            None => Ok(visit.errand(ACCOUNT)),
        };
        let interaction = match interaction {
            Ok(interaction) => interaction,
            Err(unserved) => return Err(visit.finish(ACCOUNT, Err(unserved))),
        };
        let live = visit.live(&interaction).or(visit.sessions.live.first());
        let Some(live) = live.cloned() else {
            let login = visit.log_in_first(path);
            return Err(visit.finish(ACCOUNT, Ok(login)));
        };
        Ok(Self {
            visit,
            live,
            interaction,
        })
    }

    /// Takes the problem with the previous submission.
    pub(super) fn take_trouble(&mut self) -> Option<Trouble> {
        let (trouble, _) = self.interaction.take_trouble(self.visit.now());
        trouble
    }

    /// Returns the response. If the sign-in is too old, redirects to a new sign-in and then back to `path`.
    pub(super) fn finish(self, path: &'static str, answer: Result<Response, Unserved>) -> Response {
        let answer = match answer {
            Err(Unserved::Failure(Failure::Refused(Refusal::AuthenticationStale))) => {
                Ok(self.visit.log_in_first(path))
            }
            other => other,
        };
        let is_asked = matches!(self.interaction.errand, Errand::Authorize(_));
        let response = self.visit.finish(path, answer);
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
        answer: Result<Response, Unserved>,
    ) -> Response {
        let answer = answer.or_else(|unserved| {
            let trouble = trouble(unserved, path)?;
            let interaction = self.interaction.clone();
            Ok(self.visit.lead_back(path, interaction, trouble, None))
        });
        self.finish(path, answer)
    }
}

impl<A: App> Visit<A> {
    fn errand(&self, path: &str) -> Interaction {
        Interaction::new(Errand::Visit(path.to_owned()), self.now())
    }

    fn log_in_first(&self, path: &str) -> Response {
        self.lead_to(LOGIN, &self.errand(path))
    }
}
