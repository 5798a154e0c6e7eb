//! Statements about all grants of a session or a subject.

use super::columns::{GrantColumns, grant_columns};
use crate::statement::statement;
use countersign_adapters_sql::id::{Id, Uuid};
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

/// Lists the grants of a session. It selects the session before the slice: a plan that uses the primary key for the
/// order would read the whole table.
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

/// Revokes the grants of a subject. Locks rows in ID order, as every statement does.
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
