//! What stands between an authorization request and its code: nothing, a page, or a refusal.

use super::demands::Demands;
use crate::authorize::consent::Consent;
use crate::client::Client;
use crate::client::redirect_uri::RedirectUri;
use crate::login::authentication::Acr;
use crate::login::session::Session;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::time::Timestamp;

/// What is known when the question is asked.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The session of the browser, if it has a live one whose user may log in.
    pub session: Option<&'a Session>,
    /// What the user has agreed to before, for this client.
    pub consent: Option<&'a Consent>,
    /// Where the answer goes.
    pub redirect_uri: &'a RedirectUri,
    /// What the user has done since the request came.
    pub done: Done,
    /// The most that a login of the user of the session can be worth. It counts only where
    /// [`Demands::has_to_be_within_reach`] names a class.
    pub within_reach: Acr,
    /// The time of the question.
    pub now: Timestamp,
}

/// What a user has done on the pages since the request came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Logged in, into the session that is there now.
    pub logged_in: bool,
    /// Said which account it is.
    pub selected: bool,
    /// Agreed.
    pub consented: bool,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// A code is issued.
    Issue,
    /// The user logs in.
    LogIn,
    /// The user, who is logged in, gives one more factor.
    StepUp,
    /// The user says which account it is.
    SelectAccount,
    /// The user is asked.
    Consent,
    /// Nothing can be done.
    Refuse(Refusal),
}

impl NextStep {
    /// With `prompt=none` nothing may be shown, and the client learns what would have been
    /// (OpenID Connect Core section 3.1.2.6).
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
    /// The class that the user of a session has to be able to reach, where the next step hangs on it: the session is
    /// worth less than is asked for, and its user has not been asked for more yet. Whoever gave a second factor for
    /// this request and is still short of it has been.
    #[must_use]
    pub fn has_to_be_within_reach(&self, session: &Session, done: Done) -> Option<Acr> {
        let worth = session.authentication.acr;
        let was_asked = done.logged_in && worth > Acr::ONE_FACTOR;
        let demand = self.acr.filter(|demand| worth < demand.least)?;
        (!was_asked).then_some(demand.least)
    }

    /// What comes next for a request of `client` for `scope`. Who it is comes first, how well that is proved
    /// second, and consent, which is that user's, last.
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

    /// A wish for more than the user has, or for which nobody may be asked, is dropped; such a demand is refused.
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

    /// A first-party client is trusted by the operator; asking with `prompt=consent` still asks. What was agreed to
    /// before counts for a client that can be told from others ([`Client::could_be_anybody`]).
    fn consent(
        &self,
        client: &Client,
        scope: &Scope,
        situation: &Situation<'_>,
    ) -> Option<NextStep> {
        if situation.done.consented {
            return None;
        }
        let remembered = situation
            .consent
            .filter(|_| !client.could_be_anybody(situation.redirect_uri));
        let agreed = client.first_party || remembered.is_some_and(|consent| consent.covers(scope));
        (self.prompt.consent || !agreed).then_some(NextStep::Consent)
    }
}

#[cfg(test)]
mod tests;
