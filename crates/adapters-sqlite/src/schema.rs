//! The tables of `migrations/` that this store keeps in a form of its own, as the statements are checked
//! against.

use diesel::table;

table! {
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
    }
}

table! {
    users (id) {
        id -> Binary,
        email -> Text,
        name -> Nullable<Text>,
        enabled -> Bool,
        password_hash -> Nullable<Text>,
        sealed_totp_secret -> Nullable<Binary>,
        created_at -> BigInt,
        last_time_step -> Nullable<BigInt>,
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
