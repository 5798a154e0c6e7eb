//! Sessions: a resource owner who is signed in in a browser.

use crate::identifier::{SessionId, UserId};
use crate::login::authentication::{Authentication, Methods};
use crate::refusal::Refusal;
use crate::secret::{Secret, SecretDigest};
use crate::time::Timestamp;
use alloc::string::String;
use core::time::Duration;

/// A session. The browser holds its ID and its secret; the row says whether it still counts.
#[derive(Clone, Debug)]
pub struct Session {
    /// `sid` (OpenID Connect Front-Channel Logout section 3).
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// The last sign-in; signing in again in the same browser replaces it.
    pub authentication: Authentication,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last prolonged.
    pub last_active_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
    /// The address it was begun from, for its owner to recognize.
    pub ip_address: Option<String>,
    /// The browser it was begun with, for its owner to recognize.
    pub user_agent: Option<String>,
    /// Digest of the current secret. `None` if a version without secrets wrote the row: the browser then holds a signed
    /// token.
    pub secret: Option<SecretDigest>,
}

/// A change of a session that is still live, for a store to carry out: everything it names is replaced.
#[derive(Clone, Copy, Debug)]
pub struct SessionRenewal {
    /// Session.
    pub id: SessionId,
    /// Time of the request.
    pub now: Timestamp,
    /// Digest that the session must still have: of two concurrent changes of the secret, one wins.
    pub present: Option<SecretDigest>,
    /// Becomes [`Session::secret`].
    pub secret: Option<SecretDigest>,
    /// Becomes [`Session::authentication`].
    pub authentication: Authentication,
    /// Becomes [`Session::last_active_at`].
    pub last_active_at: Timestamp,
    /// Becomes [`Session::expires_at`].
    pub expires_at: Timestamp,
}

impl Session {
    /// Whether it still counts.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && !self.expires_at.has_passed(now)
    }

    /// Returns whether a browser presented the current secret. `None` stands for a signed token that names the session:
    /// it counts only until the session has a secret.
    #[must_use]
    pub fn is_presented(&self, secret: Option<&Secret>) -> bool {
        match (&self.secret, secret) {
            (Some(current), Some(presented)) => current.is(&presented.digest()),
            (None, None) => true,
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// How long after a login its user may change what they log in with.
    pub const FRESH: Duration = Duration::from_secs(600);

    /// Whether the user proved who they are just now: a browser left open is not enough to lock its user out.
    pub fn is_fresh(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.authentication.time.plus(Self::FRESH).has_passed(now) {
            Err(Refusal::AuthenticationStale)
        } else {
            Ok(())
        }
    }

    /// Renews the session after its user has proved again who they are. The former secret is void.
    #[must_use]
    pub const fn reauthenticated(
        &self,
        methods: Methods,
        secret: Option<SecretDigest>,
        lifetime: Duration,
        now: Timestamp,
    ) -> SessionRenewal {
        SessionRenewal {
            secret,
            authentication: Authentication::new(now, methods),
            last_active_at: now,
            expires_at: now.plus(lifetime),
            ..self.unchanged(now)
        }
    }

    /// Replaces the secret and nothing else.
    #[must_use]
    pub const fn resecured(&self, secret: SecretDigest, now: Timestamp) -> SessionRenewal {
        SessionRenewal {
            secret: Some(secret),
            ..self.unchanged(now)
        }
    }

    /// Extends the session, if half of its time is over: until then a request writes nothing. The secret stays, so that
    /// parallel requests of one page do not sign each other out. A session without a secret gets `first`.
    #[must_use]
    pub fn slid(
        &self,
        first: Option<SecretDigest>,
        lifetime: Duration,
        now: Timestamp,
    ) -> Option<SessionRenewal> {
        let half_over = self.last_active_at.plus(lifetime / 2).has_passed(now);
        (half_over && self.is_live(now)).then(|| SessionRenewal {
            secret: self.secret.or(first),
            last_active_at: now,
            expires_at: now.plus(lifetime),
            ..self.unchanged(now)
        })
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
