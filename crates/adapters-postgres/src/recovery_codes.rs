//! Recovery codes.

use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, race};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::recovery_codes;
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_ports::{Race, RecoveryCodeRepository, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Whoever gives a user codes has the user's row first: of two at once, the codes of one are left.
struct LockUser(Id);
statement!(LockUser, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", self: [Uuid = &self.0]);

struct InsertAll {
    user: Id,
    digests: Vec<Vec<u8>>,
}
statement!(
    InsertAll,
    "INSERT INTO recovery_codes (user_id, digest) SELECT ?, digest FROM unnest(?::bytea[]) AS codes (digest)",
    self: [Uuid = &self.user, Array<Binary> = &self.digests]
);

/// Gives a user, whose row is locked, these codes in the place of all earlier ones.
pub(crate) async fn replace(
    connection: &mut AsyncPgConnection,
    user: UserId,
    codes: &[SecretDigest],
) -> Result<(), Failure> {
    let user = Id(*user.as_bytes());
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user)))
        .execute(connection)
        .await?;
    let digests = codes.iter().map(|code| code.as_bytes().into()).collect();
    InsertAll { user, digests }.execute(connection).await?;
    Ok(())
}

impl RecoveryCodeRepository for PostgresStore {
    async fn replace_recovery_codes(
        &self,
        user: UserId,
        codes: &[SecretDigest],
    ) -> Result<(), StoreError> {
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                LockUser(Id(*user.as_bytes())).execute(connection).await?;
                replace(connection, user, codes).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn use_recovery_code(
        &self,
        user: UserId,
        code: &SecretDigest,
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let its = recovery_codes::table.find((Id(*user.as_bytes()), &code.as_bytes()[..]));
            Ok(race(diesel::delete(its).execute(connection).await?))
        })
        .await
    }

    async fn count_recovery_codes(&self, user: UserId) -> Result<u32, StoreError> {
        self.run(async |connection| {
            let count: i64 = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id(*user.as_bytes())))
                .count()
                .get_result(connection)
                .await?;
            Ok(u32::try_from(count)?)
        })
        .await
    }
}
