//! The authorization endpoint.

use crate::{ACR, LIFETIMES, Server, glue};
use countersign_domain::prelude::*;
use countersign_wire::prelude::*;

/// What the browser gets.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// A page: sign-in, account selection, another factor, or consent.
    Show(NextStep),
    /// A redirect to the client, with a code or an error.
    Redirect(String),
}

/// State of the browser.
#[derive(Clone, Copy)]
pub struct Visit {
    /// Session that the cookie names.
    pub session: Option<SessionId>,
    /// What the user has done for this request. Keep it, sealed, in the address of your pages.
    pub done: Done,
    /// Current time.
    pub now: Timestamp,
}

impl Server {
    /// Handles `GET /authorize`. Show an error on a page: no client may receive it.
    pub fn authorize(&self, query: &str, visit: Visit) -> Result<Step, RequestRefused> {
        let asked: AuthorizationParameters = form::parse(query.as_bytes())?;
        let redirect = |fields: &[(&str, &str)]| {
            let fields = response(fields, asked.state.as_deref(), &self.issuer);
            let uri = asked.redirect_uri.as_deref().unwrap_or_default();
            Ok(Step::Redirect(form::with_query(uri, &fields)))
        };
        match self.next_step(&asked, visit) {
            Ok((_, Some(code))) => redirect(&[("code", &code)]),
            Ok((page, None)) => Ok(Step::Show(page)),
            Err(refusal) if refusal.may_be_redirected() => {
                let (error, description) = (refusal.code().as_str(), refusal.to_string());
                redirect(&[("error", error), ("error_description", &description)])
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    fn next_step(
        &self,
        asked: &AuthorizationParameters,
        Visit { session, done, now }: Visit,
    ) -> Result<(NextStep, Option<String>), Refusal> {
        let client = asked.client_id.as_deref().unwrap_or_default();
        let client = self.store.clients.find(client)?;
        let resources = asked.resources();
        let request = asked.request(RequestedClaims::default(), &resources);
        let requested = client.judge(&request, RequestPolicy::default())?;
        let demands = Demands::judge(&asked.demands(None, None), ACR)?;
        let client = client.client();
        let session = session.and_then(|id| self.store.sessions.find_live(id, now));
        let consents = &self.store.consents;
        let situation = Situation {
            session,
            consent: session.and_then(|session| consents.find(session.user, &client.id)),
            redirect_uri: &requested.binding().redirect_uri,
            done,
            within_reach: Acr::ONE_FACTOR,
            now,
        };
        let step = demands.next_step(client, &requested.access().scope, &situation);
        match (step, session) {
            (NextStep::Refuse(refusal), _) => Err(refusal),
            (NextStep::Issue, Some(session)) => {
                let grant = GrantId::from_bytes(glue::random());
                let owner = ResourceOwner::of_session(session);
                let code = requested.code(grant, owner, &LIFETIMES, now);
                let code = self.keys.seal(b"code", code_to_bytes(&code));
                Ok((NextStep::Issue, Some(code)))
            }
            (page, _) => Ok((page, None)),
        }
    }
}
