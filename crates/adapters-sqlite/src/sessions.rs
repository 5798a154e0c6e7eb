//! Browser sessions.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, race, time};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::{sessions, users};
use countersign_adapters_sql::sessions::{RenewalRow, SessionRow};
use countersign_adapters_sql::users::UserRow;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::session::{Session, SessionRenewal};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Race, SessionRepository, StoreError};
use diesel::prelude::*;

/// Ends the sessions of a user but for one, and says which.
fn end_all(
    connection: &mut SqliteConnection,
    user: Id,
    except: Option<Id>,
    at: i64,
) -> Result<Vec<SessionId>, Failure> {
    let theirs = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.nullable().is_not(except));
    let ended: Vec<Id> = diesel::update(theirs)
        .set(sessions::ended_at.eq(at))
        .returning(sessions::id)
        .get_results(connection)?;
    Ok(ended
        .into_iter()
        .map(|id| SessionId::from_bytes(id.0))
        .collect())
}

impl SessionRepository for SqliteStore {
    async fn insert_session(&self, session: &Session) -> Result<Race, StoreError> {
        let row = SessionRow::try_from(session).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(sessions::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        self.0.readers.point(|connection| {
            let found: Option<(SessionRow, UserRow)> = sessions::table
                .inner_join(users::table.on(users::id.eq(sessions::user_id)))
                .filter(sessions::id.eq(Id(*id.as_bytes())))
                .select((SessionRow::as_select(), UserRow::as_select()))
                .get_result(connection)
                .optional()?;
            let Some((session, user)) = found else {
                return Ok(None);
            };
            Ok(Some((session.try_into()?, user.try_into()?)))
        })
    }

    async fn list_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        self.0.readers.point(|connection| {
            let rows: Vec<SessionRow> = sessions::table
                .filter(sessions::user_id.eq(Id(*user.as_bytes())))
                .order(sessions::id)
                .load(connection)?;
            let sessions = rows.into_iter().map(Session::try_from);
            Ok(sessions.collect::<Result<_, _>>()?)
        })
    }

    async fn renew_session(&self, renewal: &SessionRenewal) -> Result<Race, StoreError> {
        let id = Id(*renewal.id.as_bytes());
        let row = RenewalRow::try_from(renewal).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let live = sessions::table
                .find(id)
                .filter(sessions::ended_at.is_null())
                .filter(sessions::expires_at.gt(row.last_active_at));
            Ok(race(diesel::update(live).set(&row).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn end_session(&self, id: SessionId, at: Timestamp) -> Result<Race, StoreError> {
        let at = time(at).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let unended = sessions::table
                .find(Id(*id.as_bytes()))
                .filter(sessions::ended_at.is_null());
            let update = diesel::update(unended).set(sessions::ended_at.eq(at));
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn end_sessions(
        &self,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let user = Id(*user.as_bytes());
        let except = except.map(|id| Id(*id.as_bytes()));
        let at = time(at).map_err(StoreError::new)?;
        let work = move |connection: &mut _| end_all(connection, user, except, at);
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

    #[tokio::test]
    async fn a_session_is_read_with_its_user_by_one_statement_that_is_prepared_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("store.db")).unwrap();
        store.migrate().await.unwrap();
        let jane = user(1, "jane@example.com");
        assert_eq!(store.insert_user(&jane).await.unwrap(), Race::Won);
        assert_eq!(store.insert_session(&session(1)).await.unwrap(), Race::Won);
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
            let found = store.find_session(session_id(1)).await.unwrap();
            assert!(found.is_some());
        }
        assert_eq!(prepared.load(Ordering::SeqCst), 1);
        assert_eq!(begun.load(Ordering::SeqCst), 5);
    }
}
