//! Next step of an interaction: runs the state machine of the domain and loads the facts that it requests.

use crate::app::App;
use crate::authorize::{Authorizations, ValidRequest};
use crate::compose::UseCases;
use crate::failure::Failure;
use crate::sessions::{BrowserSessions, LiveSession};
use crate::slices;
use crate::ways_in::is_allowed;
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
        request: Option<Request<'_>>,
        sessions: &'a BrowserSessions,
    ) -> Option<&'a LiveSession> {
        let signed_in = sessions.live.iter().map(LiveSession::signed_in);
        let has_current = sessions.current().is_some();
        let found = interaction.session_among(request.as_ref(), signed_in, has_current)?;
        sessions.find(found.session.id)
    }

    /// Returns the next step of an interaction, and its session. `request` is the authorization request of the
    /// interaction, or the request of a device, if any.
    pub async fn next<'a>(
        &self,
        tenant: &Tenant,
        interaction: &Interaction,
        request: Option<Request<'_>>,
        sessions: &'a BrowserSessions,
    ) -> Result<(Step, Option<&'a LiveSession>), Failure> {
        let now = self.clock.now();
        let live = self.session_of(interaction, request, sessions);
        let live = match (live, request) {
            (Some(live), Some(request)) => {
                let own = &request.client.upstream_providers;
                let is_allowed = is_allowed(&*self.store, tenant, &live.session, own, now);
                is_allowed.await?.then_some(live)
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
            let step = interaction.next(request.as_ref(), &facts);
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
        request: Option<Request<'_>>,
        sessions: &'a BrowserSessions,
    ) -> Result<(Step, Option<&'a LiveSession>), Failure> {
        let next = self
            .authorizations
            .next(tenant, interaction, request, sessions);
        let (step, live) = next.await?;
        if let Some(live) = live {
            if matches!(
                step,
                Step::Ask(_) | Step::Show(Page::Consent | Page::Device | Page::Enroll)
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
    /// Returns the parts that determine the next step of the interaction.
    #[must_use]
    pub fn facts(&self) -> Request<'_> {
        Request {
            client: &self.client,
            scope: &self.to_agree_to,
            demands: &self.demands,
            redirect_uri: Some(&self.requested.binding().redirect_uri),
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
