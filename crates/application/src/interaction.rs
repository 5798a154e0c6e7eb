//! Next step of an interaction: runs the state machine of the domain and loads the facts that it requests.

use crate::app::App;
use crate::authorize::{Authorizations, ValidRequest};
use crate::compose::UseCases;
use crate::ephemera::provider_of;
use crate::failure::Failure;
use crate::sessions::{BrowserSessions, LiveSession};
use crate::slices;
use countersign_domain::login::interaction::{
    Fact, Facts, Interaction, Page, Pending, Request, SignedIn, Step,
};
use countersign_domain::tenant::Tenant;
use countersign_ports::Store;

impl<S: Store> Authorizations<S> {
    /// Returns the session of an interaction.
    #[must_use]
    pub fn session_of<'a>(
        &self,
        interaction: &Interaction,
        request: Option<&ValidRequest>,
        sessions: &'a BrowserSessions,
    ) -> Option<&'a LiveSession> {
        let signed_in = sessions.live.iter().map(LiveSession::signed_in);
        let request = request.map(ValidRequest::facts);
        let has_current = sessions.current().is_some();
        let found = interaction.session_among(request.as_ref(), signed_in, has_current)?;
        sessions.find(found.session.id)
    }

    /// Returns whether the client of a request accepts the way in which the user of a session signed in.
    async fn is_allowed(
        &self,
        tenant: &Tenant,
        live: &LiveSession,
        request: &ValidRequest,
    ) -> Result<bool, Failure> {
        let allowed = &request.client.upstream_providers;
        if allowed.is_empty() {
            return Ok(true);
        }
        let signed_in_at = live.session.authentication.time;
        let ends = tenant.settings.lifetimes.session_end(signed_in_at);
        let key = provider_of(live.session.id, ends);
        let found = self.store.get(tenant.id, &key, self.clock.now()).await?;
        Ok(found.is_some_and(|found| {
            let mut allowed = allowed.iter();
            allowed.any(|name| name.as_str().as_bytes() == found.value)
        }))
    }

    /// Returns the next step of an interaction, and its session. `request` is the authorization request of the
    /// interaction, if any.
    pub async fn next<'a>(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        request: Option<&ValidRequest>,
        sessions: &'a BrowserSessions,
    ) -> Result<(Step, Option<&'a LiveSession>), Failure> {
        let now = self.clock.now();
        let live = self.session_of(interaction, request, sessions);
        let live = match (live, request) {
            (Some(live), Some(request)) => {
                let is_allowed = self.is_allowed(tenant, live, request).await?;
                is_allowed.then_some(live)
            }
            (live, _) => live,
        };
        let (mut consent, mut has_passkey) = (None, None);
        loop {
            let facts = Facts {
                signed_in: live.map(LiveSession::signed_in),
                consent: consent.as_ref().map(Option::as_ref),
                has_passkey,
                mfa: tenant.settings.mfa,
                now,
            };
            let step = interaction.next(request.map(ValidRequest::facts).as_ref(), &facts);
            match (step, live, request) {
                (Step::Need(Fact::Consent), Some(live), Some(request)) => {
                    let client = &request.client.id;
                    let found = self.store.find_consent(tenant.id, live.user.id, client);
                    consent = Some(found.await?);
                }
                (Step::Need(Fact::HasPasskey), Some(live), _) => {
                    let found = slices::has_passkey(&*self.store, tenant.id, live.user.id);
                    has_passkey = Some(found.await?);
                }
                (step, _, _) => return Ok((step, live)),
            }
        }
    }
}

impl<A: App> UseCases<A> {
    /// Returns the next step of an interaction. Records the session and a pending step-up in the interaction.
    pub async fn next<'a>(
        &self,
        tenant: &Tenant,
        interaction: &mut Interaction,
        request: Option<&ValidRequest>,
        sessions: &'a BrowserSessions,
    ) -> Result<(Step, Option<&'a LiveSession>), Failure> {
        let next = self
            .authorizations
            .next(tenant, interaction, request, sessions);
        let (step, live) = next.await?;
        if let Some(live) = live {
            if matches!(
                step,
                Step::Ask(_) | Step::Show(Page::Consent | Page::Enroll)
            ) {
                interaction.session = Some(live.session.id);
            }
            if matches!(step, Step::Ask(_)) {
                let login = self.sign_in.step_up(tenant, &live.user, &live.session);
                interaction.pending = Some(Pending::SecondFactor(login));
            }
        }
        Ok((step, live))
    }
}

impl ValidRequest {
    fn facts(&self) -> Request<'_> {
        Request {
            client: &self.client,
            scope: &self.to_agree_to,
            demands: &self.demands,
            redirect_uri: &self.requested.binding().redirect_uri,
        }
    }
}

impl LiveSession {
    const fn signed_in(&self) -> SignedIn<'_> {
        SignedIn {
            session: &self.session,
            user: &self.user,
        }
    }
}
