//! Grants: the statements that everything waits for, each for many at once.

mod statements;
#[cfg(test)]
mod tests;

use crate::connections::take_time;
use crate::groups::Request;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{
    Failure, Unreadable, claims, from_claims, from_client_id, from_integer, from_methods,
    from_optional_time, from_resources, from_scope, from_text, from_time, methods, optional_time,
    resources, text, time,
};
use countersign_adapters_sql::id::Id;
use countersign_domain::authentication::Authentication;
use countersign_domain::claims_request::RequestedClaims;
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::refresh_token::Rotation;
use countersign_domain::time::Timestamp;
use countersign_ports::{GrantRepository, Race, StoreError};
use diesel::{QueryResult, Queryable};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};
use statements::{EstablishAll, FindAll, ListOfSession, RevokeAll, RevokeOfSubject, RotateAll};
pub(crate) use statements::{GrantColumns, grant_columns};

#[derive(Clone, Queryable)]
pub(crate) struct GrantRow {
    id: Id,
    auth_time: i64,
    generation: i64,
    rotated_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    bound_to_verifier: bool,
    client_id: String,
    subject: String,
    scope: String,
    session_id: Option<Id>,
    methods: i16,
    userinfo_claims: i32,
    id_token_claims: i32,
    resources: String,
}

impl TryFrom<&Grant> for GrantRow {
    type Error = Failure;

    fn try_from(grant: &Grant) -> Result<Self, Failure> {
        let Authentication {
            time: auth_time,
            methods: own_methods,
            session,
        } = grant.authentication;
        Ok(Self {
            id: Id(*grant.id.as_bytes()),
            auth_time: time(auth_time)?,
            generation: grant.generation.into(),
            rotated_at: time(grant.rotated_at)?,
            expires_at: time(grant.expires_at)?,
            revoked_at: optional_time(grant.revoked_at)?,
            bound_to_verifier: grant.bound_to_verifier,
            client_id: grant.client.as_str().into(),
            subject: text(grant.subject.as_str()),
            scope: grant.scope.as_str().into(),
            session_id: session.map(|session| Id(*session.as_bytes())),
            methods: methods(own_methods),
            userinfo_claims: claims(grant.claims.userinfo)?,
            id_token_claims: claims(grant.claims.id_token)?,
            resources: resources(&grant.resources)?,
        })
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = Unreadable;

    fn try_from(row: GrantRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: GrantId::from_bytes(row.id.0),
            client: from_client_id("grants.client_id", &row.client_id)?,
            subject: Subject::new(from_text("grants.subject", row.subject)?),
            scope: from_scope("grants.scope", &row.scope)?,
            authentication: Authentication {
                time: from_time("grants.auth_time", row.auth_time)?,
                methods: from_methods("grants.methods", row.methods)?,
                session: row.session_id.map(|id| SessionId::from_bytes(id.0)),
            },
            claims: RequestedClaims {
                userinfo: from_claims("grants.userinfo_claims", row.userinfo_claims)?,
                id_token: from_claims("grants.id_token_claims", row.id_token_claims)?,
            },
            resources: from_resources("grants.resources", &row.resources)?,
            bound_to_verifier: row.bound_to_verifier,
            generation: from_integer("grants.generation", row.generation)?,
            rotated_at: from_time("grants.rotated_at", row.rotated_at)?,
            expires_at: from_time("grants.expires_at", row.expires_at)?,
            revoked_at: from_optional_time("grants.revoked_at", row.revoked_at)?,
        })
    }
}

/// Who won, of `requests`, when the statement has changed the rows `changed`.
fn races<R: Request>(requests: &[&R], mut changed: Vec<Id>) -> Vec<Race> {
    changed.sort_unstable();
    let race = |request: &&R| match changed.binary_search(&request.key()) {
        Ok(_) => Race::Won,
        Err(_) => Race::Lost,
    };
    requests.iter().map(race).collect()
}

pub(crate) struct Establish(GrantRow);

impl Request for Establish {
    type Answer = Race;

    fn key(&self) -> Id {
        self.0.id
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

pub(crate) struct Find(Id);

impl Request for Find {
    type Answer = Option<GrantRow>;

    fn key(&self) -> Id {
        self.0
    }

    async fn ask(
        requests: &[&Self],
        connection: &mut AsyncPgConnection,
    ) -> QueryResult<Vec<Self::Answer>> {
        let ids = requests.iter().map(|request| request.0).collect();
        let mut found: Vec<GrantRow> = FindAll(ids).load(connection).await?;
        found.sort_unstable_by_key(|row| row.id);
        let mut found = found.into_iter().peekable();
        let answers = requests
            .iter()
            .map(|request| found.next_if(|row| row.id == request.0));
        Ok(answers.collect())
    }

    fn answer_after(&self, _: &Self, answer: &Self::Answer) -> Option<Self::Answer> {
        Some(answer.clone())
    }
}

pub(crate) struct Rotate {
    id: Id,
    presented: i64,
    successor: i64,
    now: i64,
    expires_at: i64,
}

impl Request for Rotate {
    type Answer = Race;

    fn key(&self) -> Id {
        self.id
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
    id: Id,
    at: i64,
}

impl Request for Revoke {
    type Answer = Race;

    fn key(&self) -> Id {
        self.id
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
    async fn establish(&self, grant: &Grant) -> Result<Race, StoreError> {
        let row = grant.try_into().map_err(StoreError::new)?;
        self.0.establish.ask(Establish(row)).await
    }

    async fn find_grant(&self, id: GrantId) -> Result<Option<Grant>, StoreError> {
        let row = self.0.find.ask(Find(Id(*id.as_bytes()))).await?;
        row.map(Grant::try_from)
            .transpose()
            .map_err(StoreError::new)
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Race, StoreError> {
        let request = Rotate {
            id: Id(*rotation.grant.as_bytes()),
            presented: rotation.presented.into(),
            successor: rotation.successor().into(),
            now: time(rotation.now).map_err(StoreError::new)?,
            expires_at: time(rotation.expires_at).map_err(StoreError::new)?,
        };
        self.0.rotate.ask(request).await
    }

    async fn revoke(&self, id: GrantId, at: Timestamp) -> Result<Race, StoreError> {
        let request = Revoke {
            id: Id(*id.as_bytes()),
            at: time(at).map_err(StoreError::new)?,
        };
        self.0.revoke.ask(request).await
    }

    async fn list_grants(&self, session: SessionId) -> Result<Vec<Grant>, StoreError> {
        let statement = ListOfSession(Id(*session.as_bytes()));
        // A large table has no index for this while an upgrade builds it.
        let outcome = self.0.connections.run_unhurried(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                take_time(connection).await?;
                let rows: Vec<GrantRow> = statement.load(connection).await?;
                let grants = rows.into_iter().map(Grant::try_from);
                Ok(grants.collect::<Result<_, _>>()?)
            };
            connection.transaction(work).await
        });
        outcome.await.map_err(StoreError::new)
    }

    async fn revoke_all(
        &self,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let statement = RevokeOfSubject {
            subject: text(subject.as_str()),
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
