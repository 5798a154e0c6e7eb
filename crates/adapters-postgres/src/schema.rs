//! The tables of `migrations/` that this store keeps in a form of its own and does not write statements
//! for by hand.

use diesel::table;

table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        name -> Nullable<Text>,
        enabled -> Bool,
        password_hash -> Nullable<Text>,
        sealed_totp_secret -> Nullable<Binary>,
        created_at -> BigInt,
        last_time_step -> Nullable<BigInt>,
    }
}
