//! Tables of clients and definitions.

use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};

    /// One row per client.
    clients (tenant, id) {
        /// Tenant.
        tenant -> Integer,
        /// Client identifier.
        id -> Text,
        /// Version of the document, from 1.
        version -> BigInt,
        /// Time of the registration.
        created_at -> BigInt,
        /// Metadata, a JSON object: see [`documents`](crate::documents).
        document -> Text,
        /// Owner in the document, for lists of an operator's own clients. A version without owners keeps the column.
        owner -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    /// One row per client secret. Secrets are not part of the document, because a use updates them without a new
    /// version.
    client_secrets (tenant, client_id, name) {
        /// Tenant.
        tenant -> Integer,
        /// Client identifier.
        client_id -> Text,
        /// Name, unique within the client.
        name -> Text,
        /// Position among the secrets of the client, from 0.
        position -> BigInt,
        /// SHA-256 of the secret.
        digest -> Binary,
        /// Time of creation.
        created_at -> BigInt,
        /// Expiry.
        expires_at -> Nullable<BigInt>,
        /// Time of the last use.
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    use diesel::sql_types::{Integer, Text};

    /// One row per active client and origin of its redirect URIs.
    client_origins (tenant, origin, client_id) {
        /// Tenant.
        tenant -> Integer,
        /// Origin (RFC 6454 section 6.2).
        origin -> Text,
        /// Client identifier.
        client_id -> Text,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, SmallInt, Text};

    /// One row per definition: what administrators define, apart from clients and users.
    definitions (tenant, kind, id) {
        /// Tenant.
        tenant -> Integer,
        /// Number of the kind.
        kind -> SmallInt,
        /// Identifier within the kind.
        id -> Text,
        /// Version of the document, from 1.
        version -> BigInt,
        /// Time of creation.
        created_at -> BigInt,
        /// A JSON object: see [`documents`](crate::documents).
        document -> Text,
    }
}
