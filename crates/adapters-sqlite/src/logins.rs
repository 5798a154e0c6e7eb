//! How far each login is.

use crate::schema::logins;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{integer, race};
use countersign_domain::identifier::LoginId;
use countersign_domain::time::Timestamp;
use countersign_ports::{LoginRepository, Race, StoreError};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary};

const ADVANCE: &str = "INSERT INTO logins (id, position, attempts, expires_at) VALUES (?, ?, 0, ?) \
    ON CONFLICT (id) DO UPDATE SET position = excluded.position, \
    expires_at = max(expires_at, excluded.expires_at) WHERE position < excluded.position";

const COUNT_ATTEMPT: &str = "INSERT INTO logins (id, position, attempts, expires_at) VALUES (?, 0, 1, ?) \
    ON CONFLICT (id) DO UPDATE SET attempts = attempts + 1, \
    expires_at = max(expires_at, excluded.expires_at) RETURNING attempts";

#[derive(QueryableByName)]
struct Attempts {
    #[diesel(sql_type = BigInt)]
    attempts: i64,
}

impl LoginRepository for SqliteStore {
    async fn advance(
        &self,
        login: LoginId,
        position: u8,
        expires_at: Timestamp,
    ) -> Result<Race, StoreError> {
        let work = move |connection: &mut SqliteConnection| {
            let changed_rows = sql_query(ADVANCE)
                .bind::<Binary, _>(&login.as_bytes()[..])
                .bind::<BigInt, _>(i64::from(position))
                .bind::<BigInt, _>(integer(expires_at.as_unix_seconds())?)
                .execute(connection)?;
            Ok(race(changed_rows))
        };
        self.0.writer.write(work).await
    }

    async fn count_attempt(
        &self,
        login: LoginId,
        expires_at: Timestamp,
    ) -> Result<u32, StoreError> {
        let work = move |connection: &mut SqliteConnection| {
            let counted: Attempts = sql_query(COUNT_ATTEMPT)
                .bind::<Binary, _>(&login.as_bytes()[..])
                .bind::<BigInt, _>(integer(expires_at.as_unix_seconds())?)
                .get_result(connection)?;
            Ok(u32::try_from(counted.attempts).unwrap_or(u32::MAX))
        };
        self.0.writer.write(work).await
    }

    async fn attempts(&self, login: LoginId) -> Result<u32, StoreError> {
        self.0.readers.point(|connection| {
            let attempts: Option<i64> = logins::table
                .find(&login.as_bytes()[..])
                .select(logins::attempts)
                .get_result(connection)
                .optional()?;
            Ok(u32::try_from(attempts.unwrap_or(0)).unwrap_or(u32::MAX))
        })
    }
}
