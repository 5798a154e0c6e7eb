//! Browser sessions.

use super::user_credentials::of_user;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, race, tenant, time};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::sessions::{RenewalGuard, RenewalRow, SessionRow};
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{sessions, users};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{After, Race, SessionRepository, Slice, StoreError};
use diesel::prelude::*;

/// Returns the row of a session and the rows of its user.
pub(crate) fn find(
    connection: &mut SqliteConnection,
    of: TenantId,
    id: SessionId,
) -> QueryResult<Option<(SessionRow, UserRows)>> {
    let same_user = users::id.eq(sessions::user_id);
    sessions::table
        .inner_join(users::table.on(same_user.and(users::tenant.eq(sessions::tenant))))
        .inner_join(of_user())
        .filter(sessions::id.eq(Id::from(id)))
        .filter(sessions::tenant.eq(tenant(of)))
        .select((SessionRow::as_select(), UserRows::as_select()))
        .get_result(connection)
        .optional()
}

/// Ends all sessions of a user except one. Returns the ended sessions.
pub(super) fn end_all(
    connection: &mut SqliteConnection,
    (user, tenant): (Id, i32),
    except: Option<Id>,
    at: i64,
) -> Result<Vec<SessionId>, Failure> {
    let theirs = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::tenant.eq(tenant))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.nullable().is_not(except));
    let ended: Vec<Id> = diesel::update(theirs)
        .set(sessions::ended_at.eq(at))
        .returning(sessions::id)
        .get_results(connection)?;
    Ok(ended.into_iter().map(Into::into).collect())
}

impl SessionRepository for SqliteStore {
    async fn insert_session(
        &self,
        tenant: TenantId,
        session: &Session,
    ) -> Result<Race, StoreError> {
        let row = SessionRow::new(tenant, session).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(sessions::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn find_session(
        &self,
        of: TenantId,
        id: SessionId,
    ) -> Result<Option<(Session, User)>, StoreError> {
        self.0.readers.point(|connection| {
            let Some((session, user)) = find(connection, of, id)? else {
                return Ok(None);
            };
            Ok(Some((session.try_into()?, user.try_into()?)))
        })
    }

    async fn list_sessions(
        &self,
        of: TenantId,
        user: UserId,
        after: After<SessionId>,
    ) -> Result<Slice<Session>, StoreError> {
        self.0.readers.point(|connection| {
            let mut query = sessions::table
                .filter(sessions::user_id.eq(Id::from(user)))
                .filter(sessions::tenant.eq(tenant(of)))
                .order(sessions::id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = after.key {
                query = query.filter(sessions::id.gt(Id::from(last)));
            }
            let rows: Vec<SessionRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Session::try_from)?)
        })
    }

    async fn renew_session(
        &self,
        of: TenantId,
        renewal: &SessionRenewal,
    ) -> Result<Race, StoreError> {
        let key = (Id::from(renewal.id), tenant(of));
        let row = RenewalRow::try_from(renewal).map_err(StoreError::new)?;
        let guard = RenewalGuard::try_from(renewal).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let live = sessions::table
                .find(key)
                .filter(sessions::ended_at.is_null())
                .filter(sessions::expires_at.gt(guard.now))
                .filter(sessions::secret_digest.is(guard.present.as_deref()));
            Ok(race(diesel::update(live).set(&row).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn end_session(
        &self,
        of: TenantId,
        id: SessionId,
        at: Timestamp,
    ) -> Result<Race, StoreError> {
        let at = time(at).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let unended = sessions::table
                .find((Id::from(id), tenant(of)))
                .filter(sessions::ended_at.is_null());
            let update = diesel::update(unended).set(sessions::ended_at.eq(at));
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn end_sessions(
        &self,
        of: TenantId,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let key = (Id::from(user), tenant(of));
        let except = except.map(Id::from);
        let at = time(at).map_err(StoreError::new)?;
        let work = move |connection: &mut _| end_all(connection, key, except, at);
        self.0.writer.write(work).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_ports::UserRepository as _;
    use countersign_store_contract::fixtures::{session, session_id, user};
    use diesel::connection::InstrumentationEvent;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    const TENANT: TenantId = TenantId::SINGLE;

    #[tokio::test]
    async fn session_and_user_are_read_by_one_cached_statement() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("store.db")).unwrap();
        store.migrate().await.unwrap();
        let jane = user(1, "jane@example.com");
        assert_eq!(
            store.insert_user(TENANT, &jane, None).await.unwrap(),
            Race::Won
        );
        assert_eq!(
            store.insert_session(TENANT, &session(1)).await.unwrap(),
            Race::Won
        );
        let (prepared, begun) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        for connection in store.0.readers.points() {
            let (prepared, begun) = (Arc::clone(&prepared), Arc::clone(&begun));
            let count = move |event: InstrumentationEvent<'_>| match event {
                InstrumentationEvent::CacheQuery { .. } => {
                    prepared.fetch_add(1, Ordering::SeqCst);
                }
                InstrumentationEvent::StartQuery { .. } => {
                    begun.fetch_add(1, Ordering::SeqCst);
                }
                _ => {}
            };
            connection.lock().unwrap().set_instrumentation(count);
        }
        for _ in 0..5 {
            let found = store.find_session(TENANT, session_id(1)).await.unwrap();
            assert!(found.is_some());
        }
        assert_eq!(prepared.load(Ordering::SeqCst), 1);
        assert_eq!(begun.load(Ordering::SeqCst), 5);
    }
}
