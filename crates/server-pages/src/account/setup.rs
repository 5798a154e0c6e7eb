//! `/mfa-setup`: choice of a second factor where one is required, and the state of an enrollment between pages.

use super::owner::Owner;
use super::{ACCOUNT, AUTHENTICATOR, PASSKEY};
use crate::authorize::CONTINUE;
use crate::browser::interaction::Errand;
use crate::pages::views::MfaSetupView;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_server_http::wire::error::Unserved;
use std::time::Duration;

pub(crate) const MFA_SETUP: &str = "/mfa-setup";

/// Deadline for an enrollment: the same as for a login.
const LONGEST: Duration = Lifetimes::DEFAULT.login;

/// Shows the available second factors.
pub(super) async fn show<A: App>(owner: Owner<A>) -> Response {
    let page = page(&owner);
    owner.finish(MFA_SETUP, page)
}

fn page<A: App>(owner: &Owner<A>) -> Result<Response, Unserved> {
    let Owner {
        visit, interaction, ..
    } = owner;
    let accounts = &visit.services.app.accounts;
    let mfa = visit.tenant.settings.mfa;
    mfa.may_enroll().map_err(Failure::from)?;
    let are_possible = accounts.passkeys.are_possible(&visit.tenant);
    let passkey = are_possible.then(|| visit.link(PASSKEY, interaction));
    let view = MfaSetupView {
        page: visit.page(),
        authenticator: &visit.link(AUTHENTICATOR, interaction),
        passkey: passkey.as_deref(),
    };
    Ok(visit.page().show(StatusCode::OK, &view))
}

impl<A: App> Owner<A> {
    /// Returns the link that cancels an enrollment.
    pub(super) fn way_back(&self) -> String {
        let way_back = self.link_if_asked(MFA_SETUP);
        way_back.unwrap_or_else(|| ACCOUNT.to_owned())
    }

    /// Returns the link that continues the authorization request after an enrollment, if there is such a request.
    pub(super) fn way_on(&self) -> Option<String> {
        self.link_if_asked(CONTINUE)
    }

    fn link_if_asked(&self, path: &str) -> Option<String> {
        let mut interaction = self.interaction.clone();
        interaction.pending = None;
        matches!(interaction.errand, Errand::Authorize(_))
            .then(|| self.visit.link(path, &interaction))
    }

    /// Stores the state of an enrollment in the interaction, bound to this user.
    pub(super) fn enroll(&mut self, state: &[u8]) {
        let ends = self.visit.now().plus(LONGEST);
        self.interaction.enroll(self.live.user.id, state, ends);
    }

    /// Returns the state that [`Owner::enroll`] stored, or an error if it has expired.
    pub(super) fn enrollment(&self) -> Result<Vec<u8>, Failure> {
        let now = self.visit.now();
        let state = self.interaction.enrollment(self.live.user.id, now);
        Ok(state.ok_or(Refusal::LoginStepExpired)?)
    }
}
