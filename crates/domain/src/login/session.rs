//! Sessions: a resource owner who is logged in in a browser.

use crate::identifier::{SessionId, UserId};
use crate::login::authentication::{Authentication, Methods};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use alloc::string::String;
use core::time::Duration;

/// A session. The browser holds a signed token that names it; the row says whether it still counts.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// A change of a session that is still live, for a store to carry out: everything it names is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRenewal {
    /// Which.
    pub id: SessionId,
    /// Becomes [`Session::authentication`].
    pub authentication: Authentication,
    /// The time of the request; becomes [`Session::last_active_at`].
    pub now: Timestamp,
    /// Becomes [`Session::expires_at`].
    pub expires_at: Timestamp,
}

impl Session {
    /// Whether it still counts.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && !self.expires_at.has_passed(now)
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

    /// The session after its user has proved again who they are.
    #[must_use]
    pub fn reauthenticated(
        &self,
        methods: Methods,
        lifetime: Duration,
        now: Timestamp,
    ) -> SessionRenewal {
        SessionRenewal {
            id: self.id,
            authentication: Authentication::new(now, methods),
            now,
            expires_at: now.plus(lifetime),
        }
    }

    /// Prolongs the session, if half of its time is over: until then a request writes nothing.
    #[must_use]
    pub fn slid(&self, lifetime: Duration, now: Timestamp) -> Option<SessionRenewal> {
        let half_over = self.last_active_at.plus(lifetime / 2).has_passed(now);
        (half_over && self.is_live(now)).then(|| SessionRenewal {
            id: self.id,
            authentication: self.authentication,
            now,
            expires_at: now.plus(lifetime),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::authentication::{Acr, Method};
    use crate::test_facts::{NOW, session};

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_session_lives_until_it_expires_or_is_ended() {
        let mut session = session();
        assert!(session.is_live(NOW));
        assert!(!session.is_live(session.expires_at));
        session.ended_at = Some(NOW);
        assert!(!session.is_live(NOW));
    }

    #[test]
    fn a_session_slides_in_its_second_half_and_never_after_its_end() {
        let mut session = session();
        assert_eq!(session.slid(HOUR, NOW.plus(HOUR / 3)), None);
        let later = NOW.plus(HOUR / 2);
        let renewal = session.slid(HOUR, later).unwrap();
        assert_eq!(renewal.expires_at, later.plus(HOUR));
        assert_eq!(renewal.authentication, session.authentication);
        assert_eq!(session.slid(HOUR, session.expires_at), None);
        session.ended_at = Some(NOW);
        assert_eq!(session.slid(HOUR, later), None);
    }

    #[test]
    fn a_login_is_fresh_for_ten_minutes() {
        let session = session();
        let signed_in_at = session.authentication.time;
        let ends = signed_in_at.plus(Session::FRESH);
        assert_eq!(session.is_fresh(signed_in_at), Ok(()));
        assert_eq!(session.is_fresh(ends), Err(Refusal::AuthenticationStale));
    }

    #[test]
    fn a_new_sign_in_replaces_the_last_one() {
        let later = NOW.plus(HOUR / 2);
        let methods = Methods::NONE.with(Method::PASSKEY);
        let renewal = session().reauthenticated(methods, HOUR, later);
        let authentication = Authentication::new(later, methods);
        assert_eq!(renewal.authentication, authentication);
        assert_eq!(authentication.acr, Acr::PHISHING_RESISTANT);
        assert_eq!((renewal.id, renewal.now), (session().id, later));
        assert_eq!(renewal.expires_at, later.plus(HOUR));
    }
}
