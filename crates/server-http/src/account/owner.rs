//! Who is on a page of the account, and what all answers to them have in common.

use super::ACCOUNT;
use crate::Services;
use crate::authorize;
use crate::browser::interaction::{Errand, Interaction};
use crate::browser::troubles::{Trouble, trouble};
use crate::browser::{Fields, Visit};
use crate::error::Unserved;
use crate::pages::keep_opener;
use crate::parameters::given;
use crate::sign_in::LOGIN;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use countersign_application::{Failure, LiveSession};
use countersign_domain::refusal::Refusal;
use countersign_ports::{PasswordHasher, Signer, Store};
use std::sync::Arc;

/// Somebody who is logged in. Whoever is not is led to a login, and from there to the page that they asked for.
pub(super) struct Owner<S, G, P> {
    pub(super) visit: Visit<S, G, P>,
    /// The session that the interaction is about, or else the current one.
    pub(super) live: LiveSession,
    /// What came with the request, or a new one.
    pub(super) interaction: Interaction,
}

/// A form of ours that somebody sent who is logged in.
pub(super) struct Sent<S, G, P> {
    pub(super) by: Owner<S, G, P>,
    pub(super) fields: Fields,
}

impl<S: Store, G: Signer, P: PasswordHasher> FromRequestParts<Arc<Services<S, G, P>>>
    for Owner<S, G, P>
{
    type Rejection = Response;

    async fn from_request_parts(
        head: &mut Parts,
        services: &Arc<Services<S, G, P>>,
    ) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(head, services).await?;
        match authorize::in_query(head.uri.query()) {
            Ok(sealed) => Self::of(visit, sealed, head.uri.path()),
            Err(malformed) => Err(visit.finish(ACCOUNT, Err(malformed.into()))),
        }
    }
}

impl<S: Store, G: Signer, P: PasswordHasher> FromRequest<Arc<Services<S, G, P>>> for Sent<S, G, P> {
    type Rejection = Response;

    async fn from_request(
        request: Request,
        services: &Arc<Services<S, G, P>>,
    ) -> Result<Self, Response> {
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

impl<S: Store, G: Signer, P: PasswordHasher> Owner<S, G, P> {
    fn of(visit: Visit<S, G, P>, sealed: Option<String>, path: &str) -> Result<Self, Response> {
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

    /// Why the form before did not lead on.
    pub(super) fn take_trouble(&mut self) -> Option<Trouble> {
        let (trouble, _) = self.interaction.take_trouble(self.visit.now());
        trouble
    }

    /// The answer. To whom logged in too long ago it is the way to a login, and back to `path`.
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

    /// The answer to a form of the page at `path`. What can be mended there leads back to it.
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

impl<S: Store, G: Signer, P: PasswordHasher> Visit<S, G, P> {
    fn errand(&self, path: &str) -> Interaction {
        Interaction::new(Errand::Visit(path.to_owned()), self.now())
    }

    fn log_in_first(&self, path: &str) -> Response {
        self.lead_to(LOGIN, &self.errand(path))
    }
}
