//! Table of grants.

use diesel::table;

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    /// One row per grant. The authorization never changes and is the last column.
    grants (id, tenant) {
        /// Identifier, ordered by time.
        id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// Number of rotations.
        generation -> BigInt,
        /// Time of the last rotation.
        rotated_at -> BigInt,
        /// Expiry.
        expires_at -> BigInt,
        /// Time of the revocation.
        revoked_at -> Nullable<BigInt>,
        /// Client. Part of the authorization.
        client_id -> Text,
        /// Resource owner. Part of the authorization.
        subject -> Text,
        /// Browser session in which the user signed in. Part of the authorization.
        session_id -> Nullable<Uuid>,
        /// Rest of the authorization, encoded by `countersign_codec::encode_stored`.
        authorization -> Binary,
    }
}
