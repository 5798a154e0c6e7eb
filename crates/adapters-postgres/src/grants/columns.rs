//! Columns of a grant in statements.

use countersign_adapters_sql::id::Uuid;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

/// All columns of a grant, in the order of the fields of
/// [`GrantRow`](countersign_adapters_sql::grants::GrantRow).
macro_rules! grant_columns {
    () => {
        "id, tenant, generation, rotated_at, expires_at, revoked_at, client_id, subject, session_id, \
         \"authorization\""
    };
}
pub(crate) use grant_columns;

/// SQL types of the columns of a grant.
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
