//! Tables of signing keys.

use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    /// One row per signing key.
    signing_keys (tenant, id) {
        /// Tenant.
        tenant -> Integer,
        /// `kid`.
        id -> Text,
        /// `alg`.
        algorithm -> Text,
        /// Client that shares an HS256 key.
        client_id -> Nullable<Text>,
        /// Private key, encrypted with the master key.
        sealed_private_key -> Binary,
        /// Time of creation.
        created_at -> BigInt,
        /// Time at which the key starts signing.
        signs_from -> BigInt,
        /// Time at which the key retires.
        retires_at -> Nullable<BigInt>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer};

    /// One row per tenant that ever had a signing key. Changes of the key set compare and increment its version.
    key_sets (tenant) {
        /// Tenant.
        tenant -> Integer,
        /// Version of the set of signing keys, from 1.
        version -> BigInt,
    }
}
