//! Recovery codes.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, race, tenant};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::recovery_codes;
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, RecoveryCodeRepository, StoreError};
use diesel::prelude::*;

/// Replaces all recovery codes of a user.
pub(crate) fn replace(
    connection: &mut SqliteConnection,
    (user, tenant): (Id, i32),
    codes: &[SecretDigest],
) -> Result<(), Failure> {
    let theirs = recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::tenant.eq(tenant));
    diesel::delete(theirs).execute(connection)?;
    for code in codes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::user_id.eq(user),
                recovery_codes::tenant.eq(tenant),
                recovery_codes::digest.eq(&code.as_bytes()[..]),
            ))
            .on_conflict_do_nothing()
            .execute(connection)?;
    }
    Ok(())
}

impl RecoveryCodeRepository for SqliteStore {
    async fn replace_recovery_codes(
        &self,
        of: TenantId,
        user: UserId,
        codes: &[SecretDigest],
    ) -> Result<(), StoreError> {
        let (key, codes) = ((Id::from(user), tenant(of)), codes.to_vec());
        let work = move |connection: &mut _| replace(connection, key, &codes);
        self.0.writer.write(work).await
    }

    async fn use_recovery_code(
        &self,
        of: TenantId,
        user: UserId,
        code: &SecretDigest,
    ) -> Result<Race, StoreError> {
        let code = *code;
        let work = move |connection: &mut SqliteConnection| {
            let key = (Id::from(user), tenant(of), &code.as_bytes()[..]);
            let its = recovery_codes::table.find(key);
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn count_recovery_codes(&self, of: TenantId, user: UserId) -> Result<u32, StoreError> {
        self.0.readers.point(|connection| {
            let count: i64 = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id::from(user)))
                .filter(recovery_codes::tenant.eq(tenant(of)))
                .count()
                .get_result(connection)?;
            Ok(u32::try_from(count)?)
        })
    }
}
