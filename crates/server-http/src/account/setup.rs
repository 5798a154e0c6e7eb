//! `/mfa-setup`: a user without a second factor chooses one, where everybody has to have one; and what carries an
//! enrollment from page to page.

use super::{ACCOUNT, AUTHENTICATOR, PASSKEY};
use crate::browser::Visit;
use crate::browser::interaction::{Errand, Interaction};
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::pages::views::MfaSetupView;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::LiveSession;
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_ports::{PasswordHasher, Signer, Store};

pub(crate) const MFA_SETUP: &str = "/mfa-setup";

/// Shows what there is to choose from.
pub(super) async fn show<S: Store, G: Signer, P: PasswordHasher>(
    visit: Visit<S, G, P>,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = async {
        let interaction = visit.interaction(query.as_deref())?;
        visit
            .services
            .accounts
            .settings
            .mfa
            .may_enroll()
            .map_err(countersign_application::Failure::from)?;
        Ok::<_, Unserved>(visit.owner(ACCOUNT).map(|_| {
            let passkeys = &visit.services.accounts.passkeys;
            let passkey = passkeys
                .are_possible()
                .then(|| visit.link(PASSKEY, &interaction));
            let view = MfaSetupView {
                page: visit.page(),
                authenticator: &visit.link(AUTHENTICATOR, &interaction),
                passkey: passkey.as_deref(),
            };
            visit.page().show(StatusCode::OK, &view)
        }))
    };
    let answer = answer.await;
    visit.finish_account(MFA_SETUP, answer)
}

/// How long an enrollment may take: as long as a login.
const LONGEST: std::time::Duration = Lifetimes::DEFAULT.login;

impl<S: Store, G: Signer, P: PasswordHasher> Visit<S, G, P> {
    /// Who enrolls: the user of the session that the interaction is about, or else who is here.
    pub(super) fn enrolling(
        &self,
        interaction: &Interaction,
        path: &str,
    ) -> Result<LiveSession, Response> {
        match self.live(interaction) {
            Some(live) => Ok(live.clone()),
            None => self.owner(path),
        }
    }

    /// Where an enrollment leads that is given up.
    pub(super) fn way_back(&self, interaction: &Interaction) -> String {
        match interaction.errand {
            Errand::Visit(_) => ACCOUNT.to_owned(),
            Errand::Authorize(_) => self.link(MFA_SETUP, interaction),
        }
    }

    /// What an enrollment needs to be finished, for the user of this session in this browser.
    pub(super) fn seal_state(&self, state: &[u8], owner: &LiveSession) -> String {
        let ends = self.now().plus(LONGEST).as_unix_seconds();
        let dated = [&ends.to_be_bytes(), state].concat();
        let context = self.context(&enrollment(owner));
        self.services.envelopes.seal(&context, &dated)
    }

    /// The same, if its time is not over.
    pub(super) fn open_state(
        &self,
        sealed: Option<&str>,
        owner: &LiveSession,
    ) -> Result<Vec<u8>, Unserved> {
        let context = self.context(&enrollment(owner));
        let opened = sealed.and_then(|text| self.services.envelopes.open(&context, text));
        let state = opened.as_deref().and_then(|content| {
            let (ends, state) = content.split_first_chunk()?;
            let ends = Timestamp::from_unix_seconds(u64::from_be_bytes(*ends));
            (!ends.has_passed(self.now())).then(|| state.to_vec())
        });
        Ok(state.ok_or(Malformed::InteractionUnknown)?)
    }
}

fn enrollment(owner: &LiveSession) -> String {
    format!("enrollment:{}", owner.user.id)
}
