//! Next step of an authorization request in a browser: issue a code, show a page, or refuse.

use super::demands::Demands;
use crate::authorize::consent::Consent;
use crate::client::Client;
use crate::client::redirect_uri::RedirectUri;
use crate::login::authentication::Acr;
use crate::login::session::Session;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::time::Timestamp;

/// Facts that determine the next step.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// Live session of the browser, if its user is enabled.
    pub session: Option<&'a Session>,
    /// Stored consent of the user for this client.
    pub consent: Option<&'a Consent>,
    /// Redirect URI of the request; `None` if a device asks.
    pub redirect_uri: Option<&'a RedirectUri>,
    /// Steps that the user has completed for this request.
    pub done: Done,
    /// Highest class that the user can reach with their factors. Used only if [`Demands::has_to_be_within_reach`]
    /// returns a class.
    pub within_reach: Acr,
    /// Current time.
    pub now: Timestamp,
}

/// Steps that a user has completed for an authorization request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Signed in, to the current session.
    pub logged_in: bool,
    /// Selected an account.
    pub selected: bool,
    /// Gave consent.
    pub consented: bool,
}

/// Next step of an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Issue a code.
    Issue,
    /// Show the sign-in page.
    LogIn,
    /// Ask the signed-in user for another factor.
    StepUp,
    /// Show the account selection page.
    SelectAccount,
    /// Show the consent page.
    Consent,
    /// Refuse the request.
    Refuse(Refusal),
}

impl NextStep {
    /// Replaces a page with the error for `prompt=none` (OpenID Connect Core section 3.1.2.6).
    fn unseen(self) -> Self {
        match self {
            Self::LogIn | Self::StepUp => Self::Refuse(Refusal::LoginRequired),
            Self::SelectAccount => Self::Refuse(Refusal::AccountSelectionRequired),
            Self::Consent => Self::Refuse(Refusal::ConsentRequired),
            Self::Issue | Self::Refuse(_) => self,
        }
    }
}

impl Demands {
    /// Returns the requested class if the next step depends on whether the user can reach it.
    ///
    /// Returns `None` if no class is requested, or if the session already has it. Also returns `None` if the user gave
    /// a second factor for this request and still has a lower class. Asking again would not help.
    #[must_use]
    pub fn has_to_be_within_reach(&self, session: &Session, done: Done) -> Option<Acr> {
        let worth = session.authentication.acr;
        let was_asked = done.logged_in && worth > Acr::ONE_FACTOR;
        let demand = self.acr.filter(|demand| worth < demand.least)?;
        (!was_asked).then_some(demand.least)
    }

    /// Returns the next step for a request of `client` for `scope`.
    ///
    /// The first step that is still missing wins, in this order: sign-in, account selection, another factor, consent.
    /// Consent is last because it belongs to the signed-in user. With `prompt=none`, a missing step becomes a refusal.
    #[must_use]
    pub fn next_step(&self, client: &Client, scope: &Scope, situation: &Situation<'_>) -> NextStep {
        let step = self
            .login(client, situation)
            .or_else(|| self.selection(situation))
            .or_else(|| self.assurance(situation))
            .or_else(|| self.consent(client, scope, situation))
            .unwrap_or(NextStep::Issue);
        if self.prompt.none {
            step.unseen()
        } else {
            step
        }
    }

    fn login(&self, client: &Client, situation: &Situation<'_>) -> Option<NextStep> {
        let Situation {
            session, done, now, ..
        } = *situation;
        let Some(session) = session.filter(|session| session.is_live(now)) else {
            return Some(NextStep::LogIn);
        };
        if let Some(wanted) = &self.subject
            && client.openid.subject_type.subject_of(&session.user.into()) != *wanted
        {
            return Some(if done.logged_in {
                NextStep::Refuse(Refusal::LoginRequired)
            } else {
                NextStep::LogIn
            });
        }
        let is_too_old = self
            .max_age
            .is_some_and(|max_age| now.since(session.authentication.time) > max_age);
        ((self.prompt.login || is_too_old) && !done.logged_in).then_some(NextStep::LogIn)
    }

    /// Ignores a preferred class that the user cannot reach, or that needs a page despite `prompt=none`. An essential
    /// class that the user cannot reach is refused.
    fn assurance(&self, situation: &Situation<'_>) -> Option<NextStep> {
        let session = situation.session?;
        let demand = self
            .acr
            .filter(|demand| session.authentication.acr < demand.least)?;
        let can_be_met = self
            .has_to_be_within_reach(session, situation.done)
            .is_some_and(|least| least <= situation.within_reach);
        if can_be_met && (demand.essential || !self.prompt.none) {
            return Some(NextStep::StepUp);
        }
        demand
            .essential
            .then_some(NextStep::Refuse(Refusal::AcrNotReached))
    }

    fn selection(&self, situation: &Situation<'_>) -> Option<NextStep> {
        let Done {
            selected,
            logged_in,
            ..
        } = situation.done;
        (self.prompt.select_account && !selected && !logged_in).then_some(NextStep::SelectAccount)
    }

    /// Anyone can send the user code of a device to a user, so the user is asked each time, also for a first-party client
    /// (RFC 8628 sections 5.3 and 5.4).
    ///
    /// A first-party client needs no other consent unless it sends `prompt=consent`. Stored consent counts only if no other
    /// app can impersonate the client ([`Client::can_be_impersonated`]).
    fn consent(
        &self,
        client: &Client,
        scope: &Scope,
        situation: &Situation<'_>,
    ) -> Option<NextStep> {
        if situation.done.consented {
            return None;
        }
        let Some(redirect_uri) = situation.redirect_uri else {
            return Some(NextStep::Consent);
        };
        let stored = situation
            .consent
            .filter(|_| !client.can_be_impersonated(redirect_uri))
            .filter(|consent| client.honors(consent));
        let agreed = client.is_first_party() || stored.is_some_and(|consent| consent.covers(scope));
        (self.prompt.consent || !agreed).then_some(NextStep::Consent)
    }
}

#[cfg(test)]
mod tests;
