//! Interaction: the pages between a request and its outcome.
//!
//! An [`Interaction`] holds the purpose and the progress of a browser. The browser carries it as a sealed value; the
//! server stores nothing. [`Interaction::next`] is the state machine. It takes facts and the time, and returns a
//! [`Step`]. The caller loads the facts that the state machine requests, renders the step, and passes in the answer.

mod pending;
mod recovery;
mod second_factor;
mod step;
mod upstream;

pub use pending::{Challenge, EmailCodeLogin, Enrollment, Pending, PendingLogin};
pub use recovery::{Recovered, RecoveryLogin, SignUpLogin};
pub use second_factor::{second_factor_of, suffices};
pub use step::{Fact, Facts, Outcome, Page, Request, SignedIn, Step};
pub use upstream::{UpstreamLogin, UpstreamSignIn};

use crate::authorize::next_step::Done;
use crate::grant::device_code::UserCode;
use crate::identifier::SessionId;
use crate::time::Timestamp;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

/// Purpose of an interaction.
#[derive(Clone, PartialEq, Eq)]
pub enum Purpose {
    /// An authorization request. Contains its parameters as a query string.
    Authorize(String),
    /// A page of this server. Contains its path.
    Visit(String),
    /// The request of a device (RFC 8628 section 3.3).
    Device(UserCode),
}

/// Purpose and progress of a browser.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Purpose.
    pub purpose: Purpose,
    /// Start time.
    pub began: Timestamp,
    /// Session of all completed steps.
    pub session: Option<SessionId>,
    /// Completed steps. A sealed interaction never contains consent: the server issues the code in the same request.
    pub done: Done,
    /// Input that the interaction waits for.
    pub pending: Option<Pending>,
    /// Proof that lets the user choose a new password after the sign-in.
    pub recovered: Option<Recovered>,
    /// Sign-in at an upstream provider that comes before the session.
    pub upstream: Option<UpstreamSignIn>,
}

impl Interaction {
    /// Starts an interaction.
    #[must_use]
    pub const fn new(purpose: Purpose, now: Timestamp) -> Self {
        Self {
            purpose,
            began: now,
            session: None,
            done: Done {
                logged_in: false,
                selected: false,
                consented: false,
            },
            pending: None,
            recovered: None,
            upstream: None,
        }
    }

    /// Restarts an interaction that is older than `lifetime`. A pending enrollment, recovery or sign-up is kept, because it has a
    /// separate expiry time.
    #[must_use]
    pub fn unless_too_old(self, lifetime: Duration, now: Timestamp) -> Self {
        if !self.began.plus(lifetime).has_passed(now) {
            return self;
        }
        let has_own_expiry = |pending: &Pending| {
            matches!(
                pending,
                Pending::Enrollment(_) | Pending::Recovery(_) | Pending::SignUp(_)
            )
        };
        Self {
            pending: self.pending.filter(has_own_expiry),
            ..Self::new(self.purpose, now)
        }
    }

    /// Records that the user signed in to this session.
    pub fn signed_in(&mut self, session: SessionId) {
        self.session = Some(session);
        self.done.logged_in = true;
        self.pending = None;
    }

    /// Records that the user selected the account of this session.
    pub const fn selected(&mut self, session: SessionId) {
        self.session = Some(session);
        self.done.logged_in = false;
        self.done.selected = true;
    }

    /// Records that a sign-in waits for a second factor, by any method.
    pub fn wait_for(&mut self, login: PendingLogin) {
        self.pending = Some(Pending::SecondFactor(login));
    }

    /// Returns the sign-in that waits for a second factor, regardless of the method.
    #[must_use]
    pub fn pending_login(&self) -> Option<&PendingLogin> {
        match &self.pending {
            Some(Pending::SecondFactor(login)) => Some(login),
            Some(Pending::Challenge(challenge)) => challenge.second_factor_of.as_ref(),
            _ => None,
        }
    }
}

/// Omits the request, which may contain an ID token as a hint.
impl fmt::Debug for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authorize(_) => f.write_str("Authorize(..)"),
            Self::Visit(_) => f.write_str("Visit(..)"),
            Self::Device(_) => f.write_str("Device(..)"),
        }
    }
}

#[cfg(test)]
mod tests;
