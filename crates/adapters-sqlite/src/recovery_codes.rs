//! Recovery codes.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, race};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::recovery_codes;
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_ports::{Race, RecoveryCodeRepository, StoreError};
use diesel::prelude::*;

/// Gives a user these codes in the place of all earlier ones.
pub(crate) fn replace(
    connection: &mut SqliteConnection,
    user: Id,
    codes: &[SecretDigest],
) -> Result<(), Failure> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user)))
        .execute(connection)?;
    for code in codes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::user_id.eq(user),
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
        user: UserId,
        codes: &[SecretDigest],
    ) -> Result<(), StoreError> {
        let (user, codes) = (Id(*user.as_bytes()), codes.to_vec());
        let work = move |connection: &mut _| replace(connection, user, &codes);
        self.0.writer.write(work).await
    }

    async fn use_recovery_code(
        &self,
        user: UserId,
        code: &SecretDigest,
    ) -> Result<Race, StoreError> {
        let code = *code;
        let work = move |connection: &mut SqliteConnection| {
            let its = recovery_codes::table.find((Id(*user.as_bytes()), &code.as_bytes()[..]));
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn count_recovery_codes(&self, user: UserId) -> Result<u32, StoreError> {
        self.0.readers.point(|connection| {
            let count: i64 = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id(*user.as_bytes())))
                .count()
                .get_result(connection)?;
            Ok(u32::try_from(count)?)
        })
    }
}
