use crate::memory::{Contents, MemoryStore, insert, of, slice};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{After, Race, SessionRepository, Slice, StoreError};

fn is_same(stored: Option<SecretDigest>, expected: Option<SecretDigest>) -> bool {
    match (stored, expected) {
        (Some(stored), Some(expected)) => stored.is(&expected),
        (None, None) => true,
        _ => false,
    }
}

impl Contents {
    /// Ends the sessions of a user except one. Returns the ended sessions.
    pub(super) fn end_sessions(
        &mut self,
        tenant: TenantId,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Vec<SessionId> {
        let all = self.sessions.iter_mut();
        let theirs = all.filter(|((owner, id), session)| {
            *owner == tenant
                && session.user == user
                && except != Some(*id)
                && session.ended_at.is_none()
        });
        let ended = theirs.map(|((_, id), session)| {
            session.ended_at = Some(at);
            *id
        });
        ended.collect()
    }
}

impl SessionRepository for MemoryStore {
    async fn insert_session(
        &self,
        tenant: TenantId,
        session: &Session,
    ) -> Result<Race, StoreError> {
        let sessions = &mut self.lock().sessions;
        Ok(insert(sessions, tenant, session.id, session.clone()))
    }

    async fn find_session(
        &self,
        tenant: TenantId,
        id: SessionId,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let contents = self.lock();
        let session = contents.sessions.get(&(tenant, id));
        let found = session
            .and_then(|session| Some((session, contents.users.get(&(tenant, session.user))?)));
        Ok(found.map(|(session, user)| (session.clone(), user.clone())))
    }

    async fn list_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<SessionId>,
    ) -> Result<Slice<Session>, StoreError> {
        let contents = self.lock();
        let sessions = of(tenant, &contents.sessions);
        let theirs = sessions.filter(|(_, session)| session.user == user);
        Ok(slice(theirs, &after))
    }

    async fn renew_session(
        &self,
        tenant: TenantId,
        renewal: &SessionRenewal,
    ) -> Result<Race, StoreError> {
        match self.lock().sessions.get_mut(&(tenant, renewal.id)) {
            Some(session)
                if session.is_live(renewal.now) && is_same(session.secret, renewal.present) =>
            {
                *session = session.clone().renewed(renewal);
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn end_session(
        &self,
        tenant: TenantId,
        id: SessionId,
        at: Timestamp,
    ) -> Result<Race, StoreError> {
        match self.lock().sessions.get_mut(&(tenant, id)) {
            Some(session) if session.ended_at.is_none() => {
                session.ended_at = Some(at);
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn end_sessions(
        &self,
        tenant: TenantId,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        Ok(self.lock().end_sessions(tenant, user, except, at))
    }
}
