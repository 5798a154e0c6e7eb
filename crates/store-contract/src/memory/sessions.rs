use super::MemoryStore;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::session::{Session, SessionRenewal};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Race, SessionRepository, StoreError};
use std::collections::btree_map::Entry;

impl SessionRepository for MemoryStore {
    async fn insert_session(&self, session: &Session) -> Result<Race, StoreError> {
        match self.lock().sessions.entry(session.id) {
            Entry::Occupied(_) => Ok(Race::Lost),
            Entry::Vacant(place) => {
                place.insert(session.clone());
                Ok(Race::Won)
            }
        }
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        let contents = self.lock();
        let session = contents.sessions.get(&id);
        let found = session.and_then(|session| Some((session, contents.users.get(&session.user)?)));
        Ok(found.map(|(session, user)| (session.clone(), user.clone())))
    }

    async fn list_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        let contents = self.lock();
        let theirs = contents.sessions.values();
        Ok(theirs
            .filter(|session| session.user == user)
            .cloned()
            .collect())
    }

    async fn renew_session(&self, renewal: &SessionRenewal) -> Result<Race, StoreError> {
        match self.lock().sessions.get_mut(&renewal.id) {
            Some(session) if session.is_live(renewal.now) => {
                session.authenticated_at = renewal.authenticated_at;
                session.methods = renewal.methods;
                session.last_active_at = renewal.now;
                session.expires_at = renewal.expires_at;
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn end_session(&self, id: SessionId, at: Timestamp) -> Result<Race, StoreError> {
        match self.lock().sessions.get_mut(&id) {
            Some(session) if session.ended_at.is_none() => {
                session.ended_at = Some(at);
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn end_sessions(
        &self,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let mut contents = self.lock();
        let theirs = contents.sessions.values_mut().filter(|session| {
            session.user == user && except != Some(session.id) && session.ended_at.is_none()
        });
        let ended = theirs.map(|session| {
            session.ended_at = Some(at);
            session.id
        });
        Ok(ended.collect())
    }
}
