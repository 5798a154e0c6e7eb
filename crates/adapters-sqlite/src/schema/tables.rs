//! The table of the feed of changes, whose key is this store's own.

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
