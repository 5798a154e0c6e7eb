//! The tables of `migrations/` that this store keeps in a form of its own, as the statements are checked
//! against.

use diesel::table;

table! {
    use countersign_adapters_sql::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, SmallInt, Text};

    grants (id) {
        id -> Binary,
        client_id -> Text,
        subject -> Text,
        scope -> Text,
        auth_time -> BigInt,
        bound_to_verifier -> Bool,
        generation -> BigInt,
        rotated_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        session_id -> Nullable<Uuid>,
        methods -> SmallInt,
        userinfo_claims -> Integer,
        id_token_claims -> Integer,
        resources -> Text,
    }
}

table! {
    logins (id) {
        id -> Binary,
        position -> BigInt,
        attempts -> BigInt,
        expires_at -> BigInt,
    }
}
