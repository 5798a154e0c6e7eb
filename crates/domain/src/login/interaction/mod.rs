//! Interaction: the pages between a request and its outcome.
//!
//! An [`Interaction`] says what a browser came for and how far it is. It is a value: the browser carries it, sealed, and
//! nothing of it is stored. [`Interaction::next`] is the state machine. It takes facts and the time, and returns a
//! [`Step`]. A caller loads the facts that the machine asks for, renders the step, and hands in the answer.

mod pending;
mod second_factor;
mod step;

pub use pending::{Challenge, EmailCodeLogin, Enrollment, Pending, PendingLogin};
pub use second_factor::{second_factor_of, suffices};
pub use step::{Fact, Facts, Outcome, Page, Request, SignedIn, Step};

use crate::authorize::next_step::Done;
use crate::identifier::SessionId;
use crate::time::Timestamp;
use alloc::string::String;
use core::time::Duration;

/// What a browser came for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An authorization request: its parameters, as a query.
    Authorize(String),
    /// A page of this server, by its path.
    Visit(String),
}

/// What a browser came for, and how far it is.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// What the browser came for.
    pub purpose: Purpose,
    /// Start of the interaction.
    pub began: Timestamp,
    /// Session that all completed steps belong to.
    pub session: Option<SessionId>,
    /// Completed steps. Consent is never one of them: it is followed by a code at once.
    pub done: Done,
    /// What the interaction waits for.
    pub pending: Option<Pending>,
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
        }
    }

    /// Restarts an interaction that is older than `lifetime`. An enrollment survives, because it has a deadline of its
    /// own.
    #[must_use]
    pub fn unless_too_old(self, lifetime: Duration, now: Timestamp) -> Self {
        if !self.began.plus(lifetime).has_passed(now) {
            return self;
        }
        let enrollment = |pending: &Pending| matches!(pending, Pending::Enrollment(_));
        Self {
            pending: self.pending.filter(enrollment),
            ..Self::new(self.purpose, now)
        }
    }

    /// Records that the user signed in, to this session.
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

    /// Returns the sign-in that waits for a second factor, whichever method was chosen for it.
    #[must_use]
    pub fn pending_login(&self) -> Option<&PendingLogin> {
        match &self.pending {
            Some(Pending::SecondFactor(login)) => Some(login),
            Some(Pending::Challenge(challenge)) => challenge.second_factor_of.as_ref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
