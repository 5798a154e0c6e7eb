//! Grants: the statements that everything waits for. Each is prepared once per connection and found by
//! its type from then on.

use crate::schema::grants;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{
    Failure, Unreadable, claims, from_bytes, from_claims, from_client_id, from_integer,
    from_methods, from_optional_time, from_resources, from_scope, from_text, from_time, methods,
    optional_time, race, resources, text, time,
};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_domain::authentication::Authentication;
use countersign_domain::claims_request::RequestedClaims;
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::refresh_token::Rotation;
use countersign_domain::time::Timestamp;
use countersign_ports::{GrantRepository, Race, StoreError};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, SmallInt, Text};
use diesel::sqlite::Sqlite;

#[derive(Queryable)]
pub(crate) struct GrantRow {
    id: Vec<u8>,
    client_id: String,
    subject: String,
    scope: String,
    auth_time: i64,
    bound_to_verifier: bool,
    generation: i64,
    rotated_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
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
            id: grant.id.as_bytes().into(),
            client_id: grant.client.as_str().into(),
            subject: text(grant.subject.as_str()),
            scope: grant.scope.as_str().into(),
            auth_time: time(auth_time)?,
            bound_to_verifier: grant.bound_to_verifier,
            generation: grant.generation.into(),
            rotated_at: time(grant.rotated_at)?,
            expires_at: time(grant.expires_at)?,
            revoked_at: optional_time(grant.revoked_at)?,
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
            id: GrantId::from_bytes(from_bytes("grants.id", &row.id)?),
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

/// A statement whose text never changes, so that it is neither built nor prepared again.
macro_rules! fixed_statement {
    ($type:ty, $sql:literal, $self:ident: [$($column:ty = $value:expr),+ $(,)?]) => {
        impl QueryId for $type {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl QueryFragment<Sqlite> for $type {
            fn walk_ast<'b>(&'b $self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                let mut texts = $sql.split('?');
                $(
                    out.push_sql(texts.next().unwrap_or_default());
                    out.push_bind_param::<$column, _>($value)?;
                )+
                out.push_sql(texts.next().unwrap_or_default());
                Ok(())
            }
        }

        impl RunQueryDsl<SqliteConnection> for &$type {}
    };
}

struct Establish(GrantRow);
fixed_statement!(
    Establish,
    "INSERT INTO grants (id, client_id, subject, scope, auth_time, bound_to_verifier, generation, \
     rotated_at, expires_at, revoked_at, session_id, methods, userinfo_claims, id_token_claims, resources) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    self: [
        Binary = &self.0.id,
        Text = &self.0.client_id,
        Text = &self.0.subject,
        Text = &self.0.scope,
        BigInt = &self.0.auth_time,
        Bool = &self.0.bound_to_verifier,
        BigInt = &self.0.generation,
        BigInt = &self.0.rotated_at,
        BigInt = &self.0.expires_at,
        Nullable<BigInt> = &self.0.revoked_at,
        Nullable<Uuid> = &self.0.session_id,
        SmallInt = &self.0.methods,
        Integer = &self.0.userinfo_claims,
        Integer = &self.0.id_token_claims,
        Text = &self.0.resources,
    ]
);

/// [`Rotation::applies_to`] is its condition.
struct Rotate {
    id: [u8; 16],
    presented: i64,
    successor: i64,
    now: i64,
    expires_at: i64,
}
fixed_statement!(
    Rotate,
    "UPDATE grants SET generation = ?, rotated_at = ?, expires_at = ? \
     WHERE id = ? AND generation <= ? AND revoked_at IS NULL AND expires_at > ?",
    self: [
        BigInt = &self.successor,
        BigInt = &self.now,
        BigInt = &self.expires_at,
        Binary = &self.id[..],
        BigInt = &self.presented,
        BigInt = &self.now,
    ]
);

struct Revoke {
    id: [u8; 16],
    at: i64,
}
fixed_statement!(
    Revoke,
    "UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
    self: [BigInt = &self.at, Binary = &self.id[..]]
);

impl GrantRepository for SqliteStore {
    async fn establish(&self, grant: &Grant) -> Result<Race, StoreError> {
        let statement = Establish(grant.try_into().map_err(StoreError::new)?);
        let work = move |connection: &mut _| Ok(race(statement.execute(connection)?));
        self.0.writer.write(work).await
    }

    async fn find_grant(&self, id: GrantId) -> Result<Option<Grant>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<GrantRow> = grants::table
                .find(&id.as_bytes()[..])
                .get_result(connection)
                .optional()?;
            Ok(row.map(Grant::try_from).transpose()?)
        })
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Race, StoreError> {
        let statement = Rotate {
            id: *rotation.grant.as_bytes(),
            presented: rotation.presented.into(),
            successor: rotation.successor().into(),
            now: time(rotation.now).map_err(StoreError::new)?,
            expires_at: time(rotation.expires_at).map_err(StoreError::new)?,
        };
        let work = move |connection: &mut _| Ok(race(statement.execute(connection)?));
        self.0.writer.write(work).await
    }

    async fn revoke(&self, id: GrantId, at: Timestamp) -> Result<Race, StoreError> {
        let statement = Revoke {
            id: *id.as_bytes(),
            at: time(at).map_err(StoreError::new)?,
        };
        let work = move |connection: &mut _| Ok(race(statement.execute(connection)?));
        self.0.writer.write(work).await
    }

    async fn list_grants(&self, session: SessionId) -> Result<Vec<Grant>, StoreError> {
        self.0.readers.point(|connection| {
            let of_session = grants::table.filter(grants::session_id.eq(Id(*session.as_bytes())));
            let rows: Vec<GrantRow> = of_session.order(grants::id).load(connection)?;
            let grants = rows.into_iter().map(Grant::try_from);
            Ok(grants.collect::<Result<_, _>>()?)
        })
    }

    async fn revoke_all(
        &self,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let (subject, at) = (text(subject.as_str()), time(at).map_err(StoreError::new)?);
        let client = client.map(ToString::to_string);
        let work = move |connection: &mut SqliteConnection| {
            let theirs = grants::table
                .filter(grants::subject.eq(&subject))
                .filter(grants::revoked_at.is_null());
            let mark = grants::revoked_at.eq(at);
            let revoked = match &client {
                None => diesel::update(theirs).set(mark).execute(connection)?,
                Some(client) => diesel::update(theirs.filter(grants::client_id.eq(client)))
                    .set(mark)
                    .execute(connection)?,
            };
            Ok(revoked as u64)
        };
        self.0.writer.write(work).await
    }
}
