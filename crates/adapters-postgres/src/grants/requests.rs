//! Requests that are sent in groups, and the statement of each group. A statement takes one array per column, in key
//! order.

use super::columns::{GrantColumns, grant_columns};
use crate::connection::groups::{Request, rows_of};
use crate::statement::statement;
use countersign_adapters_sql::columns::tenant;
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::TenantId;
use countersign_ports::Race;
use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

/// Primary key of a grant: ID and tenant.
pub(crate) type Key = (Id, i32);

pub(super) fn key(of: TenantId, id: GrantId) -> Key {
    (id.into(), tenant(of))
}

/// Primary keys, as one array per column.
#[derive(Default)]
pub(super) struct Keys {
    ids: Vec<Id>,
    tenants: Vec<i32>,
}

impl Keys {
    pub(super) fn new(keys: impl Iterator<Item = Key>) -> Self {
        let (ids, tenants) = keys.unzip();
        Self { ids, tenants }
    }

    fn push(&mut self, (id, tenant): Key) {
        self.ids.push(id);
        self.tenants.push(tenant);
    }
}

/// Returns the result of each request after a statement that changed the rows `changed`.
pub(super) fn races<R: Request<Key = Key>>(requests: &[&R], mut changed: Vec<Key>) -> Vec<Race> {
    changed.sort_unstable();
    let race = |request: &&R| match changed.binary_search(&request.key()) {
        Ok(_) => Race::Won,
        Err(_) => Race::Lost,
    };
    requests.iter().map(race).collect()
}

pub(crate) struct Establish(pub(super) GrantRow);

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

    /// The grant exists, whichever request inserted it.
    fn answer_after(&self, _: &Self, _: &Race) -> Option<Race> {
        Some(Race::Lost)
    }
}

#[derive(Default)]
pub(super) struct EstablishAll {
    keys: Keys,
    generations: Vec<i64>,
    rotated_ats: Vec<i64>,
    expires_ats: Vec<i64>,
    revoked_ats: Vec<Option<i64>>,
    client_ids: Vec<String>,
    subjects: Vec<String>,
    session_ids: Vec<Option<Id>>,
    authorizations: Vec<Vec<u8>>,
}
statement!(
    EstablishAll => (Uuid, Integer),
    concat!(
        "INSERT INTO grants (",
        grant_columns!(),
        ") SELECT * FROM unnest(?::uuid[], ?::integer[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], \
         ?::text[], ?::text[], ?::uuid[], ?::bytea[]) ON CONFLICT (id, tenant) DO NOTHING RETURNING id, tenant"
    ),
    self: [
        Array<Uuid> = &self.keys.ids,
        Array<Integer> = &self.keys.tenants,
        Array<BigInt> = &self.generations,
        Array<BigInt> = &self.rotated_ats,
        Array<BigInt> = &self.expires_ats,
        Array<Nullable<BigInt>> = &self.revoked_ats,
        Array<Text> = &self.client_ids,
        Array<Text> = &self.subjects,
        Array<Nullable<Uuid>> = &self.session_ids,
        Array<Binary> = &self.authorizations,
    ]
);

impl EstablishAll {
    pub(super) fn new(requests: &[&Establish]) -> Self {
        let mut all = Self::default();
        for Establish(row) in requests {
            all.keys.push((row.id, row.tenant));
            all.generations.push(row.generation);
            all.rotated_ats.push(row.rotated_at);
            all.expires_ats.push(row.expires_at);
            all.revoked_ats.push(row.revoked_at);
            all.client_ids.push(row.client_id.clone());
            all.subjects.push(row.subject.clone());
            all.session_ids.push(row.session_id);
            all.authorizations.push(row.authorization.clone());
        }
        all
    }
}

pub(crate) struct Find(pub(super) Key);

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
        let found: Vec<GrantRow> = FindAll(keys).load(connection).await?;
        let found = found.into_iter().map(|row| ((row.id, row.tenant), row));
        let keys = requests.iter().map(|request| request.0);
        Ok(rows_of(keys, found.collect()))
    }

    fn answer_after(&self, _: &Self, answer: &Self::Answer) -> Option<Self::Answer> {
        Some(answer.clone())
    }
}

pub(super) struct FindAll(pub(super) Keys);
statement!(
    FindAll => GrantColumns,
    concat!(
        "SELECT ",
        grant_columns!(),
        " FROM unnest(?::uuid[], ?::integer[]) AS wanted (id, tenant) JOIN grants USING (id, tenant)"
    ),
    self: [Array<Uuid> = &self.0.ids, Array<Integer> = &self.0.tenants]
);

pub(crate) struct Rotate {
    pub(super) key: Key,
    pub(super) presented: i64,
    pub(super) successor: i64,
    pub(super) now: i64,
    pub(super) expires_at: i64,
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

    /// A generation never decreases. A rotation that did not apply does not apply to an earlier generation at a later
    /// time.
    fn answer_after(&self, earlier: &Self, answer: &Race) -> Option<Race> {
        let is_lost = match answer {
            Race::Won => self.presented < earlier.successor,
            Race::Lost => self.presented <= earlier.presented && self.now >= earlier.now,
        };
        is_lost.then_some(Race::Lost)
    }
}

/// Rotates grants under the condition of [`Grant::apply`](countersign_domain::grant::Grant::apply).
#[derive(Default)]
pub(super) struct RotateAll {
    keys: Keys,
    presented: Vec<i64>,
    successors: Vec<i64>,
    nows: Vec<i64>,
    expires_ats: Vec<i64>,
}
statement!(
    RotateAll => (Uuid, Integer),
    "UPDATE grants SET generation = rotation.successor, rotated_at = rotation.now, \
     expires_at = rotation.expires_at \
     FROM unnest(?::uuid[], ?::integer[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) \
     AS rotation (id, tenant, presented, successor, now, expires_at) \
     WHERE grants.id = rotation.id AND grants.tenant = rotation.tenant \
     AND grants.generation <= rotation.presented AND grants.revoked_at IS NULL \
     AND grants.expires_at > rotation.now RETURNING grants.id, grants.tenant",
    self: [
        Array<Uuid> = &self.keys.ids,
        Array<Integer> = &self.keys.tenants,
        Array<BigInt> = &self.presented,
        Array<BigInt> = &self.successors,
        Array<BigInt> = &self.nows,
        Array<BigInt> = &self.expires_ats,
    ]
);

impl RotateAll {
    pub(super) fn new(requests: &[&Rotate]) -> Self {
        let mut all = Self::default();
        for rotation in requests {
            all.keys.push(rotation.key);
            all.presented.push(rotation.presented);
            all.successors.push(rotation.successor);
            all.nows.push(rotation.now);
            all.expires_ats.push(rotation.expires_at);
        }
        all
    }
}

pub(crate) struct Revoke {
    pub(super) key: Key,
    pub(super) at: i64,
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

    /// The grant is revoked or does not exist.
    fn answer_after(&self, _: &Self, _: &Race) -> Option<Race> {
        Some(Race::Lost)
    }
}

pub(super) struct RevokeAll {
    keys: Keys,
    ats: Vec<i64>,
}
statement!(
    RevokeAll => (Uuid, Integer),
    "UPDATE grants SET revoked_at = revocation.at FROM unnest(?::uuid[], ?::integer[], ?::bigint[]) \
     AS revocation (id, tenant, at) WHERE grants.id = revocation.id AND grants.tenant = revocation.tenant \
     AND grants.revoked_at IS NULL RETURNING grants.id, grants.tenant",
    self: [
        Array<Uuid> = &self.keys.ids,
        Array<Integer> = &self.keys.tenants,
        Array<BigInt> = &self.ats,
    ]
);

impl RevokeAll {
    pub(super) fn new(requests: &[&Revoke]) -> Self {
        Self {
            keys: Keys::new(requests.iter().map(|revocation| revocation.key)),
            ats: requests.iter().map(|revocation| revocation.at).collect(),
        }
    }
}
