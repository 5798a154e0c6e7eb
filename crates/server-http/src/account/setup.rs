//! `/mfa-setup`: a user without a second factor chooses one, where everybody has to have one; and what carries an
//! enrollment from page to page.

use super::owner::Owner;
use super::{ACCOUNT, AUTHENTICATOR, PASSKEY};
use crate::authorize::CONTINUE;
use crate::browser::interaction::Errand;
use crate::error::Unserved;
use crate::pages::views::MfaSetupView;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::Failure;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_ports::{PasswordHasher, Signer, Store};
use std::time::Duration;

pub(crate) const MFA_SETUP: &str = "/mfa-setup";

/// How long an enrollment may take: as long as a login.
const LONGEST: Duration = Lifetimes::DEFAULT.login;

/// Shows what there is to choose from.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    owner: Owner<S, G, P>,
) -> Response {
    let page = page(&owner);
    owner.finish(MFA_SETUP, page)
}

fn page<S: Store, G: Signer, P: PasswordHasher>(
    owner: &Owner<S, G, P>,
) -> Result<Response, Unserved> {
    let Owner {
        visit, interaction, ..
    } = owner;
    let accounts = &visit.services.accounts;
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

impl<S: Store, G: Signer, P: PasswordHasher> Owner<S, G, P> {
    /// Where an enrollment leads that is given up.
    pub(super) fn way_back(&self) -> String {
        let way_back = self.link_if_asked(MFA_SETUP);
        way_back.unwrap_or_else(|| ACCOUNT.to_owned())
    }

    /// Where an authorization request goes on after an enrollment, if this is on the way of one.
    pub(super) fn way_on(&self) -> Option<String> {
        self.link_if_asked(CONTINUE)
    }

    fn link_if_asked(&self, path: &str) -> Option<String> {
        let mut interaction = self.interaction.clone();
        interaction.pending = None;
        matches!(interaction.errand, Errand::Authorize(_))
            .then(|| self.visit.link(path, &interaction))
    }

    /// Takes note of what an enrollment needs to be finished by this user.
    pub(super) fn enroll(&mut self, state: &[u8]) {
        let ends = self.visit.now().plus(LONGEST);
        self.interaction.enroll(self.live.user.id, state, ends);
    }

    /// What [`Owner::enroll`] took note of, if its time is not over.
    pub(super) fn enrollment(&self) -> Result<Vec<u8>, Failure> {
        let now = self.visit.now();
        let state = self.interaction.enrollment(self.live.user.id, now);
        Ok(state.ok_or(Refusal::LoginStepExpired)?)
    }
}
