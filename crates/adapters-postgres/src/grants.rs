//! Grants: the statements that everything waits for, each for many at once.

mod statements;
#[cfg(test)]
mod tests;

use crate::connections::take_time;
use crate::groups::Request;
use crate::keyset::from;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{tenant, text, time};
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::grant::refresh_token::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, GrantRepository, Race, Slice, StoreError};
use diesel::QueryResult;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};
use statements::{
    EstablishAll, FindAll, Keys, ListOfSession, RevokeAll, RevokeOfSubject, RotateAll,
};
pub(crate) use statements::{GrantColumns, grant_columns};

/// Primary key of a grant: its id and its tenant.
pub(crate) type Key = (Id, i32);

fn key(of: TenantId, id: GrantId) -> Key {
    (id.into(), tenant(of))
}

/// Who won, of `requests`, when the statement has changed the rows `changed`.
fn races<R: Request<Key = Key>>(requests: &[&R], mut changed: Vec<Key>) -> Vec<Race> {
    changed.sort_unstable();
    let race = |request: &&R| match changed.binary_search(&request.key()) {
        Ok(_) => Race::Won,
        Err(_) => Race::Lost,
    };
    requests.iter().map(race).collect()
}

pub(crate) struct Establish(GrantRow);

impl Request for Establish {
    type Key = Key;
    type Answer = Race;

    fn key(&self) -> Key {
        (self.0.id, self.0.tenant)
    }

    async fn ask(requests: &[&Self], connection: &mut AsyncPgConnection) -> QueryResult<Vec<Race>> {
        let established = EstablishAll::new(requests).load(connection).await?;
        Ok(races(requests, established))
    }

    /// The grant is there, whoever brought it.
    fn answer_after(&self, _: &Self, _: &Race) -> Option<Race> {
        Some(Race::Lost)
    }
}

pub(crate) struct Find(Key);

impl Request for Find {
    type Key = Key;
    type Answer = Option<GrantRow>;

    fn key(&self) -> Key {
        self.0
    }

    async fn ask(
        requests: &[&Self],
        connection: &mut AsyncPgConnection,
    ) -> QueryResult<Vec<Self::Answer>> {
        let keys = Keys::new(requests.iter().map(|request| request.0));
        let mut found: Vec<GrantRow> = FindAll(keys).load(connection).await?;
        found.sort_unstable_by_key(|row| (row.id, row.tenant));
        let mut found = found.into_iter().peekable();
        let answers = requests
            .iter()
            .map(|request| found.next_if(|row| (row.id, row.tenant) == request.0));
        Ok(answers.collect())
    }

    fn answer_after(&self, _: &Self, answer: &Self::Answer) -> Option<Self::Answer> {
        Some(answer.clone())
    }
}

pub(crate) struct Rotate {
    key: Key,
    presented: i64,
    successor: i64,
    now: i64,
    expires_at: i64,
}

impl Request for Rotate {
    type Key = Key;
    type Answer = Race;

    fn key(&self) -> Key {
        self.key
    }

    async fn ask(requests: &[&Self], connection: &mut AsyncPgConnection) -> QueryResult<Vec<Race>> {
        let rotated = RotateAll::new(requests).load(connection).await?;
        Ok(races(requests, rotated))
    }

    /// A grant that has moved on stays moved on, and what did not apply does not apply to an earlier
    /// generation at a later time.
    fn answer_after(&self, earlier: &Self, answer: &Race) -> Option<Race> {
        let is_lost = match answer {
            Race::Won => self.presented < earlier.successor,
            Race::Lost => self.presented <= earlier.presented && self.now >= earlier.now,
        };
        is_lost.then_some(Race::Lost)
    }
}

pub(crate) struct Revoke {
    key: Key,
    at: i64,
}

impl Request for Revoke {
    type Key = Key;
    type Answer = Race;

    fn key(&self) -> Key {
        self.key
    }

    async fn ask(requests: &[&Self], connection: &mut AsyncPgConnection) -> QueryResult<Vec<Race>> {
        let revoked = RevokeAll::new(requests).load(connection).await?;
        Ok(races(requests, revoked))
    }

    /// It is revoked, or not there.
    fn answer_after(&self, _: &Self, _: &Race) -> Option<Race> {
        Some(Race::Lost)
    }
}

impl GrantRepository for PostgresStore {
    async fn establish(&self, of: TenantId, grant: &Grant) -> Result<Race, StoreError> {
        let row = GrantRow::new(of, grant).map_err(StoreError::new)?;
        self.0.establish.ask(Establish(row)).await
    }

    async fn find_grant(&self, of: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        let row = self.0.find.ask(Find(key(of, id))).await?;
        row.map(Grant::try_from)
            .transpose()
            .map_err(StoreError::new)
    }

    async fn rotate(&self, of: TenantId, rotation: &Rotation) -> Result<Race, StoreError> {
        let request = Rotate {
            key: key(of, rotation.grant),
            presented: rotation.presented.into(),
            successor: rotation.successor().into(),
            now: time(rotation.now).map_err(StoreError::new)?,
            expires_at: time(rotation.expires_at).map_err(StoreError::new)?,
        };
        self.0.rotate.ask(request).await
    }

    async fn revoke(&self, of: TenantId, id: GrantId, at: Timestamp) -> Result<Race, StoreError> {
        let request = Revoke {
            key: key(of, id),
            at: time(at).map_err(StoreError::new)?,
        };
        self.0.revoke.ask(request).await
    }

    async fn list_grants(
        &self,
        of: TenantId,
        session: SessionId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let Some(from) = from(after.key) else {
            return Ok(Slice::default());
        };
        let statement = ListOfSession {
            session: session.into(),
            tenant: tenant(of),
            from,
            most: fetch(after.limit),
        };
        // A large table has no index for this while an upgrade builds it.
        let outcome = self.0.connections.run_unhurried(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                take_time(connection).await?;
                let rows: Vec<GrantRow> = statement.load(connection).await?;
                Ok(slice(rows, after.limit, Grant::try_from)?)
            };
            connection.transaction(work).await
        });
        outcome.await.map_err(StoreError::new)
    }

    async fn revoke_all(
        &self,
        of: TenantId,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let statement = RevokeOfSubject {
            subject: text(subject.as_str()),
            tenant: tenant(of),
            client: client.map(ToString::to_string),
            at: time(at).map_err(StoreError::new)?,
        };
        let outcome = self.0.connections.run_unhurried(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                take_time(connection).await?;
                Ok(u64::try_from(statement.execute(connection).await?)?)
            };
            connection.transaction(work).await
        });
        outcome.await.map_err(StoreError::new)
    }
}
