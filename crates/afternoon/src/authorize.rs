//! The authorization endpoint.

use crate::{ACR, LIFETIMES, Server, glue};
use countersign_domain::prelude::*;
use countersign_wire::prelude::*;

/// Response to the browser.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// A page: sign-in, account selection, another factor, or consent.
    Show(NextStep),
    /// A redirect to the client, with a code or an error.
    Redirect(String),
}

/// Request of a browser.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// Query of the authorization request, without what the user has done.
    pub query: &'a str,
    /// Contents of the cookie.
    pub session: Option<(SessionId, &'a Secret)>,
    /// What the user has done for this request, from the address: the text of [`Server::seal_done`].
    pub done: Option<&'a str>,
    /// Current time.
    pub now: Timestamp,
}

impl Server {
    /// Handles `GET /authorize`. Show an error on a page, and never redirect it to a client.
    pub fn authorize(&self, visit: Visit<'_>) -> Result<Step, RequestRefused> {
        let asked: AuthorizationParameters = form::parse(visit.query.as_bytes())?;
        match self.step(&asked, visit) {
            Err(refusal) if refusal.may_be_redirected() => {
                let uri = asked.redirect_refusal(&refusal, &self.issuer);
                Ok(Step::Redirect(uri))
            }
            step => Ok(step?),
        }
    }

    fn step(&self, asked: &AuthorizationParameters, visit: Visit<'_>) -> Result<Step, Refusal> {
        let client = asked.client_id.as_deref().unwrap_or_default();
        let client = self.store.clients.find(client)?;
        let resources = asked.resources();
        let request = asked.request(RequestedClaims::default(), &resources);
        let requested = client.judge(&request, RequestPolicy::default())?;
        let demands = Demands::judge(&asked.demands(None, None), ACR)?;
        let client = client.client();
        let (store, given, now) = (&self.store, visit.session, visit.now);
        let session = given.and_then(|(id, secret)| store.sessions.find_presented(id, secret, now));
        let done = session.and_then(|session| self.open_done(session.id, visit));
        let situation = Situation {
            session,
            consent: session.and_then(|session| store.consents.find(session.user, &client.id)),
            redirect_uri: Some(&requested.binding().redirect_uri),
            done: done.unwrap_or_default(),
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
                let uri = asked.redirect(&[("code", &code)], &self.issuer);
                Ok(Step::Redirect(uri))
            }
            (page, _) => Ok(Step::Show(page)),
        }
    }

    /// Seals what the user of this session has done for this request.
    #[must_use]
    pub fn seal_done(&self, session: SessionId, query: &str, done: Done, now: Timestamp) -> String {
        let bytes = done_to_bytes(done, now.plus(LIFETIMES.login()));
        self.keys.seal(&done_context(session, query), bytes)
    }

    /// A value of another session or query, or an expired one, counts as absent.
    fn open_done(&self, session: SessionId, visit: Visit<'_>) -> Option<Done> {
        let context = done_context(session, visit.query);
        let (done, expires_at) = self.keys.open(&context, visit.done?, done_from_bytes)?;
        (!expires_at.has_passed(visit.now)).then_some(done)
    }
}
