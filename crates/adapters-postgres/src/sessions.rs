//! Browser sessions.

use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{race, time};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::{sessions, users};
use countersign_adapters_sql::sessions::{RenewalRow, SessionRow};
use countersign_adapters_sql::users::UserRow;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::session::{Session, SessionRenewal};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Race, SessionRepository, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use diesel_async::RunQueryDsl;

/// They are locked in the order of their ids, as by everyone.
struct EndAll {
    user: Id,
    except: Option<Id>,
    at: i64,
}
statement!(
    EndAll => Uuid,
    "UPDATE sessions SET ended_at = ? FROM (SELECT id FROM sessions WHERE user_id = ? AND ended_at IS NULL \
     AND id IS DISTINCT FROM ? ORDER BY id FOR UPDATE) AS theirs WHERE sessions.id = theirs.id \
     RETURNING sessions.id",
    self: [
        BigInt = &self.at,
        Uuid = &self.user,
        Nullable<Uuid> = &self.except,
    ]
);

impl SessionRepository for PostgresStore {
    async fn insert_session(&self, session: &Session) -> Result<Race, StoreError> {
        let row = SessionRow::try_from(session).map_err(StoreError::new)?;
        self.run(async |connection| {
            let insert = diesel::insert_into(sessions::table)
                .values(row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection).await?))
        })
        .await
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        self.run(async |connection| {
            let found: Option<(SessionRow, UserRow)> = sessions::table
                .inner_join(users::table.on(users::id.eq(sessions::user_id)))
                .filter(sessions::id.eq(Id(*id.as_bytes())))
                .select((SessionRow::as_select(), UserRow::as_select()))
                .first(connection)
                .await
                .optional()?;
            let Some((session, user)) = found else {
                return Ok(None);
            };
            Ok(Some((session.try_into()?, user.try_into()?)))
        })
        .await
    }

    async fn list_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        self.run(async |connection| {
            let rows: Vec<SessionRow> = sessions::table
                .filter(sessions::user_id.eq(Id(*user.as_bytes())))
                .order(sessions::id)
                .load(connection)
                .await?;
            let sessions = rows.into_iter().map(Session::try_from);
            Ok(sessions.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn renew_session(&self, renewal: &SessionRenewal) -> Result<Race, StoreError> {
        let row = RenewalRow::try_from(renewal).map_err(StoreError::new)?;
        self.run(async |connection| {
            let live = sessions::table
                .find(Id(*renewal.id.as_bytes()))
                .filter(sessions::ended_at.is_null())
                .filter(sessions::expires_at.gt(row.last_active_at));
            let update = diesel::update(live).set(&row);
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn end_session(&self, id: SessionId, at: Timestamp) -> Result<Race, StoreError> {
        let at = time(at).map_err(StoreError::new)?;
        self.run(async |connection| {
            let unended = sessions::table
                .find(Id(*id.as_bytes()))
                .filter(sessions::ended_at.is_null());
            let update = diesel::update(unended).set(sessions::ended_at.eq(at));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn end_sessions(
        &self,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let statement = EndAll {
            user: Id(*user.as_bytes()),
            except: except.map(|id| Id(*id.as_bytes())),
            at: time(at).map_err(StoreError::new)?,
        };
        self.run(async |connection| {
            let ended: Vec<Id> = statement.load(connection).await?;
            let ended = ended.into_iter().map(|id| SessionId::from_bytes(id.0));
            Ok(ended.collect())
        })
        .await
    }
}
