//! Browser sessions of signed-in users.

use crate::identifier::{SessionId, UserId};
use crate::login::authentication::{Authentication, Methods};
use crate::refusal::Refusal;
use crate::secret::{Secret, SecretDigest};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use alloc::string::String;
use core::time::Duration;

/// Browser session of a signed-in user. The browser holds the session ID and secret. The stored row decides whether
/// the session is live.
#[derive(Clone, Debug)]
pub struct Session {
    /// Identifier, and `sid` claim (OpenID Connect Front-Channel Logout section 3).
    pub id: SessionId,
    /// User who is signed in.
    pub user: UserId,
    /// Most recent sign-in. Signing in again in the same browser replaces it.
    pub authentication: Authentication,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last renewal.
    pub last_active_at: Timestamp,
    /// Expiry time.
    pub expires_at: Timestamp,
    /// Time of the sign-out or revocation, if any.
    pub ended_at: Option<Timestamp>,
    /// IP address at creation, shown to the user on the account page.
    pub ip_address: Option<String>,
    /// User agent at creation, shown to the user on the account page.
    pub user_agent: Option<String>,
    /// Digest of the current secret. `None` if an earlier version without session secrets created the session. The
    /// browser then holds a signed token.
    pub secret: Option<SecretDigest>,
}

/// Update of a live session. The store replaces all fields from [`SessionRenewal::secret`] on.
#[derive(Clone, Copy, Debug)]
pub struct SessionRenewal {
    /// Identifier of the session.
    pub id: SessionId,
    /// Time of the request.
    pub now: Timestamp,
    /// Expected digest of the current secret (compare-and-swap). Only one of two concurrent updates succeeds.
    pub present: Option<SecretDigest>,
    /// New [`Session::secret`].
    pub secret: Option<SecretDigest>,
    /// New [`Session::authentication`].
    pub authentication: Authentication,
    /// New [`Session::last_active_at`].
    pub last_active_at: Timestamp,
    /// New [`Session::expires_at`].
    pub expires_at: Timestamp,
}

impl Session {
    /// Returns whether the session has neither ended nor expired.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && !self.expires_at.has_passed(now)
    }

    /// Returns whether the browser presented the current secret. `None` means that it presented a signed token, which
    /// is valid only while the session has no secret.
    #[must_use]
    pub fn is_presented(&self, secret: Option<&Secret>) -> bool {
        match (&self.secret, secret) {
            (Some(current), Some(presented)) => current.is(&presented.digest()),
            (None, None) => true,
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// Maximum age of a sign-in for changes to login methods.
    pub const FRESH: Duration = Duration::from_secs(600);

    /// Checks that the user signed in recently. Otherwise a person at an unattended browser could lock the user out.
    pub fn is_fresh(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.authentication.time.plus(Self::FRESH).has_passed(now) {
            Err(Refusal::AuthenticationStale)
        } else {
            Ok(())
        }
    }

    /// Returns the renewal after the user has authenticated again. It rotates the session secret, which prevents session
    /// fixation: the previous secret is no longer valid.
    #[must_use]
    pub fn reauthenticated(
        &self,
        methods: Methods,
        secret: Option<SecretDigest>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> SessionRenewal {
        SessionRenewal {
            secret,
            authentication: Authentication::new(now, methods),
            last_active_at: now,
            expires_at: lifetimes.session_expiry(now, now),
            ..self.unchanged(now)
        }
    }

    /// Returns the renewal that only rotates the session secret.
    #[must_use]
    pub const fn resecured(&self, secret: SecretDigest, now: Timestamp) -> SessionRenewal {
        SessionRenewal {
            secret: Some(secret),
            ..self.unchanged(now)
        }
    }

    /// Returns the renewal that extends the session, once half of its lifetime is over. Earlier requests write nothing.
    /// No renewal extends the session beyond [`Lifetimes::session_end`].
    ///
    /// The secret stays the same, so parallel requests of one page do not sign each other out.
    #[must_use]
    pub fn slid(&self, lifetimes: &Lifetimes, now: Timestamp) -> Option<SessionRenewal> {
        let half = lifetimes.session() / 2;
        let half_over = self.last_active_at.plus(half).has_passed(now);
        let signed_in_at = self.authentication.time;
        let can_grow = self.expires_at < lifetimes.session_end(signed_in_at);
        (half_over && can_grow && self.is_live(now)).then(|| SessionRenewal {
            last_active_at: now,
            expires_at: lifetimes.session_expiry(signed_in_at, now),
            ..self.unchanged(now)
        })
    }

    /// Returns the session with an expiry time of at most [`Lifetimes::session_end`]. A node of an earlier version, or
    /// one with another setting, may have extended it beyond.
    #[must_use]
    pub fn bounded(self, lifetimes: &Lifetimes) -> Self {
        let ends = lifetimes.session_end(self.authentication.time);
        Self {
            expires_at: self.expires_at.min(ends),
            ..self
        }
    }

    const fn unchanged(&self, now: Timestamp) -> SessionRenewal {
        SessionRenewal {
            id: self.id,
            now,
            present: self.secret,
            secret: self.secret,
            authentication: self.authentication,
            last_active_at: self.last_active_at,
            expires_at: self.expires_at,
        }
    }

    /// Returns the session after a renewal.
    #[must_use]
    pub fn renewed(self, renewal: &SessionRenewal) -> Self {
        let SessionRenewal {
            id: _,
            now: _,
            present: _,
            secret,
            authentication,
            last_active_at,
            expires_at,
        } = *renewal;
        Self {
            authentication,
            last_active_at,
            expires_at,
            secret,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
