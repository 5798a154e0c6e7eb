//! Browser sessions.

use crate::keyset::from;
use crate::statement::{inserted, statement};
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, race, tenant, time};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::people::sessions::{RenewalGuard, RenewalRow, SessionRow};
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{credentials, sessions, users};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{After, Race, SessionRepository, Slice, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// All columns of a session, in the order of the fields of [`SessionRow`].
macro_rules! session_columns {
    () => {
        "sessions.id, sessions.tenant, sessions.user_id, sessions.authenticated_at, sessions.methods, sessions.acr, \
         sessions.created_at, sessions.last_active_at, sessions.expires_at, sessions.ended_at, sessions.ip_address, \
         sessions.user_agent, sessions.secret_digest"
    };
}
pub(crate) use session_columns;

/// Ends the sessions of a user. Locks rows in ID order, as every statement does.
struct EndAll {
    user: Id,
    tenant: i32,
    except: Option<Id>,
    at: i64,
}
statement!(
    EndAll => Uuid,
    "UPDATE sessions SET ended_at = ? FROM (SELECT id, tenant FROM sessions WHERE user_id = ? AND tenant = ? \
     AND ended_at IS NULL AND id IS DISTINCT FROM ? ORDER BY id FOR UPDATE) AS theirs \
     WHERE sessions.id = theirs.id AND sessions.tenant = theirs.tenant RETURNING sessions.id",
    self: [
        BigInt = &self.at,
        Uuid = &self.user,
        Integer = &self.tenant,
        Nullable<Uuid> = &self.except,
    ]
);

/// Ends the sessions of a user except one. Returns the ended sessions.
pub(super) async fn end_all(
    connection: &mut AsyncPgConnection,
    (of, user): (TenantId, UserId),
    except: Option<SessionId>,
    at: i64,
) -> Result<Vec<SessionId>, Failure> {
    let statement = EndAll {
        user: user.into(),
        tenant: tenant(of),
        except: except.map(Id::from),
        at,
    };
    let ended: Vec<Id> = statement.load(connection).await?;
    Ok(ended.into_iter().map(SessionId::from).collect())
}

impl SessionRepository for PostgresStore {
    async fn insert_session(&self, of: TenantId, session: &Session) -> Result<Race, StoreError> {
        let row = SessionRow::new(of, session).map_err(StoreError::new)?;
        self.run(async |connection| {
            // No `ON CONFLICT`: it would write a second WAL record.
            let insert = diesel::insert_into(sessions::table).values(row);
            inserted(insert.execute(connection).await)
        })
        .await
    }

    async fn find_session(
        &self,
        of: TenantId,
        id: SessionId,
    ) -> Result<Option<(Session, User)>, StoreError> {
        self.run(async |connection| {
            let of_session = users::id
                .eq(sessions::user_id)
                .and(users::tenant.eq(sessions::tenant));
            let of_user = credentials::user_id
                .eq(users::id)
                .and(credentials::tenant.eq(users::tenant));
            let found: Option<(SessionRow, UserRows)> = sessions::table
                .inner_join(users::table.on(of_session))
                .inner_join(credentials::table.on(of_user))
                .filter(sessions::id.eq(Id::from(id)))
                .filter(sessions::tenant.eq(tenant(of)))
                .select((SessionRow::as_select(), UserRows::as_select()))
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

    async fn list_sessions(
        &self,
        of: TenantId,
        user: UserId,
        after: After<SessionId>,
    ) -> Result<Slice<Session>, StoreError> {
        let Some(from) = from(after.key) else {
            return Ok(Slice::default());
        };
        self.run(async |connection| {
            let rows: Vec<SessionRow> = sessions::table
                .filter(sessions::user_id.eq(Id::from(user)))
                .filter(sessions::tenant.eq(tenant(of)))
                .filter(sessions::id.ge(from))
                .order(sessions::id)
                .limit(fetch(after.limit))
                .load(connection)
                .await?;
            Ok(slice(rows, after.limit, Session::try_from)?)
        })
        .await
    }

    async fn renew_session(
        &self,
        of: TenantId,
        renewal: &SessionRenewal,
    ) -> Result<Race, StoreError> {
        let row = RenewalRow::try_from(renewal).map_err(StoreError::new)?;
        let guard = RenewalGuard::try_from(renewal).map_err(StoreError::new)?;
        self.run(async |connection| {
            let live = sessions::table
                .find((Id::from(renewal.id), tenant(of)))
                .filter(sessions::ended_at.is_null())
                .filter(sessions::expires_at.gt(guard.now))
                .filter(sessions::secret_digest.is_not_distinct_from(guard.present.as_deref()));
            let update = diesel::update(live).set(&row);
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn end_session(
        &self,
        of: TenantId,
        id: SessionId,
        at: Timestamp,
    ) -> Result<Race, StoreError> {
        let at = time(at).map_err(StoreError::new)?;
        self.run(async |connection| {
            let unended = sessions::table
                .find((Id::from(id), tenant(of)))
                .filter(sessions::ended_at.is_null());
            let update = diesel::update(unended).set(sessions::ended_at.eq(at));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn end_sessions(
        &self,
        of: TenantId,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let at = time(at).map_err(StoreError::new)?;
        self.run(async |connection| end_all(connection, (of, user), except, at).await)
            .await
    }
}
