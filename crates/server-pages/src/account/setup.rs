//! `/mfa-setup`: choice of a second factor where one is required, and the state of an enrollment between pages.

use super::addresses::{AUTHENTICATOR, PASSKEY};
use super::owner::Owner;
use crate::paths::{CONTINUE, MFA_SETUP};

use crate::pages::views::{MfaSetupView, Section};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::{App, Failure};
use countersign_domain::login::interaction::{Enrollment, Pending, Purpose};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_server_http::wire::error::RequestError;
use std::time::Duration;

/// Deadline for an enrollment: the same as for a login.
const LONGEST: Duration = Lifetimes::DEFAULT.login();

/// Shows the available second factors.
pub(super) async fn show<A: App>(owner: Owner<A>) -> Response {
    let page = page(&owner);
    owner.finish(MFA_SETUP, page)
}

fn page<A: App>(owner: &Owner<A>) -> Result<Response, RequestError> {
    let Owner {
        browser,
        interaction,
        ..
    } = owner;
    let accounts = &browser.services.app.accounts;
    let mfa = browser.tenant.settings.mfa;
    mfa.may_enroll().map_err(Failure::from)?;
    let are_possible = accounts.passkeys.are_possible(&browser.tenant);
    let passkey = are_possible.then(|| browser.seals.link(PASSKEY, interaction));
    let view = MfaSetupView {
        page: browser.page(),
        authenticator: &browser.seals.link(AUTHENTICATOR, interaction),
        passkey: passkey.as_deref(),
    };
    Ok(browser.page().show(StatusCode::OK, &view))
}

impl<A: App> Owner<A> {
    /// Returns the link that cancels an enrollment.
    pub(super) fn way_back(&self) -> String {
        // Without a required factor, the user only followed an offer.
        let is_required = self.browser.tenant.settings.mfa.demands_every_time();
        let way_back = self.link_if_asked(if is_required { MFA_SETUP } else { CONTINUE });
        way_back.unwrap_or_else(|| Section::Security.path().to_owned())
    }

    /// Returns the link that continues the authorization request after an enrollment, if there is such a request.
    pub(super) fn way_on(&self) -> Option<String> {
        self.link_if_asked(CONTINUE)
    }

    fn link_if_asked(&self, path: &str) -> Option<String> {
        let mut interaction = self.interaction.clone();
        interaction.pending = None;
        matches!(interaction.purpose, Purpose::Authorize(_))
            .then(|| self.browser.seals.link(path, &interaction))
    }

    /// Stores the state of an enrollment in the interaction, bound to this user.
    pub(super) fn enroll(&mut self, state: &[u8]) {
        self.interaction.pending = Some(Pending::Enrollment(Enrollment {
            user: self.live.user.id,
            state: state.to_vec(),
            expires_at: self.browser.now().plus(LONGEST),
        }));
    }

    /// Returns the state that [`Owner::enroll`] stored, or an error if it has expired.
    pub(super) fn enrollment(&self) -> Result<Vec<u8>, Failure> {
        let now = self.browser.now();
        let state = match &self.interaction.pending {
            Some(Pending::Enrollment(enrollment))
                if enrollment.user == self.live.user.id
                    && !enrollment.expires_at.has_passed(now) =>
            {
                Some(enrollment.state.clone())
            }
            _ => None,
        };
        Ok(state.ok_or(Refusal::LoginStepExpired)?)
    }
}
