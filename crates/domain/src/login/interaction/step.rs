use super::{Interaction, Purpose, second_factor_of};
use crate::authorize::consent::Consent;
use crate::authorize::demands::Demands;
use crate::authorize::next_step::{Done, NextStep, Situation};
use crate::client::Client;
use crate::client::redirect_uri::RedirectUri;
use crate::login::authentication::{Acr, Factors};
use crate::login::methods::Method;
use crate::login::mfa_policy::MfaPolicy;
use crate::login::session::Session;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::time::Timestamp;
use crate::user::User;

/// Next step of an interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Show a page.
    Show(Page),
    /// Ask the signed-in user for another factor with this method.
    Ask(Method),
    /// Load this fact and call [`Interaction::next`] again.
    Need(Fact),
    /// The interaction is finished.
    Done(Outcome),
    /// Return an error to the client.
    Refuse(Refusal),
}

/// Page of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Sign in.
    SignIn,
    /// Choose one of the accounts that are signed in.
    SelectAccount,
    /// Consent of the signed-in user.
    Consent,
    /// Request of a device: the signed-in user compares the code, and allows or denies the access (RFC 8628 section 3.3).
    Device,
    /// Set up a second factor of the signed-in user.
    Enroll,
    /// Choose a new password, after a recovery.
    NewPassword,
}

/// Fact that the next step depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// [`Facts::consent`].
    Consent,
    /// [`Facts::has_passkey`].
    HasPasskey,
}

/// Outcome of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Issue a code for the signed-in user.
    Code,
    /// Record that the signed-in user allowed the request of a device.
    DeviceApproved,
    /// Redirect to the page that the browser requested.
    Return,
}

/// Parts of a validated authorization request that determine the next step.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Client.
    pub client: &'a Client,
    /// Scope that the user consents to.
    pub scope: &'a Scope,
    /// Conditions on sign-in and consent.
    pub demands: &'a Demands,
    /// Redirect URI; `None` if a device asks.
    pub redirect_uri: Option<&'a RedirectUri>,
}

/// Live session of a browser and its enabled user.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn<'a> {
    /// Session.
    pub session: &'a Session,
    /// User.
    pub user: &'a User,
}

/// Facts that determine the next step. `None` means "not loaded".
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Session of the interaction ([`Interaction::session_among`]). `None` means that the browser has no such session.
    pub signed_in: Option<SignedIn<'a>>,
    /// Stored consent of the user for the client.
    pub consent: Option<Option<&'a Consent>>,
    /// Whether the user has a passkey.
    pub has_passkey: Option<bool>,
    /// Policy for second factors.
    pub mfa: MfaPolicy,
    /// Current time.
    pub now: Timestamp,
}

impl Interaction {
    /// Returns the session of this interaction. That is the session of the completed steps, or else the session of the
    /// subject that the request names, or else the current session. `sessions` are those of the browser. The first one is
    /// the current one, if `has_current`.
    pub fn session_among<'a>(
        &self,
        request: Option<&Request<'_>>,
        mut sessions: impl Iterator<Item = SignedIn<'a>> + Clone,
        has_current: bool,
    ) -> Option<SignedIn<'a>> {
        if let Some(id) = self.session {
            return sessions.find(|one| one.session.id == id);
        }
        let current = sessions.clone().next().filter(|_| has_current);
        let named = request.and_then(|request| {
            let subject_type = &request.client.openid.subject_type;
            let subject = request.demands.subject.as_ref()?;
            sessions.find(|one| subject_type.subject_of(&one.user.id.into()) == *subject)
        });
        named.or(current)
    }

    /// Returns the next step. `request` is the validated request of [`Purpose::Authorize`] or [`Purpose::Device`].
    #[must_use]
    pub fn next(&self, request: Option<&Request<'_>>, facts: &Facts<'_>) -> Step {
        let recovers = self.recovered.zip(facts.signed_in);
        if recovers
            .is_some_and(|(recovered, own)| self.done.logged_in && recovered.user == own.user.id)
        {
            return Step::Show(Page::NewPassword);
        }
        match (&self.purpose, request) {
            (Purpose::Authorize(_) | Purpose::Device(_), Some(request)) => {
                self.next_of_request(request, facts)
            }
            (Purpose::Visit(_), _) if facts.signed_in.is_some() => Step::Done(Outcome::Return),
            (Purpose::Authorize(_) | Purpose::Device(_), None) | (Purpose::Visit(_), _) => {
                Step::Show(Page::SignIn)
            }
        }
    }

    fn next_of_request(&self, request: &Request<'_>, facts: &Facts<'_>) -> Step {
        let demands = request.demands;
        let done = facts.signed_in.map_or(Done::default(), |_| self.done);
        let within_reach = match facts.within_reach(demands, done) {
            Ok(acr) => acr,
            Err(fact) => return Step::Need(fact),
        };
        let consent = match (facts.signed_in, facts.consent) {
            (Some(_), None) if request.redirect_uri.is_some() => return Step::Need(Fact::Consent),
            (_, consent) => consent.flatten(),
        };
        let situation = Situation {
            session: facts.signed_in.map(|signed_in| signed_in.session),
            consent,
            redirect_uri: request.redirect_uri,
            done,
            within_reach,
            now: facts.now,
        };
        let step = demands.next_step(request.client, request.scope, &situation);
        let Some(SignedIn { user, .. }) = facts.signed_in else {
            return match step {
                NextStep::Refuse(refusal) => Step::Refuse(refusal),
                NextStep::SelectAccount => Step::Show(Page::SelectAccount),
                _ => Step::Show(Page::SignIn),
            };
        };
        if matches!(step, NextStep::Issue | NextStep::Consent)
            && let Some(step) = facts.enrollment(demands)
        {
            return step;
        }
        let is_of_device = matches!(self.purpose, Purpose::Device(_));
        match step {
            NextStep::Issue if is_of_device => Step::Done(Outcome::DeviceApproved),
            NextStep::Consent if is_of_device => Step::Show(Page::Device),
            NextStep::Issue => Step::Done(Outcome::Code),
            NextStep::LogIn => Step::Show(Page::SignIn),
            NextStep::SelectAccount => Step::Show(Page::SelectAccount),
            NextStep::Consent => Step::Show(Page::Consent),
            NextStep::Refuse(refusal) => Step::Refuse(refusal),
            NextStep::StepUp => match second_factor_of(user, demands.acr, facts.has_passkey) {
                Some(method) => Step::Ask(method),
                None => Step::Need(Fact::HasPasskey),
            },
        }
    }
}

impl Facts<'_> {
    /// Returns the highest context class that the user can reach, if the next step depends on it. It loads passkeys
    /// only if codes do not reach the requested class.
    fn within_reach(&self, demands: &Demands, done: Done) -> Result<Acr, Fact> {
        let needed = self.signed_in.and_then(|SignedIn { session, user }| {
            Some((user, demands.has_to_be_within_reach(session, done)?))
        });
        let Some((user, needed)) = needed else {
            return Ok(Acr::ONE_FACTOR);
        };
        let factors = Factors {
            time_codes: user.sealed_totp_secret.is_some(),
            passkey: false,
        };
        if factors.acr() >= needed {
            return Ok(factors.acr());
        }
        let passkey = self.has_passkey.ok_or(Fact::HasPasskey)?;
        Ok(Factors { passkey, ..factors }.acr())
    }

    /// Returns the setup page for a second factor if the policy requires one and the user has none. If the sign-in is
    /// too old for the setup, returns the sign-in page.
    fn enrollment(&self, demands: &Demands) -> Option<Step> {
        let SignedIn { session, user } = self.signed_in?;
        if user.sealed_totp_secret.is_some() || !self.mfa.demands_enrollment(0) {
            return None;
        }
        match self.has_passkey {
            None => Some(Step::Need(Fact::HasPasskey)),
            Some(true) => None,
            Some(false) if demands.prompt.none => Some(Step::Refuse(Refusal::LoginRequired)),
            Some(false) => Some(Step::Show(match session.is_fresh(self.now) {
                Ok(()) => Page::Enroll,
                Err(_) => Page::SignIn,
            })),
        }
    }
}
