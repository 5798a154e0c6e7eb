//! Tables of expiring values, audit events, and nodes.
//!
//! The change feed also has a table, `changes`. Its key depends on the database, so each store declares its own.

use diesel::table;

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, SmallInt};

    /// One row per expiring value, ordered by expiry.
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
        /// Sum of all additions.
        total -> BigInt,
        /// Value.
        value -> Binary,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};

    /// One row per audit log event. After erasure of the content, the digest remains.
    events (node, number, tenant) {
        /// Node that wrote the event.
        node -> Uuid,
        /// Sequence number of the event at its node.
        number -> BigInt,
        /// Tenant.
        tenant -> Integer,
        /// Time of the command.
        at -> BigInt,
        /// Action, such as `client.created`.
        action -> Text,
        /// Operator, as `kind:id`.
        operator -> Nullable<Text>,
        /// Target of the change, as `kind:id`.
        target -> Nullable<Text>,
        /// Random bytes hashed together with the content.
        salt -> Nullable<Binary>,
        /// SHA-256 of salt and content.
        digest -> Binary,
        /// Encoded event.
        content -> Nullable<Binary>,
        /// Number of the batch that proves the event.
        batch -> Nullable<BigInt>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer};

    /// One row per sealed batch of audit log events.
    event_batches (tenant, number) {
        /// Tenant.
        tenant -> Integer,
        /// Number in the chain of the tenant.
        number -> BigInt,
        /// Encoded batch.
        content -> Binary,
        /// MAC of the content.
        mac -> Binary,
    }
}

table! {
    use crate::id::Uuid;
    use diesel::sql_types::BigInt;

    /// One row per live node. Nodes do not belong to a tenant.
    nodes (id) {
        /// Identifier.
        id -> Uuid,
        /// Format generation that the node understands.
        generation -> BigInt,
        /// Time of the last heartbeat.
        seen_at -> BigInt,
    }
}
