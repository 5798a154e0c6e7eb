//! The table of grants.

use diesel::table;

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    /// One row per grant. The authorization never changes and is the last column.
    grants (id, tenant) {
        /// Identifier, in the order of time.
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
        /// Client; a part of the authorization.
        client_id -> Text,
        /// Resource owner; a part of the authorization.
        subject -> Text,
        /// Browser session of the sign-in; a part of the authorization.
        session_id -> Nullable<Uuid>,
        /// The rest of the authorization, as `countersign_codec::encode_stored` encodes it.
        authorization -> Binary,
    }
}
