//! Reading a store from end to end.

use crate::grants::GrantRow;
use crate::schema::{grants, logins};
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{
    Failure, Unreadable, from_bytes, from_integer, from_time, integer, race,
};
use countersign_adapters_sql::denied_tokens::DeniedTokenRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::{denied_tokens, recovery_codes, users};
use countersign_domain::claims::TokenId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_ports::{DeniedToken, LoginState, Race, StoreError, Transfer};
use diesel::prelude::*;

#[derive(Queryable)]
struct LoginRow {
    id: Vec<u8>,
    position: i64,
    attempts: i64,
    expires_at: i64,
}

impl TryFrom<LoginRow> for LoginState {
    type Error = Unreadable;

    fn try_from(row: LoginRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: LoginId::from_bytes(from_bytes("logins.id", &row.id)?),
            position: from_integer("logins.position", row.position)?,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            expires_at: from_time("logins.expires_at", row.expires_at)?,
        })
    }
}

fn grants_after(
    connection: &mut SqliteConnection,
    id: Option<GrantId>,
    most: i64,
) -> Result<Vec<Grant>, Failure> {
    let mut page = grants::table.order(grants::id).limit(most).into_boxed();
    if let Some(id) = id {
        page = page.filter(grants::id.gt(id.as_bytes().to_vec()));
    }
    let rows: Vec<GrantRow> = page.load(connection)?;
    Ok(rows
        .into_iter()
        .map(Grant::try_from)
        .collect::<Result<_, _>>()?)
}

fn logins_after(
    connection: &mut SqliteConnection,
    id: Option<LoginId>,
    most: i64,
) -> Result<Vec<LoginState>, Failure> {
    let mut page = logins::table.order(logins::id).limit(most).into_boxed();
    if let Some(id) = id {
        page = page.filter(logins::id.gt(id.as_bytes().to_vec()));
    }
    let rows: Vec<LoginRow> = page.load(connection)?;
    Ok(rows
        .into_iter()
        .map(LoginState::try_from)
        .collect::<Result<_, _>>()?)
}

impl Transfer for SqliteStore {
    async fn grants_after(&self, id: Option<GrantId>, most: u32) -> Result<Vec<Grant>, StoreError> {
        let read = move |connection: &mut _| grants_after(connection, id, most.into());
        self.0.readers.list(read).await
    }

    async fn logins_after(
        &self,
        id: Option<LoginId>,
        most: u32,
    ) -> Result<Vec<LoginState>, StoreError> {
        let read = move |connection: &mut _| logins_after(connection, id, most.into());
        self.0.readers.list(read).await
    }

    async fn insert_login(&self, login: &LoginState) -> Result<Race, StoreError> {
        let row = (
            logins::id.eq(login.id.as_bytes().to_vec()),
            logins::position.eq(i64::from(login.position)),
            logins::attempts.eq(i64::from(login.attempts)),
            logins::expires_at
                .eq(integer(login.expires_at.as_unix_seconds()).map_err(StoreError::new)?),
        );
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(logins::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn last_time_step(&self, user: UserId) -> Result<Option<u64>, StoreError> {
        self.0.readers.point(|connection| {
            let step: Option<Option<i64>> = users::table
                .find(Id(*user.as_bytes()))
                .select(users::last_time_step)
                .get_result(connection)
                .optional()?;
            let step = step.flatten();
            Ok(step
                .map(|step| from_integer("users.last_time_step", step))
                .transpose()?)
        })
    }

    async fn recovery_codes(&self, user: UserId) -> Result<Vec<SecretDigest>, StoreError> {
        self.0.readers.point(|connection| {
            let digests: Vec<Vec<u8>> = recovery_codes::table
                .filter(recovery_codes::user_id.eq(Id(*user.as_bytes())))
                .select(recovery_codes::digest)
                .order(recovery_codes::digest)
                .load(connection)?;
            let digests = digests
                .iter()
                .map(|digest| from_bytes("recovery_codes.digest", digest));
            Ok(digests
                .map(|digest| digest.map(SecretDigest::from_bytes))
                .collect::<Result<_, _>>()?)
        })
    }

    async fn denied_tokens_after(
        &self,
        id: Option<TokenId>,
        most: u32,
    ) -> Result<Vec<DeniedToken>, StoreError> {
        let read = move |connection: &mut _| {
            let after = id.map(|id| id.to_string()).unwrap_or_default();
            let rows: Vec<DeniedTokenRow> = denied_tokens::table
                .filter(denied_tokens::id.gt(after))
                .order(denied_tokens::id)
                .limit(most.into())
                .load(connection)?;
            let denied = rows.into_iter().map(DeniedToken::try_from);
            Ok(denied.collect::<Result<_, _>>()?)
        };
        self.0.readers.list(read).await
    }
}
