//! Direct access to the stores of servers.

mod database;
mod rows;

pub(crate) use database::{Database, GrantsOfDatabase, Writes};
pub(crate) use rows::Rows;

use countersign_domain::identifier::GrantId;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable};

/// Columns of a grant's row that the tests need.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
pub(crate) struct GrantRow {
    #[diesel(sql_type = BigInt)]
    pub(crate) generation: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(crate) revoked_at: Option<i64>,
}

/// Direct access to the grants of a store.
pub(crate) trait Grants {
    /// Returns the row of a grant.
    fn grant(&self, id: GrantId) -> impl Future<Output = Option<GrantRow>> + Send;
}
