//! The tables of what belongs to users: sessions, consent and what they sign in with.

use diesel::table;

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text};

    /// One row per browser session.
    sessions (id, tenant) {
        /// `sid`, in the order of time.
        id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// User.
        user_id -> Uuid,
        /// Time of the last sign-in.
        authenticated_at -> BigInt,
        /// Methods of the last sign-in, a bit each.
        methods -> Integer,
        /// Rank of the authentication context class.
        acr -> SmallInt,
        /// Start.
        created_at -> BigInt,
        /// Time of the last renewal.
        last_active_at -> BigInt,
        /// Expiry.
        expires_at -> BigInt,
        /// Time at which the session was ended.
        ended_at -> Nullable<BigInt>,
        /// Network address at the start.
        ip_address -> Nullable<Text>,
        /// Browser at the start.
        user_agent -> Nullable<Text>,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Integer, Text};

    /// One row per user and client that the user gave consent to.
    consents (user_id, tenant, client_id) {
        /// User.
        user_id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// Client identifier.
        client_id -> Text,
        /// Scope.
        scope -> Text,
        /// Time of the last consent.
        given_at -> BigInt,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    /// One row per passkey.
    passkeys (tenant, id) {
        /// Tenant.
        tenant -> Integer,
        /// Credential id.
        id -> Binary,
        /// User.
        user_id -> Uuid,
        /// Name that the user gave it.
        name -> Text,
        /// Public key and counter.
        credential -> Binary,
        /// Time of the enrollment.
        created_at -> BigInt,
        /// Time of the last use.
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{Binary, Integer};

    /// One row per recovery code that was not used yet.
    recovery_codes (user_id, tenant, digest) {
        /// User.
        user_id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// SHA-256.
        digest -> Binary,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Integer, Text};

    /// One row per remembered device.
    devices (id, tenant) {
        /// Identifier, in a cookie of the device.
        id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// User.
        user_id -> Uuid,
        /// Browser.
        name -> Text,
        /// Time at which it was remembered.
        created_at -> BigInt,
        /// Expiry.
        expires_at -> BigInt,
    }
}
