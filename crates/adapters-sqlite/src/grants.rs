//! Grants: the statements on the hot path. Each is prepared once per connection and found by its type afterwards.

use crate::people::{lookups, sessions};
use crate::statement::statement;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, race, tenant, text, time};
use countersign_adapters_sql::grants::{GrantRow, grant_user, with_user};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::people::users::{UserColumns, UserRows};
use countersign_adapters_sql::schema::grants;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_adapters_sql::user_columns;
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{After, GrantRepository, Race, Redeemed, Slice, StoreError, UserKey};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

struct Establish(GrantRow);
statement!(
    Establish,
    "INSERT INTO grants (id, tenant, generation, rotated_at, expires_at, revoked_at, client_id, subject, session_id, \
     authorization) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    self: [
        Uuid = &self.0.id,
        Integer = &self.0.tenant,
        BigInt = &self.0.generation,
        BigInt = &self.0.rotated_at,
        BigInt = &self.0.expires_at,
        Nullable<BigInt> = &self.0.revoked_at,
        Text = &self.0.client_id,
        Text = &self.0.subject,
        Nullable<Uuid> = &self.0.session_id,
        Binary = &self.0.authorization,
    ]
);

/// Statement of a rotation, under the condition of [`Grant::apply`].
struct Rotate {
    id: Id,
    tenant: i32,
    presented: i64,
    successor: i64,
    now: i64,
    expires_at: i64,
}
statement!(
    Rotate,
    "UPDATE grants SET generation = ?, rotated_at = ?, expires_at = ? \
     WHERE id = ? AND tenant = ? AND generation <= ? AND revoked_at IS NULL AND expires_at > ?",
    self: [
        BigInt = &self.successor,
        BigInt = &self.now,
        BigInt = &self.expires_at,
        Uuid = &self.id,
        Integer = &self.tenant,
        BigInt = &self.presented,
        BigInt = &self.now,
    ]
);

struct Revoke {
    id: Id,
    tenant: i32,
    at: i64,
}
statement!(
    Revoke,
    "UPDATE grants SET revoked_at = ? WHERE id = ? AND tenant = ? AND revoked_at IS NULL",
    self: [BigInt = &self.at, Uuid = &self.id, Integer = &self.tenant]
);

/// Finds a grant with its user. A subject that is no hexadecimal text joins no user.
struct FindWithUser(Id, i32);
statement!(
    FindWithUser => (grants::SqlType, Nullable<UserColumns>),
    concat!(
        "SELECT grants.id, grants.tenant, grants.generation, grants.rotated_at, grants.expires_at, grants.revoked_at, \
         grants.client_id, grants.subject, grants.session_id, grants.\"authorization\", ",
        user_columns!(),
        " FROM grants \
         LEFT JOIN users ON users.id = unhex(replace(grants.subject, '-', '')) AND users.tenant = grants.tenant \
         LEFT JOIN credentials ON credentials.user_id = users.id AND credentials.tenant = users.tenant \
         WHERE grants.id = ? AND grants.tenant = ?"
    ),
    self: [Uuid = &self.0, Integer = &self.1]
);

/// Revokes the grants of a subject, or those to one client. Returns their number.
pub(crate) fn revoke_all(
    connection: &mut SqliteConnection,
    tenant: i32,
    subject: &str,
    client: Option<&ClientId>,
    at: i64,
) -> Result<u64, Failure> {
    let theirs = grants::table
        .filter(grants::subject.eq(subject))
        .filter(grants::tenant.eq(tenant))
        .filter(grants::revoked_at.is_null());
    let mark = grants::revoked_at.eq(at);
    let revoked = match client {
        None => diesel::update(theirs).set(mark).execute(connection)?,
        Some(client) => diesel::update(theirs.filter(grants::client_id.eq(client.as_str())))
            .set(mark)
            .execute(connection)?,
    };
    Ok(revoked as u64)
}

impl GrantRepository for SqliteStore {
    async fn establish(&self, tenant: TenantId, grant: &Grant) -> Result<Race, StoreError> {
        let statement = Establish(GrantRow::new(tenant, grant).map_err(StoreError::new)?);
        let work = move |connection: &mut _| Ok(race((&statement).execute(connection)?));
        self.0.writer.write(work).await
    }

    async fn redeem(&self, of: TenantId, grant: &Grant) -> Result<Redeemed, StoreError> {
        let statement = Establish(GrantRow::new(of, grant).map_err(StoreError::new)?);
        let authorization = grant.authorization();
        let session = authorization.session;
        let user = authorization.subject.user();
        // One transaction, because no other one can write at the same time. This connection has the pages in its cache.
        let work = move |connection: &mut _| {
            if race((&statement).execute(connection)?) == Race::Lost {
                return Ok(Redeemed::Lost);
            }
            let found = match (session, user) {
                (Some(session), _) => sessions::find(connection, of, session)?
                    .map(|(session, user)| (Some(session), user)),
                (None, Some(user)) => {
                    lookups::find(connection, of, UserKey::Id(user))?.map(|user| (None, user))
                }
                (None, None) => None,
            };
            let user = found.map(|(session, user)| grant_user(session, user));
            Ok(Redeemed::Won(user.transpose()?))
        };
        self.0.writer.write(work).await
    }

    async fn find_grant_with_user(
        &self,
        of: TenantId,
        id: GrantId,
    ) -> Result<Option<(Grant, Option<User>)>, StoreError> {
        let statement = FindWithUser(id.into(), tenant(of));
        self.0.readers.point(|connection| {
            let found: Option<(GrantRow, Option<UserRows>)> =
                (&statement).get_result(connection).optional()?;
            let found = found.map(|(grant, user)| with_user(grant, user));
            Ok(found.transpose()?)
        })
    }

    async fn find_grant(&self, of: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<GrantRow> = grants::table
                .find((Id::from(id), tenant(of)))
                .get_result(connection)
                .optional()?;
            Ok(row.map(Grant::try_from).transpose()?)
        })
    }

    async fn rotate(&self, of: TenantId, rotation: &Rotation) -> Result<Race, StoreError> {
        let statement = Rotate {
            id: rotation.grant.into(),
            tenant: tenant(of),
            presented: rotation.presented.into(),
            successor: rotation.successor().into(),
            now: time(rotation.now).map_err(StoreError::new)?,
            expires_at: time(rotation.expires_at).map_err(StoreError::new)?,
        };
        let work = move |connection: &mut _| Ok(race((&statement).execute(connection)?));
        self.0.writer.write(work).await
    }

    async fn revoke(&self, of: TenantId, id: GrantId, at: Timestamp) -> Result<Race, StoreError> {
        let statement = Revoke {
            id: id.into(),
            tenant: tenant(of),
            at: time(at).map_err(StoreError::new)?,
        };
        let work = move |connection: &mut _| Ok(race((&statement).execute(connection)?));
        self.0.writer.write(work).await
    }

    async fn list_grants(
        &self,
        of: TenantId,
        session: SessionId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        self.0.readers.point(|connection| {
            let mut query = grants::table
                .filter(grants::session_id.eq(Id::from(session)))
                .filter(grants::tenant.eq(tenant(of)))
                .order(grants::id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = after.key {
                query = query.filter(grants::id.gt(Id::from(last)));
            }
            let rows: Vec<GrantRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Grant::try_from)?)
        })
    }

    async fn revoke_all(
        &self,
        of: TenantId,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let (subject, at) = (text(subject.as_str()), time(at).map_err(StoreError::new)?);
        let client = client.cloned();
        let work = move |connection: &mut _| {
            revoke_all(connection, tenant(of), &subject, client.as_ref(), at)
        };
        self.0.writer.write(work).await
    }
}
