//! Tables of users.

use diesel::table;

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Bool, Integer, Text};

    /// One row per user: the data that administrators edit.
    users (id, tenant) {
        /// `sub`.
        id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// Email address in lowercase, unique within the tenant.
        email -> Text,
        /// Whether the user has verified the email address.
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

    /// One row per user: the data that sign-ins and the account page change, without a new version of the user.
    credentials (user_id, tenant) {
        /// User.
        user_id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// Argon2id hash in PHC string form.
        password_hash -> Nullable<Text>,
        /// Secret of the authenticator app, encrypted with the master key.
        sealed_totp_secret -> Nullable<Binary>,
        /// Last used time step (RFC 6238).
        last_time_step -> Nullable<BigInt>,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{Integer, Text};

    /// One row per user and group. The document of the user has the groups, too.
    memberships (tenant, group_name, user_id) {
        /// Tenant.
        tenant -> Integer,
        /// Name of the group.
        group_name -> Text,
        /// User.
        user_id -> Uuid,
    }
}
