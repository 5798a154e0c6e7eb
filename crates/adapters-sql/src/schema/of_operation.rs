//! The tables of expiring values, events and nodes.
//!
//! The feed of changes has a table `changes` too; its key depends on the database, so each store declares its own.

use diesel::table;

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, SmallInt};

    /// One row per expiring value, in the order of expiry.
    ephemera (expires_at, id, tenant, kind) {
        /// Expiry.
        expires_at -> BigInt,
        /// Identifier within the kind.
        id -> Uuid,
        /// Tenant.
        tenant -> Integer,
        /// Number of the kind.
        kind -> SmallInt,
        /// Version of the value.
        version -> BigInt,
        /// Total.
        total -> BigInt,
        /// Value.
        value -> Binary,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    /// One row per event of the audit log. Where content was erased by law, the digest remains.
    events (node, number, tenant) {
        /// Node that wrote it.
        node -> Uuid,
        /// Number that the node gave it.
        number -> BigInt,
        /// Tenant.
        tenant -> Integer,
        /// Time of the command.
        at -> BigInt,
        /// What happened, such as `client.created`.
        action -> Text,
        /// Operator, as `kind:id`.
        operator -> Nullable<Text>,
        /// What was changed, as `kind:id`.
        target -> Nullable<Text>,
        /// Random bytes that are hashed with the content.
        salt -> Nullable<Binary>,
        /// SHA-256 of salt and content.
        digest -> Binary,
        /// Encoded event.
        content -> Nullable<Binary>,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::BigInt;

    /// One row per node that is alive. Nodes belong to no tenant.
    nodes (id) {
        /// Identifier.
        id -> Uuid,
        /// Generation of formats that the node understands.
        generation -> BigInt,
        /// Time of the last heartbeat.
        seen_at -> BigInt,
    }
}
