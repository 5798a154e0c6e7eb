//! Reading a store from end to end.

use crate::grants::{GrantColumns, GrantRow, grant_columns};
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{
    Failure, Unreadable, from_bytes, from_integer, from_time, race, time,
};
use countersign_adapters_sql::denied_tokens::DeniedTokenRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::id::Uuid;
use countersign_adapters_sql::schema::{denied_tokens, recovery_codes, users};
use countersign_domain::claims::TokenId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_ports::{DeniedToken, LoginState, Race, StoreError, Transfer};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

/// A page from an id on.
struct GrantsFrom {
    from: Id,
    most: i64,
}
statement!(
    GrantsFrom => GrantColumns,
    concat!("SELECT ", grant_columns!(), " FROM grants WHERE id >= ? ORDER BY id LIMIT ?"),
    self: [Uuid = &self.from, BigInt = &self.most]
);

/// A page from an id on.
struct LoginsFrom {
    from: Id,
    most: i64,
}
statement!(
    LoginsFrom => (Uuid, BigInt, BigInt, BigInt),
    "SELECT id, position, attempts, expires_at FROM logins WHERE id >= ? ORDER BY id LIMIT ?",
    self: [Uuid = &self.from, BigInt = &self.most]
);

struct InsertLogin {
    id: Id,
    position: i64,
    attempts: i64,
    expires_at: i64,
}
statement!(
    InsertLogin,
    "INSERT INTO logins (id, position, attempts, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    self: [
        Uuid = &self.id,
        BigInt = &self.position,
        BigInt = &self.attempts,
        BigInt = &self.expires_at,
    ]
);

#[derive(Queryable)]
struct LoginRow {
    id: Id,
    position: i64,
    attempts: i64,
    expires_at: i64,
}

impl TryFrom<LoginRow> for LoginState {
    type Error = Unreadable;

    fn try_from(row: LoginRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: LoginId::from_bytes(row.id.0),
            position: from_integer("logins.position", row.position)?,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            expires_at: from_time("logins.expires_at", row.expires_at)?,
        })
    }
}

/// The first id of the page after `id`; `None` if there can be none.
fn from(id: Option<&[u8; 16]>) -> Option<Id> {
    match id {
        None => Some(Id([0; 16])),
        Some(id) if *id == [u8::MAX; 16] => None,
        Some(id) => Some(Id(*id).next()),
    }
}

impl Transfer for PostgresStore {
    async fn grants_after(&self, id: Option<GrantId>, most: u32) -> Result<Vec<Grant>, StoreError> {
        let Some(from) = from(id.as_ref().map(GrantId::as_bytes)) else {
            return Ok(Vec::new());
        };
        let page = GrantsFrom {
            from,
            most: most.into(),
        };
        self.run(async |connection| {
            let rows: Vec<GrantRow> = page.load(connection).await?;
            let grants = rows.into_iter().map(Grant::try_from);
            Ok(grants.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn logins_after(
        &self,
        id: Option<LoginId>,
        most: u32,
    ) -> Result<Vec<LoginState>, StoreError> {
        let Some(from) = from(id.as_ref().map(LoginId::as_bytes)) else {
            return Ok(Vec::new());
        };
        let page = LoginsFrom {
            from,
            most: most.into(),
        };
        self.run(async |connection| {
            let rows: Vec<LoginRow> = page.load(connection).await?;
            let logins = rows.into_iter().map(LoginState::try_from);
            Ok(logins.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn insert_login(&self, login: &LoginState) -> Result<Race, StoreError> {
        let statement = InsertLogin {
            id: Id(*login.id.as_bytes()),
            position: login.position.into(),
            attempts: login.attempts.into(),
            expires_at: time(login.expires_at).map_err(StoreError::new)?,
        };
        self.run(async |connection| Ok(race(statement.execute(connection).await?)))
            .await
    }

    async fn last_time_step(&self, user: UserId) -> Result<Option<u64>, StoreError> {
        self.run(async |connection| {
            let step: Option<Option<i64>> = users::table
                .find(Id(*user.as_bytes()))
                .select(users::last_time_step)
                .first(connection)
                .await
                .optional()?;
            let step = step.flatten();
            let step = step.map(|step| from_integer("users.last_time_step", step));
            Ok::<_, Failure>(step.transpose()?)
        })
        .await
    }

    async fn recovery_codes(&self, user: UserId) -> Result<Vec<SecretDigest>, StoreError> {
        self.run(async |connection| {
            let digests: Vec<Vec<u8>> = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id(*user.as_bytes())))
                .select(recovery_codes::digest)
                .order(recovery_codes::digest)
                .load(connection)
                .await?;
            let digests = digests
                .iter()
                .map(|digest| from_bytes("recovery_codes.digest", digest));
            Ok(digests
                .map(|digest| digest.map(SecretDigest::from_bytes))
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn denied_tokens_after(
        &self,
        id: Option<TokenId>,
        most: u32,
    ) -> Result<Vec<DeniedToken>, StoreError> {
        let after = id.map(|id| id.to_string()).unwrap_or_default();
        self.run(async |connection| {
            let rows: Vec<DeniedTokenRow> = denied_tokens::table
                .filter(denied_tokens::id.gt(after))
                .order(denied_tokens::id)
                .limit(most.into())
                .load(connection)
                .await?;
            let denied = rows.into_iter().map(DeniedToken::try_from);
            Ok(denied.collect::<Result<_, _>>()?)
        })
        .await
    }
}
