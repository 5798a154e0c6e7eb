//! The store of many nodes: PostgreSQL.
//!
//! A commit costs far more than the update in it. So grants that are established, rotated, revoked or
//! looked up at the same moment go in one statement and one commit; each keeps its own answer. When only
//! one waits, it goes at once.
//!
//! Every statement on the way to a token is by primary key, prepared once a connection, and a transaction
//! of its own. Only what administrators do (clients, signing keys) takes transactions of several
//! statements.

mod address;
mod changes;
mod clients;
mod connections;
mod consents;
mod denied_tokens;
mod devices;
mod grants;
mod groups;
mod housekeeping;
mod indexes;
mod logins;
mod migrations;
mod passkeys;
mod recovery_codes;
mod revision;
mod sessions;
mod signing_keys;
mod statement;
mod store;
mod tls;
mod transfer;
mod users;

pub use store::{Options, PostgresStore};
