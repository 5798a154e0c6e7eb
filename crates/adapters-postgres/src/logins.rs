//! How far each login is.

use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{race, time};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::id::Uuid;
use countersign_domain::identifier::LoginId;
use countersign_domain::time::Timestamp;
use countersign_ports::{LoginRepository, Race, StoreError};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl as _;

struct Advance {
    login: Id,
    position: i64,
    expires_at: i64,
}
statement!(
    Advance,
    "INSERT INTO logins (id, position, attempts, expires_at) VALUES (?, ?, 0, ?) \
     ON CONFLICT (id) DO UPDATE SET position = excluded.position, \
     expires_at = greatest(logins.expires_at, excluded.expires_at) \
     WHERE logins.position < excluded.position",
    self: [Uuid = &self.login, BigInt = &self.position, BigInt = &self.expires_at]
);

struct CountAttempt {
    login: Id,
    expires_at: i64,
}
statement!(
    CountAttempt => BigInt,
    "INSERT INTO logins (id, position, attempts, expires_at) VALUES (?, 0, 1, ?) \
     ON CONFLICT (id) DO UPDATE SET attempts = logins.attempts + 1, \
     expires_at = greatest(logins.expires_at, excluded.expires_at) RETURNING attempts",
    self: [Uuid = &self.login, BigInt = &self.expires_at]
);

struct Attempts(Id);
statement!(Attempts => BigInt, "SELECT attempts FROM logins WHERE id = ?", self: [Uuid = &self.0]);

impl LoginRepository for PostgresStore {
    async fn advance(
        &self,
        login: LoginId,
        position: u8,
        expires_at: Timestamp,
    ) -> Result<Race, StoreError> {
        let statement = Advance {
            login: Id(*login.as_bytes()),
            position: position.into(),
            expires_at: time(expires_at).map_err(StoreError::new)?,
        };
        self.run(async |connection| Ok(race(statement.execute(connection).await?)))
            .await
    }

    async fn count_attempt(
        &self,
        login: LoginId,
        expires_at: Timestamp,
    ) -> Result<u32, StoreError> {
        let statement = CountAttempt {
            login: Id(*login.as_bytes()),
            expires_at: time(expires_at).map_err(StoreError::new)?,
        };
        self.run(async |connection| {
            let attempts: i64 = statement.get_result(connection).await?;
            Ok(u32::try_from(attempts).unwrap_or(u32::MAX))
        })
        .await
    }

    async fn attempts(&self, login: LoginId) -> Result<u32, StoreError> {
        let statement = Attempts(Id(*login.as_bytes()));
        self.run(async |connection| {
            let attempts: Vec<i64> = statement.load(connection).await?;
            let attempts = attempts.into_iter().next().unwrap_or(0);
            Ok(u32::try_from(attempts).unwrap_or(u32::MAX))
        })
        .await
    }
}
