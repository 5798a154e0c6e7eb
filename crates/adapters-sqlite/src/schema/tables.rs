//! Table of the change feed. Its key is specific to this store.

use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Integer, SmallInt, Text};

    changes (number) {
        number -> BigInt,
        tenant -> Integer,
        kind -> SmallInt,
        id -> Text,
        version -> BigInt,
        at -> BigInt,
    }
}
