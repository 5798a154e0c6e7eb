//! Use of a sign-in step by its user.

use crate::ephemera::statements::{commits, is_best_effort};
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, Unreadable, race};
use countersign_adapters_sql::ephemera::{EphemeralKeyColumns, key};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::people::users::{UserColumns, UserRows};
use countersign_adapters_sql::user_columns;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{EphemeralKey, Race, StoreError, UserKey, UserRepository as _};
use diesel::OptionalExtension as _;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Bool, Integer, SmallInt};
use diesel_async::RunQueryDsl as _;

/// Stores an empty value if the user is enabled, and returns the user and whether it did. Of two concurrent inserts, the
/// second fails with a unique violation, as for every insert of a value.
struct TakeStep {
    key: EphemeralKeyColumns,
    user: Id,
    is_best_effort: bool,
}
statement!(
    TakeStep => (UserColumns, Bool),
    concat!(
        "WITH step AS (INSERT INTO ephemera (expires_at, id, tenant, kind, version, total, value) \
         SELECT its.*, 1, 0, ''::bytea FROM (VALUES (?::bigint, ?::uuid, ?::integer, ?::smallint)) \
         AS its (expires_at, id, tenant, kind) WHERE NOT EXISTS (SELECT FROM ephemera AS stored \
         WHERE stored.expires_at = its.expires_at AND stored.id = its.id AND stored.tenant = its.tenant \
         AND stored.kind = its.kind) AND EXISTS (SELECT FROM users \
         WHERE users.id = ? AND users.tenant = its.tenant AND users.enabled) AND ",
        commits!(),
        " RETURNING tenant) SELECT ",
        user_columns!(),
        ", EXISTS (SELECT FROM step) FROM users \
         JOIN credentials ON credentials.user_id = users.id AND credentials.tenant = users.tenant \
         WHERE users.id = ? AND users.tenant = ?"
    ),
    self: [
        BigInt = &self.key.0,
        Uuid = &self.key.1,
        Integer = &self.key.2,
        SmallInt = &self.key.3,
        Uuid = &self.user,
        Bool = &self.is_best_effort,
        Uuid = &self.user,
        Integer = &self.key.2,
    ]
);

impl TakeStep {
    fn new(of: TenantId, user: UserId, step: &EphemeralKey) -> Result<Self, Failure> {
        Ok(Self {
            key: key(of, step)?,
            user: user.into(),
            is_best_effort: is_best_effort(step),
        })
    }
}

/// Returns the user, and takes the step if the user is enabled.
pub(super) async fn take_step(
    store: &PostgresStore,
    of: TenantId,
    (user, step): (UserId, &EphemeralKey),
    now: Timestamp,
) -> Result<Option<(User, Race)>, StoreError> {
    if !step.expires_at.has_passed(now) {
        let statement = TakeStep::new(of, user, step).map_err(StoreError::new)?;
        let found = store.run(async |connection| {
            match statement.get_result(connection).await.optional() {
                // Another request was faster, and the database returned no user.
                Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(None),
                found => Ok(Some(found?)),
            }
        });
        let found: Option<Option<(UserRows, bool)>> = found.await?;
        if let Some(found) = found {
            return found.map(taken).transpose().map_err(StoreError::new);
        }
    }
    let found = store.find_user(of, UserKey::Id(user)).await?;
    Ok(found.map(|user| (user, Race::Lost)))
}

fn taken((user, is_taken): (UserRows, bool)) -> Result<(User, Race), Unreadable> {
    Ok((user.try_into()?, race(usize::from(is_taken))))
}
