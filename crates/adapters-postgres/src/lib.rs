//! The store of many nodes: PostgreSQL.
//!
//! A commit costs far more than the update in it. So grants that are established, rotated, revoked or
//! looked up at the same moment go in one statement and one commit; each keeps its own answer. When only
//! one waits, it goes at once.
//!
//! Every statement on the way to a token is by primary key, prepared once a connection, and a transaction
//! of its own. Only what administrators do (clients, users, signing keys) takes transactions of several
//! statements.
//!
//! A statement touches rows of one tenant, housekeeping aside. No statement locks a row that tenants share.

mod address;
mod changes;
mod clients;
mod connections;
mod consents;
mod devices;
mod ephemera;
mod events;
#[cfg(test)]
mod explain;
mod grants;
mod groups;
mod housekeeping;
mod indexes;
mod keyset;
mod listening;
mod migrations;
mod nodes;
mod passkeys;
mod recovery_codes;
mod sessions;
mod signing_keys;
mod statement;
mod store;
#[cfg(test)]
mod test_store;
mod tls;
mod transfer;
mod users;

pub use store::{Options, PostgresStore};
