//! Statements about all grants of a session or a subject.

use super::columns::{GrantColumns, grant_columns};
use crate::statement::statement;
use countersign_adapters_sql::id::{Id, Uuid};
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

/// Lists the grants of a session. It selects the session before the slice: a plan that uses the primary key for the
/// order would read the whole table.
pub(crate) struct ListOfSession {
    pub(crate) session: Id,
    pub(crate) tenant: i32,
    pub(crate) from: Id,
    pub(crate) most: i64,
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

/// Lists the grants of a subject. It selects the subject before the slice, like [`ListOfSession`].
pub(crate) struct ListOfSubject {
    pub(crate) subject: String,
    pub(crate) tenant: i32,
    pub(crate) from: Id,
    pub(crate) most: i64,
}
statement!(
    ListOfSubject => GrantColumns,
    concat!(
        "WITH its AS MATERIALIZED (SELECT ", grant_columns!(),
        " FROM grants WHERE subject = ? AND hashtextextended(subject, 0) = hashtextextended(?, 0) AND tenant = ?) \
         SELECT * FROM its WHERE id >= ? ORDER BY id LIMIT ?"
    ),
    self: [
        Text = &self.subject,
        Text = &self.subject,
        Integer = &self.tenant,
        Uuid = &self.from,
        BigInt = &self.most,
    ]
);

/// Revokes the grants of a subject. Locks rows in ID order, as every statement does.
pub(crate) struct RevokeOfSubject {
    pub(crate) subject: String,
    pub(crate) tenant: i32,
    pub(crate) client: Option<String>,
    pub(crate) at: i64,
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
