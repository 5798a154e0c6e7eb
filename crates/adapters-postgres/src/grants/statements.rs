//! The statements. Each takes a column of values at a time, in the order of the keys.

use super::{Establish, Revoke, Rotate};
use crate::statement::statement;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::id::Uuid;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text};

/// All columns of a grant, in the order of the fields of [`GrantRow`](super::GrantRow).
macro_rules! grant_columns {
    () => {
        "id, auth_time, generation, rotated_at, expires_at, revoked_at, bound_to_verifier, client_id, \
         subject, scope, session_id, methods, userinfo_claims, id_token_claims, resources"
    };
}
pub(crate) use grant_columns;

/// Their types.
pub(crate) type GrantColumns = (
    Uuid,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Bool,
    Text,
    Text,
    Text,
    Nullable<Uuid>,
    SmallInt,
    Integer,
    Integer,
    Text,
);

#[derive(Default)]
pub(super) struct EstablishAll {
    ids: Vec<Id>,
    auth_times: Vec<i64>,
    generations: Vec<i64>,
    rotated_ats: Vec<i64>,
    expires_ats: Vec<i64>,
    revoked_ats: Vec<Option<i64>>,
    bound_to_verifiers: Vec<bool>,
    client_ids: Vec<String>,
    subjects: Vec<String>,
    scopes: Vec<String>,
    session_ids: Vec<Option<Id>>,
    methods: Vec<i16>,
    userinfo_claims: Vec<i32>,
    id_token_claims: Vec<i32>,
    resources: Vec<String>,
}
statement!(
    EstablishAll => Uuid,
    concat!(
        "INSERT INTO grants (",
        grant_columns!(),
        ") SELECT * FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], \
         ?::boolean[], ?::text[], ?::text[], ?::text[], ?::uuid[], ?::smallint[], ?::integer[], ?::integer[], \
         ?::text[]) ON CONFLICT (id) DO NOTHING RETURNING id"
    ),
    self: [
        Array<Uuid> = &self.ids,
        Array<BigInt> = &self.auth_times,
        Array<BigInt> = &self.generations,
        Array<BigInt> = &self.rotated_ats,
        Array<BigInt> = &self.expires_ats,
        Array<Nullable<BigInt>> = &self.revoked_ats,
        Array<Bool> = &self.bound_to_verifiers,
        Array<Text> = &self.client_ids,
        Array<Text> = &self.subjects,
        Array<Text> = &self.scopes,
        Array<Nullable<Uuid>> = &self.session_ids,
        Array<SmallInt> = &self.methods,
        Array<Integer> = &self.userinfo_claims,
        Array<Integer> = &self.id_token_claims,
        Array<Text> = &self.resources,
    ]
);

impl EstablishAll {
    pub(super) fn new(requests: &[&Establish]) -> Self {
        let mut all = Self::default();
        for Establish(row) in requests {
            all.ids.push(row.id);
            all.auth_times.push(row.auth_time);
            all.generations.push(row.generation);
            all.rotated_ats.push(row.rotated_at);
            all.expires_ats.push(row.expires_at);
            all.revoked_ats.push(row.revoked_at);
            all.bound_to_verifiers.push(row.bound_to_verifier);
            all.client_ids.push(row.client_id.clone());
            all.subjects.push(row.subject.clone());
            all.scopes.push(row.scope.clone());
            all.session_ids.push(row.session_id);
            all.methods.push(row.methods);
            all.userinfo_claims.push(row.userinfo_claims);
            all.id_token_claims.push(row.id_token_claims);
            all.resources.push(row.resources.clone());
        }
        all
    }
}

pub(super) struct FindAll(pub(super) Vec<Id>);
statement!(
    FindAll => GrantColumns,
    concat!(
        "SELECT ",
        grant_columns!(),
        " FROM unnest(?::uuid[]) AS wanted (id) JOIN grants USING (id)"
    ),
    self: [Array<Uuid> = &self.0]
);

pub(super) struct ListOfSession(pub(super) Id);
statement!(
    ListOfSession => GrantColumns,
    concat!("SELECT ", grant_columns!(), " FROM grants WHERE session_id = ? ORDER BY id"),
    self: [Uuid = &self.0]
);

/// [`Rotation::applies_to`](countersign_domain::refresh_token::Rotation::applies_to) is its condition.
#[derive(Default)]
pub(super) struct RotateAll {
    ids: Vec<Id>,
    presented: Vec<i64>,
    successors: Vec<i64>,
    nows: Vec<i64>,
    expires_ats: Vec<i64>,
}
statement!(
    RotateAll => Uuid,
    "UPDATE grants SET generation = rotation.successor, rotated_at = rotation.now, \
     expires_at = rotation.expires_at \
     FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) \
     AS rotation (id, presented, successor, now, expires_at) \
     WHERE grants.id = rotation.id AND grants.generation <= rotation.presented \
     AND grants.revoked_at IS NULL AND grants.expires_at > rotation.now RETURNING grants.id",
    self: [
        Array<Uuid> = &self.ids,
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
            all.ids.push(rotation.id);
            all.presented.push(rotation.presented);
            all.successors.push(rotation.successor);
            all.nows.push(rotation.now);
            all.expires_ats.push(rotation.expires_at);
        }
        all
    }
}

pub(super) struct RevokeAll {
    ids: Vec<Id>,
    ats: Vec<i64>,
}
statement!(
    RevokeAll => Uuid,
    "UPDATE grants SET revoked_at = revocation.at FROM unnest(?::uuid[], ?::bigint[]) \
     AS revocation (id, at) WHERE grants.id = revocation.id AND grants.revoked_at IS NULL RETURNING grants.id",
    self: [Array<Uuid> = &self.ids, Array<BigInt> = &self.ats]
);

impl RevokeAll {
    pub(super) fn new(requests: &[&Revoke]) -> Self {
        Self {
            ids: requests.iter().map(|revocation| revocation.id).collect(),
            ats: requests.iter().map(|revocation| revocation.at).collect(),
        }
    }
}

/// They are locked in the order of their ids, as by everyone.
pub(super) struct RevokeOfSubject {
    pub(super) subject: String,
    pub(super) client: Option<String>,
    pub(super) at: i64,
}
statement!(
    RevokeOfSubject,
    "UPDATE grants SET revoked_at = ? FROM (SELECT id FROM grants WHERE subject COLLATE \"C\" = ? \
     AND client_id = coalesce(?, client_id) AND revoked_at IS NULL ORDER BY id FOR UPDATE) AS theirs \
     WHERE grants.id = theirs.id",
    self: [
        BigInt = &self.at,
        Text = &self.subject,
        Nullable<Text> = &self.client,
    ]
);
