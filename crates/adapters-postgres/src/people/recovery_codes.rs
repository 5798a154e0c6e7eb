//! Recovery codes.

use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, race, tenant};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::recovery_codes;
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, RecoveryCodeRepository, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Integer};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Locks the credentials of a user. Every transaction that replaces recovery codes does this first, so that only the
/// codes of one of two concurrent transactions remain.
struct LockCredentials {
    user: Id,
    tenant: i32,
}
statement!(
    LockCredentials,
    "SELECT 1 FROM credentials WHERE user_id = ? AND tenant = ? FOR UPDATE",
    self: [Uuid = &self.user, Integer = &self.tenant]
);

struct InsertAll {
    user: Id,
    tenant: i32,
    digests: Vec<Vec<u8>>,
}
statement!(
    InsertAll,
    "INSERT INTO recovery_codes (user_id, tenant, digest) \
     SELECT ?, ?, digest FROM unnest(?::bytea[]) AS codes (digest)",
    self: [
        Uuid = &self.user,
        Integer = &self.tenant,
        Array<Binary> = &self.digests,
    ]
);

/// Replaces all recovery codes of a user whose credentials are locked.
pub(crate) async fn replace(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    user: UserId,
    codes: &[SecretDigest],
) -> Result<(), Failure> {
    let (user, tenant) = (Id::from(user), tenant(of));
    let earlier = recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::tenant.eq(tenant));
    diesel::delete(earlier).execute(connection).await?;
    let insert = InsertAll {
        user,
        tenant,
        digests: codes.iter().map(|code| code.as_bytes().into()).collect(),
    };
    insert.execute(connection).await?;
    Ok(())
}

impl RecoveryCodeRepository for PostgresStore {
    async fn replace_recovery_codes(
        &self,
        of: TenantId,
        user: UserId,
        codes: &[SecretDigest],
    ) -> Result<(), StoreError> {
        let lock = LockCredentials {
            user: user.into(),
            tenant: tenant(of),
        };
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                lock.execute(connection).await?;
                replace(connection, of, user, codes).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn use_recovery_code(
        &self,
        of: TenantId,
        user: UserId,
        code: &SecretDigest,
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let key = (Id::from(user), tenant(of), &code.as_bytes()[..]);
            let its = recovery_codes::table.find(key);
            Ok(race(diesel::delete(its).execute(connection).await?))
        })
        .await
    }

    async fn count_recovery_codes(&self, of: TenantId, user: UserId) -> Result<u32, StoreError> {
        self.run(async |connection| {
            let count: i64 = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id::from(user)))
                .filter(recovery_codes::tenant.eq(tenant(of)))
                .count()
                .get_result(connection)
                .await?;
            Ok(u32::try_from(count)?)
        })
        .await
    }
}
