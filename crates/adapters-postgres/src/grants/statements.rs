//! The statements. Each takes a column of values at a time, in the order of the keys.

use super::{Establish, Key, Revoke, Rotate};
use crate::statement::statement;
use countersign_adapters_sql::id::{Id, Uuid};
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text};

/// All columns of a grant, in the order of the fields of
/// [`GrantRow`](countersign_adapters_sql::grants::GrantRow).
macro_rules! grant_columns {
    () => {
        "id, tenant, generation, rotated_at, expires_at, revoked_at, client_id, subject, session_id, \
         \"authorization\""
    };
}
pub(crate) use grant_columns;

/// Their types.
pub(crate) type GrantColumns = (
    Uuid,
    Integer,
    BigInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Text,
    Text,
    Nullable<Uuid>,
    Binary,
);

/// Primary keys, a column at a time.
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

/// [`Rotation::applies_to`](countersign_domain::grant::refresh_token::Rotation::applies_to) is its condition.
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

/// The session comes first, then the slice: a plan that reads the primary key for the sake of the order would read the
/// whole table.
pub(super) struct ListOfSession {
    pub(super) session: Id,
    pub(super) tenant: i32,
    pub(super) from: Id,
    pub(super) most: i64,
}
statement!(
    ListOfSession => GrantColumns,
    concat!(
        "WITH its AS MATERIALIZED (SELECT ", grant_columns!(),
        " FROM grants WHERE session_id = ? AND tenant = ?) SELECT * FROM its WHERE id >= ? ORDER BY id LIMIT ?"
    ),
    self: [
        Uuid = &self.session,
        Integer = &self.tenant,
        Uuid = &self.from,
        BigInt = &self.most,
    ]
);

/// The rows are locked in the order of their ids, as by every statement.
pub(super) struct RevokeOfSubject {
    pub(super) subject: String,
    pub(super) tenant: i32,
    pub(super) client: Option<String>,
    pub(super) at: i64,
}
statement!(
    RevokeOfSubject,
    "UPDATE grants SET revoked_at = ? FROM (SELECT id, tenant FROM grants \
     WHERE hashtextextended(subject, 0) = hashtextextended(?, 0) AND subject = ? AND tenant = ? \
     AND client_id = coalesce(?, client_id) AND revoked_at IS NULL ORDER BY id FOR UPDATE) AS theirs \
     WHERE grants.id = theirs.id AND grants.tenant = theirs.tenant",
    self: [
        BigInt = &self.at,
        Text = &self.subject,
        Text = &self.subject,
        Integer = &self.tenant,
        Nullable<Text> = &self.client,
    ]
);
