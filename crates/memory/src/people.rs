//! Browser sessions and stored consent.

use alloc::collections::BTreeMap;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::decision::Race;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::authentication::Authentication;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;

/// Browser sessions by identifier.
#[derive(Clone, Debug, Default)]
pub struct Sessions(BTreeMap<SessionId, Session>);

impl Sessions {
    /// Starts a session of a user who has signed in. `id` is a new random identifier. It is no secret: ID tokens contain
    /// it as `sid`. `secret` has 256 random bits. The browser sends both in a cookie.
    pub fn start(
        &mut self,
        id: SessionId,
        secret: &Secret,
        user: UserId,
        authentication: Authentication,
        lifetimes: &Lifetimes,
    ) {
        let now = authentication.time;
        let session = Session {
            id,
            user,
            authentication,
            created_at: now,
            last_active_at: now,
            expires_at: lifetimes.session_expiry(now, now),
            ended_at: None,
            ip_address: None,
            user_agent: None,
            secret: Some(secret.digest()),
        };
        self.0.insert(id, session);
    }

    /// Returns the live session of a browser that presented this identifier and secret.
    #[must_use]
    pub fn find_presented(
        &self,
        id: SessionId,
        secret: &Secret,
        now: Timestamp,
    ) -> Option<&Session> {
        self.find_live(id, now)
            .filter(|session| session.is_presented(Some(secret)))
    }

    /// Returns a session that has neither ended nor expired. It does not prove that a browser may use the session.
    fn find_live(&self, id: SessionId, now: Timestamp) -> Option<&Session> {
        self.0.get(&id).filter(|session| session.is_live(now))
    }

    /// Checks the session of a code, if it has one. It must still be live when the code is redeemed.
    pub fn check_live(&self, id: Option<SessionId>, now: Timestamp) -> Result<(), Refusal> {
        match id {
            Some(id) if self.find_live(id, now).is_none() => Err(Refusal::SessionEnded),
            _ => Ok(()),
        }
    }

    /// Ends a session. Returns `Lost` if it has already ended.
    pub fn end(&mut self, id: SessionId, now: Timestamp) -> Race {
        match self.0.get_mut(&id) {
            Some(session) if session.ended_at.is_none() => {
                session.ended_at = Some(now);
                Race::Won
            }
            _ => Race::Lost,
        }
    }
}

/// Stored consent by user and client.
#[derive(Clone, Debug, Default)]
pub struct Consents(BTreeMap<(UserId, ClientId), Consent>);

impl Consents {
    /// Stores the consent of a user. Replaces an earlier consent for the same client.
    pub fn give(&mut self, consent: Consent) {
        let key = (consent.user, consent.client.clone());
        self.0.insert(key, consent);
    }

    /// Returns the consent of a user for a client.
    #[must_use]
    pub fn find(&self, user: UserId, client: &ClientId) -> Option<&Consent> {
        self.0.get(&(user, client.clone()))
    }

    /// Withdraws consent. Returns the scope that it covered; `None` if there was no consent.
    pub fn withdraw(&mut self, user: UserId, client: &ClientId) -> Option<Scope> {
        let removed = self.0.remove(&(user, client.clone()));
        removed.map(|consent| consent.scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::login::authentication::{Method, Methods};

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

    #[test]
    fn ended_or_expired_session_is_not_live() {
        let (first, second) = (
            SessionId::from_bytes([1; 16]),
            SessionId::from_bytes([2; 16]),
        );
        let user = UserId::from_bytes([3; 16]);
        let signed_in = Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD));
        let mut sessions = Sessions::default();
        for id in [first, second] {
            let secret = Secret::new("browser");
            sessions.start(id, &secret, user, signed_in, &Lifetimes::DEFAULT);
        }
        assert!(sessions.find_live(first, NOW).is_some());
        assert_eq!(sessions.end(first, NOW), Race::Won);
        assert_eq!(sessions.end(first, NOW), Race::Lost);
        assert!(sessions.find_live(first, NOW).is_none());
        let ended = sessions.check_live(Some(first), NOW);
        assert_eq!(ended, Err(Refusal::SessionEnded));
        assert_eq!(sessions.check_live(Some(second), NOW), Ok(()));
        assert_eq!(sessions.check_live(None, NOW), Ok(()));
        let expired = NOW.plus(Lifetimes::DEFAULT.session());
        assert!(sessions.find_live(second, expired).is_none());
    }

    #[test]
    fn session_is_presented_only_by_its_own_secret() {
        let (id, other) = (
            SessionId::from_bytes([1; 16]),
            SessionId::from_bytes([2; 16]),
        );
        let (secret, others) = (Secret::new("browser"), Secret::new("other"));
        let user = UserId::from_bytes([3; 16]);
        let signed_in = Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD));
        let mut sessions = Sessions::default();
        sessions.start(id, &secret, user, signed_in, &Lifetimes::DEFAULT);
        sessions.start(other, &others, user, signed_in, &Lifetimes::DEFAULT);
        let found = |id, secret| sessions.find_presented(id, secret, NOW).is_some();
        assert!(found(id, &secret) && found(other, &others));
        assert!(!found(id, &others) && !found(other, &secret));
        assert_eq!(sessions.end(id, NOW), Race::Won);
        assert!(sessions.find_presented(id, &secret, NOW).is_none());
    }

    #[test]
    fn consent_is_of_one_user_and_one_client() {
        let (user, other) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let client = ClientId::parse("notes").unwrap();
        let scope = Scope::parse("read").unwrap();
        let mut consents = Consents::default();
        consents.give(Consent {
            user,
            client: client.clone(),
            scope: scope.clone(),
            given_at: NOW,
        });
        assert!(consents.find(user, &client).is_some());
        assert!(consents.find(other, &client).is_none());
        assert!(
            consents
                .find(user, &ClientId::parse("other").unwrap())
                .is_none()
        );
        assert_eq!(consents.withdraw(user, &client), Some(scope));
        assert!(consents.find(user, &client).is_none());
    }
}
