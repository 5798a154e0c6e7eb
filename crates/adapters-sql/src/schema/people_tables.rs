//! Tables of sessions, consents, passkeys, recovery codes, and devices of users.

use diesel::table;

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, SmallInt, Text};

    /// One row per browser session.
    sessions (id, tenant) {
        /// `sid`, ordered by time.
        id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// User.
        user_id -> Uuid,
        /// Time of the last sign-in.
        authenticated_at -> BigInt,
        /// Methods of the last sign-in, as a bit set.
        methods -> Integer,
        /// Rank of the authentication context class.
        acr -> SmallInt,
        /// Time of the first sign-in.
        created_at -> BigInt,
        /// Time of the last renewal.
        last_active_at -> BigInt,
        /// Expiry.
        expires_at -> BigInt,
        /// Time at which the session was ended.
        ended_at -> Nullable<BigInt>,
        /// IP address at the first sign-in.
        ip_address -> Nullable<Text>,
        /// Browser at the first sign-in.
        user_agent -> Nullable<Text>,
        /// SHA-256 of the current secret.
        secret_digest -> Nullable<Binary>,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Integer, Text};

    /// One row per user and client with consent.
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
        /// Credential ID.
        id -> Binary,
        /// User.
        user_id -> Uuid,
        /// Name that the user chose.
        name -> Text,
        /// Public key and counter.
        credential -> Binary,
        /// Time of enrollment.
        created_at -> BigInt,
        /// Time of the last use.
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{Binary, Integer};

    /// One row per unused recovery code.
    recovery_codes (user_id, tenant, digest) {
        /// User.
        user_id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// SHA-256 of the code.
        digest -> Binary,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Integer, Text};

    /// One row per trusted device.
    devices (id, tenant) {
        /// Identifier, stored in a cookie on the device.
        id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// User.
        user_id -> Uuid,
        /// Browser.
        name -> Text,
        /// Time at which the user chose to trust the device.
        created_at -> BigInt,
        /// Expiry.
        expires_at -> BigInt,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};

    /// One row per linked account at an upstream provider.
    identities (tenant, id) {
        /// Tenant.
        tenant -> Integer,
        /// Identifier, derived from issuer and subject.
        id -> Uuid,
        /// User.
        user_id -> Uuid,
        /// Name of the provider.
        provider -> Text,
        /// Issuer of the provider.
        issuer -> Text,
        /// `sub` at the provider.
        subject -> Text,
        /// Email address at the provider.
        email -> Nullable<Text>,
        /// Time of linking.
        created_at -> BigInt,
        /// Time of the last sign-in.
        last_used_at -> Nullable<BigInt>,
    }
}
