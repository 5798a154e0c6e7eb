//! The tables of users.

use diesel::table;

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Bool, Integer, Text};

    /// One row per user: what administrators edit.
    users (id, tenant) {
        /// `sub`.
        id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// E-mail address in lower case, unique within the tenant.
        email -> Text,
        /// Whether the user reads mail at this address.
        email_verified -> Bool,
        /// Whether the user may sign in.
        enabled -> Bool,
        /// Version of the document, from 1.
        version -> BigInt,
        /// Time of creation.
        created_at -> BigInt,
        /// Name and standard claims, a JSON object: see [`documents`](crate::documents).
        document -> Text,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    /// One row per user: what sign-ins and the account page change, without a new version of the user.
    credentials (user_id, tenant) {
        /// User.
        user_id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// Argon2id hash in PHC string form.
        password_hash -> Nullable<Text>,
        /// Secret of the authenticator app, encrypted under the master key.
        sealed_totp_secret -> Nullable<Binary>,
        /// Last time step that was used up (RFC 6238).
        last_time_step -> Nullable<BigInt>,
    }
}
